package link

import (
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
)

// Evidence is what speaks against a target since its last good answer.
type Evidence struct {
	// Strikes counts the days, in UTC, on which an answer of class strike came; First and LastStrikeAt are when the first
	// and the newest of those that count came.
	Strikes       int
	FirstStrikeAt time.Time
	LastStrikeAt  time.Time
	// NotFoundSince and GoneSince are when it was first said so.
	NotFoundSince time.Time
	GoneSince     time.Time
}

// With is the evidence after one more answer. What came later than now came by a clock that was ahead, and does not count:
// for as long as it was ahead nothing more would.
func (e Evidence) With(reason check.Reason, now time.Time) Evidence {
	e = e.until(now)
	switch policyOf(reason).class {
	case twice:
		if first := e.since(reason); first.IsZero() {
			*first = now
		}
	case strike:
		if e.Strikes == 0 {
			e.FirstStrikeAt = now
		}
		if e.Strikes == 0 || !sameDay(e.LastStrikeAt, now) {
			e.Strikes++
			e.LastStrikeAt = now
		}
	case never, atOnce:
	}
	return e
}

// until is the evidence without what came after now.
func (e Evidence) until(now time.Time) Evidence {
	if e.FirstStrikeAt.After(now) || e.LastStrikeAt.After(now) {
		e.Strikes, e.FirstStrikeAt, e.LastStrikeAt = 0, time.Time{}, time.Time{}
	}
	for _, since := range []*time.Time{&e.NotFoundSince, &e.GoneSince} {
		if since.After(now) {
			*since = time.Time{}
		}
	}
	return e
}

// since is where it stands when an answer of class twice first came.
func (e *Evidence) since(reason check.Reason) *time.Time {
	if reason == check.Gone {
		return &e.GoneSince
	}
	return &e.NotFoundSince
}

// convicts reports whether the evidence, of which the newest answer with reason is part, is enough against a target that
// was valid.
func (e Evidence) convicts(reason check.Reason, now time.Time) bool {
	switch p := policyOf(reason); p.class {
	case atOnce:
		return true
	case twice:
		return now.Sub(*e.since(reason)) >= p.again
	case strike:
		return e.EnoughStrikes()
	case never:
	}
	return false
}

// convictsHost reports whether the evidence against a host is enough against a target of it that answered with reason.
func (e Evidence) convictsHost(reason check.Reason) bool {
	return policyOf(reason).class == strike && e.EnoughStrikes()
}

// EnoughStrikes reports whether there were strikes on enough days, over a span that is long enough, to believe them.
func (e Evidence) EnoughStrikes() bool {
	return e.Strikes >= strikesToConvict && e.LastStrikeAt.Sub(e.FirstStrikeAt) >= spanToConvict
}

func sameDay(a, b time.Time) bool { return a.UTC().Truncate(day).Equal(b.UTC().Truncate(day)) }
