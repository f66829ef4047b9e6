package link

import (
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
)

// Overrule is what an owner says about a link, whatever its checks say; empty means nothing. It is the link's, never the
// target's: others who saved the same do not see it.
type Overrule string

const (
	// Fine says "this link is fine". It shows as valid, with the reason Overruled.
	Fine Overrule = "fine"
	// Muted says "do not check". It shows what was known when that was said.
	Muted Overrule = "muted"
)

// Overruled is the reason of a link that its owner says is fine. It is none of check.Reasons, so no checker can send it.
const Overruled check.Reason = "overruled"

// ParseOverrule reads what an owner says; empty lifts what they said before. It fails with a *FieldError.
func ParseOverrule(text string) (Overrule, error) {
	switch o := Overrule(text); o {
	case "", Fine, Muted:
		return o, nil
	}
	return "", &FieldError{"overrule", `it must be "fine", "muted" or null`}
}

// Well reports whether nothing speaks against it.
func (s Standing) Well() bool { return s.Status == check.Valid && s.FailingSince.IsZero() }

// Contested is the reason that an owner contests who says now that the link is fine; empty while it was never checked.
// ok is false if it is well: then there is nothing to overrule.
func (s Standing) Contested() (reason check.Reason, ok bool) {
	switch {
	case s.Well():
		return "", false
	case s.Status == check.Valid:
		return s.Last.Reason, true
	}
	return s.Reason, true
}

// Lifts reports whether a target that stands like this lifts a "fine" by itself. It does if it is well, because then
// everybody agrees, and if it is invalid, unless that is for the same reason that the owner contested. An answer that
// decides nothing lifts nothing.
func (s Standing) Lifts(same bool) bool {
	return s.Well() || s.Status == check.Invalid && !same
}

// Overruled is how a link shows whose target stands like s, and of which its owner says o.
func (s Standing) Overruled(o Overrule) Standing {
	if o == Fine {
		s.Status, s.Reason = check.Valid, Overruled
	}
	return s
}

// UnseenBetween is the standing as an owner may see it who did not want the link checked between these times: no time in
// it lies between them, because that would tell that somebody else did. Zero times leave it as it is.
func (s Standing) UnseenBetween(from, until time.Time) Standing {
	if from.IsZero() {
		return s
	}
	for _, t := range []*time.Time{&s.Last.CheckedAt, &s.FailingSince} {
		if t.After(from) && t.Before(until) {
			*t = until
		}
	}
	return s
}

// Explanation is why the link's status is what it is, as a sentence for its owner; empty while it was never checked.
func (l Link) Explanation() string {
	if l.Reason == Overruled {
		return "You said that this link is fine."
	}
	return l.Reason.Explanation()
}
