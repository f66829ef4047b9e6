package probetest

import (
	"slices"

	"github.com/linkwell/linkwell/link-checker/check"
)

// A Behaviour is one way in which the web treats a checker, and what a checker that is right makes of it.
type Behaviour struct {
	// Case is its number among the hard cases, 1 to 77; several behaviours may share one. The number is only a name, for
	// comments and test runs: what a case is about is what its behaviours do.
	Case int
	// Name says what it does. Names are unique.
	Name string
	// Want is what successive checks find, each asked to confirm; mostly there is one.
	Want []Finding
	// Hangs means that a check needs all its time to find out.
	Hangs bool
	// NeedsNames and NeedsRoots mean that it takes the Web's own resolver, or belief in its authority.
	NeedsNames, NeedsRoots bool

	// url starts what is needed and returns the URL to check.
	url func(w *Web) string
}

// A Finding is the part of a check.Result that a behaviour determines.
type Finding struct {
	Reason     check.Reason
	HTTPStatus int
	// Notes are sorted.
	Notes             []check.Note
	RetryAfterSeconds int
}

// FindingOf is a result's part.
func FindingOf(r check.Result) Finding {
	notes := slices.Clone(r.Notes)
	slices.Sort(notes)
	return Finding{r.Reason, r.HTTPStatus, notes, r.RetryAfterSeconds}
}

// Behaviours lists them all, by case.
func Behaviours() []Behaviour {
	all := slices.Concat(
		methodBehaviours, redirectBehaviours, statusBehaviours, identityBehaviours, waitBehaviours, pageBehaviours, bodyBehaviours,
		connectionBehaviours, blackholeBehaviours, protocolBehaviours, certificateBehaviours, nameBehaviours, urlBehaviours,
	)
	slices.SortStableFunc(all, func(a, b Behaviour) int { return a.Case - b.Case })
	return all
}

// finds is the Want of a behaviour whose every check finds the same.
func finds(reason check.Reason, httpStatus int, notes ...check.Note) []Finding {
	return []Finding{{Reason: reason, HTTPStatus: httpStatus, Notes: notes}}
}

// asksToWait is what a check finds where the server says when to come back.
func asksToWait(reason check.Reason, httpStatus, seconds int) []Finding {
	return []Finding{{Reason: reason, HTTPStatus: httpStatus, RetryAfterSeconds: seconds}}
}
