package manners

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

var (
	now    = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	public = Limits{Concurrency: 2, Interval: time.Second}
)

func at(d time.Duration) time.Time { return now.Add(d) }

func TestTurn(t *testing.T) {
	const second = time.Second
	hurried, routine := Check{Hurried: true}, Check{}
	inLine := func(c Check) Check { c.InLine = true; return c }
	for name, test := range map[string]struct {
		host  Host
		check Check
		out   int
		want  time.Time
	}{
		"a host that nobody asked":                        {Host{}, routine, 0, now},
		"one that was just asked":                         {Host{FreeAt: at(second)}, routine, 1, at(second)},
		"one that was asked long enough ago":              {Host{FreeAt: now}, routine, 1, now},
		"one that has all it may have":                    {Host{}, routine, 2, at(second)},
		"behind others in line":                           {Host{RoutineEnd: at(5 * second)}, routine, 0, at(5 * second)},
		"behind those that somebody waits for":            {Host{RoutineEnd: at(5 * second), HurriedEnd: at(7 * second)}, routine, 0, at(7 * second)},
		"what somebody waits for is not behind routine":   {Host{RoutineEnd: at(5 * second)}, hurried, 0, now},
		"but behind its like":                             {Host{HurriedEnd: at(5 * second)}, hurried, 0, at(5 * second)},
		"a place in line is taken when it comes":          {Host{RoutineEnd: at(5 * second), HurriedEnd: at(5 * second)}, inLine(routine), 0, now},
		"a little too early":                              {Host{FreeAt: at(second / 4), RoutineEnd: at(9 * second)}, inLine(routine), 0, at(second / 4)},
		"much too early goes to the end":                  {Host{FreeAt: at(second), RoutineEnd: at(9 * second)}, inLine(routine), 0, at(9 * second)},
		"a place in line while too many are out":          {Host{RoutineEnd: at(9 * second)}, inLine(routine), 2, at(9 * second)},
		"one that asked to be left alone":                 {Host{PausedUntil: at(time.Hour)}, hurried, 0, at(time.Hour)},
		"one that asked, behind others":                   {Host{PausedUntil: at(time.Hour), RoutineEnd: at(2 * time.Hour)}, inLine(routine), 0, at(2 * time.Hour)},
		"one that is held, for a target that is known":    {Host{Failing: Failing{HeldUntil: at(time.Hour)}}, Check{Again: true}, 0, at(time.Hour)},
		"one that is held, for a new target":              {Host{Failing: Failing{HeldUntil: at(time.Hour)}}, Check{}, 0, now},
		"one that is held, for somebody who waits for it": {Host{Failing: Failing{HeldUntil: at(time.Hour)}}, Check{Again: true, Hurried: true}, 0, now},
		"one that is held and asked to be left alone":     {Host{PausedUntil: at(2 * time.Hour), Failing: Failing{HeldUntil: at(time.Hour)}}, Check{Again: true}, 0, at(2 * time.Hour)},
	} {
		t.Run(name, func(t *testing.T) {
			h := test.host
			if got := h.Turn(now, test.check, test.out, public); !got.Equal(test.want) {
				t.Errorf("its turn is in %v, want in %v", got.Sub(now), test.want.Sub(now))
			}
			if granted := test.want.Equal(now); granted != h.FreeAt.Equal(at(second)) && !test.host.FreeAt.Equal(at(second)) {
				t.Errorf("granted is %v and the host is free in %v", granted, h.FreeAt.Sub(now))
			}
		})
	}
}

// A machine may believe for a while that it is years later.
func TestAHostIsAskedAgainAfterAClockThatWasAhead(t *testing.T) {
	const years = 14 * 365 * 24 * time.Hour
	const day = 24 * time.Hour
	routine := Check{Again: true, LeaseUntil: at(5 * time.Minute)}
	for name, test := range map[string]struct {
		host Host
		want time.Time
	}{
		"it was asked then":              {Host{FreeAt: at(years), RoutineEnd: at(20 * day)}, now},
		"it was busy then":               {Host{RoutineEnd: at(years)}, now},
		"it asked for a pause then":      {Host{PausedUntil: at(years)}, now},
		"it failed as a whole then":      {Host{Failing: Failing{HeldUntil: at(years)}}, now},
		"another clock is a bit ahead":   {Host{FreeAt: at(30 * time.Second)}, at(30 * time.Second)},
		"a long pause is no wrong clock": {Host{PausedUntil: at(day)}, at(day)},
		"nor is a long rest":             {Host{Failing: Failing{HeldUntil: at(day)}}, at(day)},
		"nor is a long line":             {Host{FreeAt: at(time.Second), RoutineEnd: at(20 * day)}, at(20 * day)},
	} {
		t.Run(name, func(t *testing.T) {
			h := test.host
			if got := h.Turn(now, routine, 0, public); !got.Equal(test.want) {
				t.Errorf("its turn is in %v, want in %v", got.Sub(now), test.want.Sub(now))
			}
		})
	}
}

func TestWithoutLimitsEveryTurnIsNow(t *testing.T) {
	var h Host
	for out := range 1000 {
		if got := h.Turn(now, Check{}, out, Limits{}); !got.Equal(now) {
			t.Fatalf("with %d out its turn is in %v", out, got.Sub(now))
		}
	}
}

// A crowd of checks comes to one host in any order, whose answers take any time. The manners hold whatever happens, all of
// them have their turn, and none is looked at often.
func TestACrowdKeepsTheManners(t *testing.T) {
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 0))
		type coming struct {
			Check
			due time.Time
		}
		var line []coming
		for range 50 {
			line = append(line, coming{Check{Hurried: random.IntN(4) == 0, Again: true}, at(upTo(random, 20*time.Second))})
		}
		var h Host
		var granted, answers []time.Time
		looks := 0
		for clock := now; len(line) > 0; {
			slices.SortStableFunc(line, func(a, b coming) int {
				return a.due.Compare(b.due)
			})
			if line[0].due.After(clock) {
				clock = line[0].due.Add(upTo(random, 20*time.Millisecond)) // nobody looks at the very moment
			}
			out := 0
			for _, answered := range answers {
				if answered.After(clock) {
					out++
				}
			}
			looks++
			turn := h.Turn(clock, line[0].Check, out, public)
			if turn.After(clock) {
				line[0].due, line[0].InLine = turn, true
				continue
			}
			granted = append(granted, clock)
			answers = append(answers, clock.Add(upTo(random, 4*time.Second)))
			if out >= public.Concurrency {
				t.Fatalf("seed %d: %d are out", seed, out+1)
			}
			line = line[1:]
		}
		for i := 1; i < len(granted); i++ {
			if gap := granted[i].Sub(granted[i-1]); gap < public.Interval {
				t.Fatalf("seed %d: %v between two", seed, gap)
			}
		}
		if took := granted[len(granted)-1].Sub(now); took > 5*time.Minute || looks > 20*len(granted) {
			t.Errorf("seed %d: %d checks took %v and %d looks", seed, len(granted), took, looks)
		}
	}
}

func upTo(random *rand.Rand, most time.Duration) time.Duration {
	return time.Duration(random.Int64N(int64(most)))
}
