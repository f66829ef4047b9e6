package link

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/linkwell/linkwell/link-checker/check"
)

var now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func result(reason check.Reason) check.Result {
	r := check.Result{HTTPStatus: 200}
	r.Decide(reason)
	return r
}

func TestFold(t *testing.T) {
	yesterday := now.Add(-day)
	valid := Standing{Status: check.Valid, Reason: check.OK, Last: Answer{check.Valid, check.OK, 200, yesterday}, Steady: 2}
	failing := Standing{
		Status: check.Valid, Reason: check.OK, Last: Answer{check.Pending, check.ServerError, 503, yesterday}, FailingSince: yesterday, Steady: 2, Undecided: 1,
		Against: Evidence{Strikes: 1, FirstStrikeAt: yesterday, LastStrikeAt: yesterday},
	}
	invalid := Standing{Status: check.Invalid, Reason: check.NotFound, Last: Answer{check.Invalid, check.NotFound, 404, yesterday}, FailingSince: yesterday, Steady: 1, Against: Evidence{NotFoundSince: yesterday}}
	undecided := Standing{
		Status: check.Pending, Reason: check.ServerError, Last: Answer{check.Pending, check.ServerError, 503, yesterday}, FailingSince: yesterday, Undecided: 1,
		Against: Evidence{Strikes: 1, FirstStrikeAt: yesterday, LastStrikeAt: yesterday},
	}
	oneStrike := Evidence{Strikes: 1, FirstStrikeAt: now, LastStrikeAt: now}
	twoStrikes := Evidence{Strikes: 2, FirstStrikeAt: yesterday, LastStrikeAt: now}
	for name, test := range map[string]struct {
		known  Standing
		reason check.Reason
		want   Standing
	}{
		"a new target that answers": {
			Standing{Status: check.Pending}, check.OK,
			Standing{Status: check.Valid, Reason: check.OK, Steady: 1, NextCheckAt: now.Add(day)},
		},
		"a new target that is not there, to be looked at again": {
			Standing{Status: check.Pending}, check.NotFound,
			Standing{Status: check.Invalid, Reason: check.NotFound, FailingSince: now, Against: Evidence{NotFoundSince: now}, NextCheckAt: now.Add(day)},
		},
		"a new target that is refused, to be looked at again soon": {
			Standing{Status: check.Pending}, check.Refused,
			Standing{Status: check.Invalid, Reason: check.Refused, FailingSince: now, Against: oneStrike, NextCheckAt: now.Add(time.Hour)},
		},
		"a new target that leads inside": {
			Standing{Status: check.Pending}, check.BlockedAddress,
			Standing{Status: check.Invalid, Reason: check.BlockedAddress, FailingSince: now, Steady: 1, NextCheckAt: now.Add(day)},
		},
		"a new target that cannot be decided": {
			Standing{Status: check.Pending}, check.ServerError,
			Standing{Status: check.Pending, Reason: check.ServerError, FailingSince: now, Against: oneStrike, Undecided: 1, NextCheckAt: now.Add(10 * time.Minute)},
		},
		"an undecided target that still cannot be decided": {
			undecided, check.TimeoutConnect,
			Standing{Status: check.Pending, Reason: check.TimeoutConnect, FailingSince: yesterday, Against: twoStrikes, Undecided: 2, NextCheckAt: now.Add(time.Hour)},
		},
		"an undecided target that answers": {
			undecided, check.OK,
			Standing{Status: check.Valid, Reason: check.OK, Steady: 1, NextCheckAt: now.Add(day)},
		},
		"a valid target that answers again rests longer": {
			valid, check.OK,
			Standing{Status: check.Valid, Reason: check.OK, Steady: 3, NextCheckAt: now.Add(validRest(3))},
		},
		"a valid target that answers otherwise begins anew": {
			valid, check.OKTLSWarning,
			Standing{Status: check.Valid, Reason: check.OKTLSWarning, Steady: 1, NextCheckAt: now.Add(day)},
		},
		"a valid target that fails stays valid": {
			valid, check.ServerError,
			Standing{Status: check.Valid, Reason: check.OK, FailingSince: now, Against: oneStrike, Steady: 2, Undecided: 1, NextCheckAt: now.Add(10 * time.Minute)},
		},
		"a valid target that is not found stays valid until it is said again": {
			valid, check.NotFound,
			Standing{Status: check.Valid, Reason: check.OK, FailingSince: now, Against: Evidence{NotFoundSince: now}, Steady: 2, Undecided: 1, NextCheckAt: now.Add(day)},
		},
		"a valid target that is gone stays valid until it is said again": {
			valid, check.Gone,
			Standing{Status: check.Valid, Reason: check.OK, FailingSince: now, Against: Evidence{GoneSince: now}, Steady: 2, Undecided: 1, NextCheckAt: now.Add(time.Hour)},
		},
		"a valid target that now leads inside is invalid": {
			valid, check.BlockedAddress,
			Standing{Status: check.Invalid, Reason: check.BlockedAddress, FailingSince: now, Steady: 1, NextCheckAt: now.Add(day)},
		},
		"a failing target that answers begins anew": {
			failing, check.OK,
			Standing{Status: check.Valid, Reason: check.OK, Steady: 1, NextCheckAt: now.Add(day)},
		},
		"an invalid target that cannot be decided stays invalid": {
			invalid, check.ServerError,
			Standing{Status: check.Invalid, Reason: check.NotFound, FailingSince: yesterday, Against: Evidence{Strikes: 1, FirstStrikeAt: now, LastStrikeAt: now, NotFoundSince: yesterday}, Steady: 2, NextCheckAt: now.Add(2 * day)},
		},
		"an invalid target that is invalid otherwise says so": {
			invalid, check.Gone,
			Standing{Status: check.Invalid, Reason: check.Gone, FailingSince: yesterday, Against: Evidence{NotFoundSince: yesterday, GoneSince: now}, Steady: 2, NextCheckAt: now.Add(2 * day)},
		},
		"an invalid target that answers is valid again": {
			invalid, check.OK,
			Standing{Status: check.Valid, Reason: check.OK, Steady: 1, NextCheckAt: now.Add(day)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := result(test.reason)
			test.want.Last = Answer{r.Status, r.Reason, r.HTTPStatus, now}
			if diff := cmp.Diff(test.want, Fold(test.known, r, Circumstances{Now: now})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// An event is an answer, so long after the first.
type event struct {
	after  time.Duration
	reason check.Reason
}

func TestWhatItTakesToCallAValidTargetInvalid(t *testing.T) {
	for name, test := range map[string]struct {
		events []event
		want   check.Status
	}{
		"404 once":                             {[]event{{0, check.NotFound}}, check.Valid},
		"404 again within a day":               {[]event{{0, check.NotFound}, {day - time.Second, check.NotFound}}, check.Valid},
		"404 again after a day":                {[]event{{0, check.NotFound}, {day, check.NotFound}}, check.Invalid},
		"404 again, something else in between": {[]event{{0, check.NotFound}, {time.Hour, check.ServerError}, {day, check.NotFound}}, check.Invalid},
		"404 again, a good answer in between":  {[]event{{0, check.NotFound}, {time.Hour, check.OK}, {day, check.NotFound}}, check.Valid},
		"410 again within an hour":             {[]event{{0, check.Gone}, {time.Hour - time.Second, check.Gone}}, check.Valid},
		"410 again after an hour":              {[]event{{0, check.Gone}, {time.Hour, check.Gone}}, check.Invalid},
		"404, then 410":                        {[]event{{0, check.NotFound}, {2 * day, check.Gone}}, check.Valid},
		"bad URL once":                         {[]event{{0, check.BadURL}}, check.Invalid},
		"three strikes in a day":               {[]event{{0, check.Refused}, {time.Hour, check.Refused}, {2 * time.Hour, check.Refused}}, check.Valid},
		"three strikes on three days in a row": {[]event{{0, check.Refused}, {day, check.Refused}, {2 * day, check.Refused}}, check.Valid},
		"two strikes a year apart":             {[]event{{0, check.Refused}, {365 * day, check.Refused}}, check.Valid},
		"three strikes, less than six days":    {[]event{{0, check.Refused}, {3 * day, check.Refused}, {6*day - time.Second, check.Refused}}, check.Valid},
		"three strikes in six days":            {[]event{{0, check.Refused}, {3 * day, check.Refused}, {6 * day, check.Refused}}, check.Invalid},
		"three strikes of different kinds":     {[]event{{0, check.Refused}, {3 * day, check.ServerError}, {6 * day, check.DNSNotFound}}, check.Invalid},
		"three strikes, a good answer between": {[]event{{0, check.Refused}, {3 * day, check.OK}, {6 * day, check.Refused}}, check.Valid},
		"three strikes, a bot wall in between": {[]event{{0, check.Refused}, {day, check.BotWall}, {3 * day, check.Refused}, {6 * day, check.Refused}}, check.Invalid},
		"many strikes on the last of six days": {[]event{{0, check.Refused}, {6 * day, check.Refused}, {6*day + 1, check.Refused}, {6*day + 2, check.Refused}}, check.Valid},
		"a bot wall for a year":                {[]event{{0, check.BotWall}, {100 * day, check.BotWall}, {200 * day, check.BotWall}, {365 * day, check.BotWall}}, check.Valid},
		"a 404 while the server fails":         {[]event{{0, check.ServerError}, {day, check.NotFound}, {3 * day, check.ServerError}}, check.Valid},
	} {
		t.Run(name, func(t *testing.T) {
			s := Fold(Standing{Status: check.Pending}, result(check.OK), Circumstances{Now: now})
			for _, e := range test.events {
				s = Fold(s, result(e.reason), Circumstances{Now: now.Add(e.after)})
			}
			if s.Status != test.want {
				t.Errorf("it is %s: %+v", s.Status, s)
			}
		})
	}
}

// A machine may believe for a while that it is years later. What failed then must not keep a link from ever being invalid.
func TestEvidenceFromATimeToComeDoesNotCount(t *testing.T) {
	ahead := now.Add(14 * 365 * day)
	var e Evidence
	for _, reason := range []check.Reason{check.NotFound, check.Gone, check.Refused} {
		e = e.With(reason, ahead)
	}
	for reason, steps := range map[check.Reason][]time.Duration{
		check.NotFound: {0, day},
		check.Gone:     {0, time.Hour},
		check.Refused:  {0, 3 * day, 6 * day},
	} {
		against := e
		for i, step := range steps {
			against = against.With(reason, now.Add(step))
			if got, want := against.convicts(reason, now.Add(step)), i == len(steps)-1; got != want {
				t.Errorf("%s after %v convicts: %v, want %v", reason, step, got, want)
			}
		}
	}
}

func TestEveryReasonThatIsNotGoodHasAPolicy(t *testing.T) {
	for _, reason := range check.Reasons() {
		if _, has := policies[reason]; has == (reason.Status() == check.Valid) {
			t.Errorf("%s", reason)
		}
	}
	if p := policyOf("of a newer function"); p.class != never {
		t.Errorf("a reason that we do not know is taken for %d", p.class)
	}
}

func TestWhatCountsAgainstATarget(t *testing.T) {
	for reason, want := range map[check.Reason]bool{
		check.Refused: true, check.NotFound: true, check.BlockedAddress: true, check.ServerError: true,
		check.OK: false, check.OKRestricted: false, check.Forbidden: false, check.DNSTemporary: false, "of a newer function": false,
	} {
		if got := CountsAgainst(reason); got != want {
			t.Errorf("%s: %v", reason, got)
		}
	}
}

// TestFoldIsSound tries every status with every reason, again and again.
func TestFoldIsSound(t *testing.T) {
	for _, status := range check.Statuses() {
		for _, reason := range check.Reasons() {
			s, at := Standing{Status: status, Reason: check.OK}, now
			for range 40 {
				before := s
				s = Fold(s, result(reason), Circumstances{Now: at})
				if !slices.Contains(check.Statuses(), s.Status) || !s.Reason.Known() || !s.NextCheckAt.After(at) || s.NextCheckAt.After(at.Add(60*day)) || !s.Checked() {
					t.Fatalf("%s and %s fold to %+v", status, reason, s)
				}
				if (s.Status == check.Valid && reason.Status() == check.Valid) != s.FailingSince.IsZero() {
					t.Fatalf("%s and %s: failing since %v", status, reason, s.FailingSince)
				}
				if policyOf(reason).class == never && reason.Status() != check.Valid && s.Status != before.Status {
					t.Fatalf("%s moved %s to %s", reason, before.Status, s.Status)
				}
				if s.Status == check.Pending && before.Status != check.Pending {
					t.Fatalf("%s forgot that it was %s", reason, before.Status)
				}
				at = s.NextCheckAt
			}
			if class := policyOf(reason).class; class != never && s.Status != check.Invalid {
				t.Errorf("forty times %s leave %s as %s", reason, status, s.Status)
			}
		}
	}
}

// TestHowLongATargetRests follows targets that answer the same for ever, each time when they are due.
func TestHowLongATargetRests(t *testing.T) {
	hours := func(n ...int) (rests []time.Duration) {
		for _, h := range n {
			rests = append(rests, time.Duration(h)*time.Hour)
		}
		return rests
	}
	for name, test := range map[string]struct {
		status check.Status
		reason check.Reason
		want   []time.Duration
	}{
		"undecided":              {check.Pending, check.DNSTemporary, append([]time.Duration{10 * time.Minute}, hours(1, 6, 24, 72, 72)...)},
		"undecided, a bot wall":  {check.Pending, check.BotWall, hours(24, 7*24, 30*24, 30*24)},
		"invalid from the first": {check.Pending, check.Refused, hours(1, 24, 48, 96, 192, 384, 720, 720)},
		"not found from then on": {check.Pending, check.NotFound, hours(24, 24, 48, 96)},
		"gone from the first":    {check.Pending, check.Gone, hours(1, 24, 48, 96)},
		"valid, then not found":  {check.Valid, check.NotFound, hours(24, 24, 48, 96)},
		"valid, then refused":    {check.Valid, check.Refused, append([]time.Duration{10 * time.Minute}, hours(1, 6, 24, 72, 72, 24, 48)...)},
	} {
		t.Run(name, func(t *testing.T) {
			s, at := Standing{Status: test.status, Reason: check.OK}, now
			var rests []time.Duration
			for range test.want {
				s = Fold(s, result(test.reason), Circumstances{Now: at})
				rests = append(rests, s.NextCheckAt.Sub(at))
				at = s.NextCheckAt
			}
			if diff := cmp.Diff(test.want, rests); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAValidTargetRestsForADayAndThenLongerUpTo60(t *testing.T) {
	for n, want := range map[int]time.Duration{1: day, 2: 17 * day / 10, 9: 60 * day, 1000: 60 * day} {
		if got := validRest(n).Round(time.Minute); got != want {
			t.Errorf("after %d good answers it rests for %v, want %v", n, got, want)
		}
	}
	for n := 1; n < 9; n++ {
		if validRest(n+1) <= validRest(n) {
			t.Errorf("after %d good answers it rests for %v, and then for %v", n, validRest(n), validRest(n+1))
		}
	}
}

func TestRetryAfterIsHonoured(t *testing.T) {
	for seconds, want := range map[int]time.Duration{
		1: time.Minute, 90: 90 * time.Second, 7200: 2 * time.Hour, 86_400: day, 1_000_000: day, math.MaxInt: day,
		0: 10 * time.Minute, -5: 10 * time.Minute,
	} {
		r := result(check.RateLimited)
		r.RetryAfterSeconds = seconds
		if got := Fold(Standing{Status: check.Pending}, r, Circumstances{Now: now}).NextCheckAt.Sub(now); got != want {
			t.Errorf("rest after Retry-After: %d is %v, want %v", seconds, got, want)
		}
	}
}

func TestAServerThatForEverSaysInAMinuteIsNotAskedEachMinute(t *testing.T) {
	r := result(check.RateLimited)
	r.RetryAfterSeconds = 60
	s := Standing{Status: check.Pending}
	for i, want := range []time.Duration{time.Minute, time.Minute, 6 * time.Hour, day} {
		s = Fold(s, r, Circumstances{Now: now})
		if got := s.NextCheckAt.Sub(now); got != want {
			t.Errorf("rest after answer %d is %v, want %v", i+1, got, want)
		}
	}
	invalid := Fold(Standing{Status: check.Invalid, Reason: check.NotFound, Steady: 1}, r, Circumstances{Now: now})
	if got := invalid.NextCheckAt.Sub(now); got != 2*day {
		t.Errorf("an invalid target rests for %v", got)
	}
}

func TestLongRestsAreSpread(t *testing.T) {
	for name, test := range map[string]struct {
		rest     time.Duration
		checkID  string
		min, max time.Duration
	}{
		"the least":      {100 * time.Hour, "00000000", 85 * time.Hour, 85 * time.Hour},
		"the middle":     {100 * time.Hour, "80000000", 100*time.Hour - time.Second, 100*time.Hour + time.Second},
		"the most":       {100 * time.Hour, "ffffffff0123", 115 * time.Hour, 115 * time.Hour},
		"a short rest":   {day - 1, "00000000", day - 1, day - 1},
		"no random part": {day, "", day, day},
		"none at all":    {day, "not hexadecimal", day, day},
	} {
		if got := Spread(now, now.Add(test.rest), test.checkID).Sub(now); got < test.min || got > test.max {
			t.Errorf("%s: %v, want %v to %v", name, got, test.min, test.max)
		}
	}
}

func TestFresh(t *testing.T) {
	checked := func(ago, due time.Duration) Standing {
		return Standing{Status: check.Valid, Last: Answer{CheckedAt: now.Add(-ago)}, NextCheckAt: now.Add(due)}
	}
	for name, test := range map[string]struct {
		standing Standing
		fresh    bool
	}{
		"never checked":         {Standing{NextCheckAt: now.Add(time.Hour)}, false},
		"checked just now":      {checked(0, time.Hour), true},
		"checked yesterday":     {checked(FreshFor, time.Hour), false},
		"checked and due again": {checked(time.Minute, 0), false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := test.standing.Fresh(now); got != test.fresh {
				t.Errorf("fresh is %v", got)
			}
		})
	}
}

func TestSeenSinceTellsNothingFromBefore(t *testing.T) {
	saved := now
	s := Standing{
		Status: check.Invalid, Last: Answer{CheckedAt: now.Add(-time.Hour)}, FailingSince: now.Add(-48 * time.Hour), NextCheckAt: now.Add(time.Hour),
		Against: Evidence{NotFoundSince: now.Add(-48 * time.Hour)},
	}
	seen := s.SeenSince(saved)
	if !seen.Last.CheckedAt.Equal(saved) || !seen.FailingSince.Equal(saved) || !seen.NextCheckAt.Equal(s.NextCheckAt) || seen.Against != (Evidence{}) {
		t.Errorf("an owner who saved at %v sees %+v", saved, seen)
	}
	if later := s.SeenSince(saved.Add(-72 * time.Hour)); later.FailingSince != s.FailingSince || later.Last != s.Last {
		t.Errorf("an owner of long standing sees %+v", later)
	}
	if never := (Standing{}).SeenSince(saved); never.Checked() || !never.FailingSince.IsZero() {
		t.Errorf("what never was shows as %+v", never)
	}
}

func TestWhileWeAreBlindNothingTurnsInvalid(t *testing.T) {
	yesterday := now.Add(-day)
	evidence := Evidence{Strikes: 2, FirstStrikeAt: now.Add(-7 * day), LastStrikeAt: yesterday, NotFoundSince: now.Add(-2 * day), GoneSince: yesterday}
	for name, known := range map[string]Standing{
		"a new target":             {Status: check.Pending},
		"a target that is valid":   {Status: check.Valid, Reason: check.OK, Steady: 3},
		"a target that is failing": {Status: check.Valid, Reason: check.OK, FailingSince: now.Add(-7 * day), Against: evidence, Undecided: 2},
		"a target that is invalid": {Status: check.Invalid, Reason: check.Gone, FailingSince: now.Add(-7 * day), Against: evidence, Steady: 2},
	} {
		for reason := range policies {
			got := Fold(known, result(reason), Circumstances{Now: now, Blind: true})
			want := known
			want.Last = Answer{reason.Status(), reason, 200, now}
			want.Undecided++
			want.NextCheckAt = now.Add(suspectRest(want.Undecided, policy{}))
			if want.Status == check.Pending {
				want.Reason = check.Internal
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s that answers %s (-want +got):\n%s", name, reason, diff)
			}
		}
		got := Fold(known, result(check.OK), Circumstances{Now: now, Blind: true})
		if got.Status != check.Valid || !got.FailingSince.IsZero() {
			t.Errorf("%s that answers is %+v", name, got)
		}
	}
}

func TestWhatSpeaksAgainstTheHostCountsForItsTargets(t *testing.T) {
	dead := Evidence{Strikes: 3, FirstStrikeAt: now.Add(-6 * day), LastStrikeAt: now}
	young := Evidence{Strikes: 3, FirstStrikeAt: now.Add(-5 * day), LastStrikeAt: now}
	valid := Standing{Status: check.Valid, Reason: check.OK}
	for name, test := range map[string]struct {
		host   Evidence
		reason check.Reason
		want   check.Status
	}{
		"enough against the host":                         {dead, check.Refused, check.Invalid},
		"too little time":                                 {young, check.Refused, check.Valid},
		"a reason that is no strike":                      {dead, check.RateLimited, check.Valid},
		"a page that is not found on a host that is dead": {dead, check.NotFound, check.Valid},
		"a good answer":                                   {dead, check.OK, check.Valid},
	} {
		if got := Fold(valid, result(test.reason), Circumstances{Now: now, Host: test.host}).Status; got != test.want {
			t.Errorf("%s: the target is %s, want %s", name, got, test.want)
		}
	}
}
