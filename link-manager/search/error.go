package search

import "fmt"

// Error says what is wrong with a query, and what would be right.
type Error struct {
	// Offset is where, in bytes from the beginning of the query.
	Offset int
	// Text is what stands there; empty if that is told by Problem.
	Text string
	// Problem is a sentence without its full stop.
	Problem string
}

func (e *Error) Error() string {
	if e.Text == "" {
		return fmt.Sprintf("at byte %d: %s", e.Offset, e.Problem)
	}
	return fmt.Sprintf("at byte %d, %q: %s", e.Offset, e.Text, e.Problem)
}
