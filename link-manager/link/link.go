// Package link is the product in plain types and pure rules: what a person saved, what we know about where it leads, and
// how an answer changes that. It knows neither SQL, NATS nor HTTP.
package link

import (
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
)

// Link is what one person saved, with what is known about it. It belongs to one owner.
type Link struct {
	// ID is a UUIDv7 in lower case.
	ID    string
	Owner string
	// URL is the URL as it was typed; Key is what it is compared and checked by.
	URL         string
	Title       string
	Description string
	// Tags are sorted and unique (NormalizeTags); never nil.
	Tags []string

	// Standing is what is believed about the link and why. Until a newly saved link is settled it is the zero Standing
	// with status pending, whatever others know about its target.
	Standing
	// Overrule is what the owner says about it, and Standing shows.
	Overrule Overrule

	CreatedAt time.Time
	// UpdatedAt is when the owner last changed the link; a check does not move it.
	UpdatedAt time.Time
	// Revision rises whenever its owner changes the link; a check does not move it.
	Revision int64
}

// Standing is what is known about a target, and what a link shows of it.
type Standing struct {
	Status check.Status
	// Reason is why Status is what it is; empty while never checked.
	Reason check.Reason
	// Last is the newest answer, whether or not it changed the status; zero while never checked.
	Last Answer
	// FailingSince is when the first of the answers since the last good one came; zero while all is well.
	FailingSince time.Time
	// Against is what speaks against it since the last good answer. It is the target's; a link does not show it.
	Against Evidence
	// Steady counts the answers in a row that bore Status out, when it is valid or invalid.
	Steady int
	// Undecided counts the answers in a row that were against it and not enough to decide.
	Undecided int
	// NextCheckAt is when the target is to be checked next, or was to be, while a check is out.
	NextCheckAt time.Time
}

// Answer is the newest answer of a check, in brief.
type Answer struct {
	Status     check.Status
	Reason     check.Reason
	HTTPStatus int
	CheckedAt  time.Time
}

// Checked reports whether any check of it was ever answered.
func (s Standing) Checked() bool { return !s.Last.CheckedAt.IsZero() }

// SeenSince is the standing as an owner who saved the link at that time may see it: no time in it is earlier, because
// an earlier one would tell that somebody else had saved the same link before.
func (s Standing) SeenSince(saved time.Time) Standing {
	notBefore := func(t *time.Time) {
		if !t.IsZero() && t.Before(saved) {
			*t = saved
		}
	}
	notBefore(&s.Last.CheckedAt)
	notBefore(&s.FailingSince)
	s.Against = Evidence{}
	return s
}
