package pages

import (
	"fmt"
	"slices"
	"strings"

	"github.com/linkwell/linkwell/link-checker/check"
)

// stripShown is how many answers the strip in a row has.
const stripShown = 30

// strip is the last answers for a link as a picture, of which the newest is at the right.
type strip struct {
	// Words says the same, in a sentence.
	Words string
	Lines []stripLine
}

// stripLine is all answers of one kind: the name of their colour and height, and a path that is drawn over each run of
// them, which the style breaks into one dash for each.
type stripLine struct{ Name, Path string }

// newStrip draws answers, the newest of which comes first. Each is four units wide.
func newStrip(answers []check.Status) strip {
	answers = answers[:min(len(answers), stripShown)]
	if len(answers) == 0 {
		return strip{Words: "No checks yet."}
	}
	var s strip
	var counted []string
	for _, kind := range []struct {
		status check.Status
		word   string
	}{{check.Valid, "valid"}, {check.Invalid, "invalid"}, {check.Pending, "undecided"}} {
		line, n := stripLine{Name: answerMark(kind.status).Name}, 0
		for at := 0; at < len(answers); at++ {
			if answers[at] != kind.status {
				continue
			}
			run := slices.IndexFunc(answers[at:], func(other check.Status) bool { return other != kind.status })
			if run < 0 {
				run = len(answers) - at
			}
			line.Path += fmt.Sprintf("M%d 6h%d", 4*(stripShown-at-run), 4*run)
			at, n = at+run, n+run
		}
		if n > 0 {
			s.Lines = append(s.Lines, line)
			counted = append(counted, fmt.Sprintf("%d %s", n, kind.word))
		}
	}
	s.Words = fmt.Sprintf("The last %d checks: %s.", len(answers), strings.Join(counted, ", "))
	if len(answers) == 1 {
		s.Words = fmt.Sprintf("One check: %s.", strings.TrimPrefix(counted[0], "1 "))
	}
	return s
}
