package pages

import (
	"strings"
	"unicode/utf16"

	"github.com/linkwell/linkwell/link-manager/search"
)

// wrongQuery is a query that cannot be understood, taken apart where it goes wrong.
type wrongQuery struct {
	Problem             string
	Before, Here, After string
	// At is where, as browsers count: in UTF-16.
	At int
}

func newWrongQuery(query string, wrong *search.Error) *wrongQuery {
	at := min(wrong.Offset, len(query))
	rest := query[at:]
	if !strings.HasPrefix(rest, wrong.Text) {
		rest = ""
	}
	here := rest[:min(len(rest), len(wrong.Text))]
	return &wrongQuery{
		Problem: wrong.Problem, Before: query[:at], Here: here, After: query[at+len(here):],
		At: len(utf16.Encode([]rune(query[:at]))),
	}
}
