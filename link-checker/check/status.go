// Package check is the vocabulary of one check of one URL: what may be checked, what an answer looks like, and what each
// status, reason and note means to a person. It knows neither HTTP nor NATS; everything else in Linkwell speaks it.
package check

// Status is what Linkwell believes about a link. There are exactly three.
type Status string

const (
	// Pending means undecided: never checked, or the last check could not tell.
	Pending Status = "pending"
	// Valid means the link works.
	Valid Status = "valid"
	// Invalid means the link does not work.
	Invalid Status = "invalid"
)

// Statuses lists every status, in the order people read them.
func Statuses() []Status { return []Status{Pending, Valid, Invalid} }
