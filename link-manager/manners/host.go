package manners

import (
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
)

// Host is what is known of one host: when it may be asked next, and whether it is in trouble as a whole. The zero Host is
// one that nobody has asked yet.
type Host struct {
	// FreeAt is when the next check may be claimed.
	FreeAt time.Time
	// HurriedEnd and RoutineEnd are where the lines of those end that wait for their turn: what somebody waits for, and
	// what nobody does.
	HurriedEnd time.Time
	RoutineEnd time.Time

	// PausedUntil is until when it asked to be left alone.
	PausedUntil time.Time
	Failing     Failing
}

// Check is what Turn wants to know of a check.
type Check struct {
	// Hurried: somebody waits for it.
	Hurried bool
	// Again: its target was checked before.
	Again bool
	// InLine: it was given a place in line, and comes to take its turn.
	InLine bool
	// LeaseUntil is until when its answer would be waited for.
	LeaseUntil time.Time
}

// Turn asks for a check to be made at now, while out others of the host are out. If it may, Turn returns now and the host
// counts it; if not, Turn returns a later time, which is the check's place in line: as long as the host has an interval
// nobody else is told the same one.
//
// Whoever comes new goes behind those in line, and what nobody waits for behind what somebody does. Whoever comes for his
// turn and finds the host busy all the same goes to the end of his line, unless he is early by so little that only our
// clock is to blame: so a check is looked at a few times at most for each turn of its host, however long the line is.
func (h *Host) Turn(now time.Time, c Check, out int, limits Limits) time.Time {
	h.comeBack(now, c, limits)
	if h.held(c).After(now) {
		// All of them come together, and one of them is asked: they are no line that others should wait behind.
		return latest(h.held(c), h.PausedUntil)
	}
	earliest := latest(now, h.PausedUntil)
	switch {
	case limits.Concurrency > 0 && out >= limits.Concurrency:
		earliest = latest(earliest, now.Add(max(limits.Interval, busyPause)))
	case !c.InLine:
		earliest = latest(earliest, h.endOfLine(c))
	}
	switch early := h.FreeAt.Sub(now); {
	case earliest.After(now):
	case early <= 0:
		h.FreeAt = now.Add(limits.Interval)
		h.Failing.ask(c)
		return now
	case c.InLine && early <= limits.Interval/2:
		return h.FreeAt
	}
	return h.queue(c, latest(earliest, h.FreeAt), limits)
}

const (
	// longestPause is how long a host can be left alone because it asked, or fails as a whole.
	longestPause = check.MaxRetryAfterSeconds * time.Second
	// longestLine is more than any line takes: two and a half million checks, one in a second.
	longestLine = 30 * 24 * time.Hour
	// skew is by how much the clocks of two managers may differ.
	skew = time.Minute
)

// comeBack ends waits that began when a clock was ahead, as that of a machine may be before it found out what time it is: a
// time that is further away than it can be was never meant. Otherwise the host would not be asked before then, which may be
// years.
func (h *Host) comeBack(now time.Time, c Check, limits Limits) {
	wrong := false
	end := func(t *time.Time, latest time.Time) {
		if t.After(latest.Add(skew)) {
			*t, wrong = time.Time{}, true
		}
	}
	end(&h.FreeAt, now.Add(limits.Interval))
	end(&h.PausedUntil, now.Add(longestPause))
	end(&h.HurriedEnd, now.Add(longestLine))
	end(&h.RoutineEnd, now.Add(longestLine))
	if h.Failing.HeldUntil.After(latest(now.Add(longestPause), c.LeaseUntil).Add(skew)) {
		h.Failing.HeldUntil, wrong = now, true
	}
	if wrong {
		h.HurriedEnd, h.RoutineEnd = time.Time{}, time.Time{}
	}
}

// busyPause is how long a check waits for a host that has all the checks it may have, at least.
const busyPause = 500 * time.Millisecond

// held is until when the check waits because its host fails as a whole: known targets do, unless somebody waits for them.
func (h *Host) held(c Check) time.Time {
	if c.Hurried || !c.Again {
		return time.Time{}
	}
	return h.Failing.HeldUntil
}

// endOfLine is where the line ends that the check would wait in.
func (h *Host) endOfLine(c Check) time.Time {
	if c.Hurried {
		return h.HurriedEnd
	}
	return latest(h.HurriedEnd, h.RoutineEnd)
}

// queue gives the check the next place in its line, no earlier than that.
func (h *Host) queue(c Check, earliest time.Time, limits Limits) time.Time {
	at := latest(earliest, h.endOfLine(c))
	if c.Hurried {
		h.HurriedEnd = at.Add(limits.Interval)
	} else {
		h.RoutineEnd = at.Add(limits.Interval)
	}
	return at
}

// latest is the later of two times.
func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
