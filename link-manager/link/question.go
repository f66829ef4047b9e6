package link

import (
	"slices"
	"strings"

	"github.com/linkwell/linkwell/link-checker/check"
)

// Question is what there is to decide about a link, by its owner alone; empty means nothing. It is one of these, or what
// MovedTo returns, and lasts for as long as it stays the same.
type Question string

const (
	// Failing means that its newest answers are not good. A few of those pass; that a whole host fails is worth a decision.
	Failing Question = "failing"
	// Dead means that it is invalid.
	Dead Question = "invalid"
	// Parked means that it answers, and may not be what was saved, like the next two: what the notes of the answer say.
	Parked = Question(check.Parked)
	// LooksGone reads as if the page were not there (check.Soft404).
	LooksGone = Question(check.Soft404)
	// LeadsAway ends at a front page or an error page (check.Soft404Redirect).
	LeadsAway = Question(check.Soft404Redirect)
)

// moved begins a question about a page that moved for good; the host it moved to follows. Where on that host is no part of
// it, because some servers send every visitor to an address of their own.
const moved = "moved "

// MovedTo is the question about a page that moved for good to that host.
func MovedTo(host string) Question { return Question(moved + host) }

// MovedTo is the host of MovedTo; asks is false for other questions.
func (q Question) MovedTo() (host string, asks bool) { return strings.CutPrefix(string(q), moved) }

// QuestionOf is what an answer asks of the link's owner, beside what it says about its status.
func QuestionOf(result check.Result) Question {
	if result.Status != check.Valid {
		return ""
	}
	for _, doubt := range []Question{Parked, LooksGone, LeadsAway} {
		if slices.Contains(result.Notes, check.Note(doubt)) {
			return doubt
		}
	}
	if result.MovedTo != "" {
		return MovedTo(strings.ToLower(HostOf(result.MovedTo)))
	}
	return ""
}
