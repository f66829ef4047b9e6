package embedded

import (
	"slices"

	"github.com/openfaas/faas-provider/logs"
)

// ring keeps the newest keptLines lines. Lines are numbered from 0, for good.
type ring struct {
	lines []logs.Message // line n is at n modulo keptLines
	next  int            // the number of the next line
}

// add keeps line in the place of the oldest.
func (r *ring) add(line logs.Message) {
	if len(r.lines) < keptLines {
		r.lines = append(r.lines, line)
	} else {
		r.lines[r.next%keptLines] = line
	}
	r.next++
}

// after returns the lines from number from on, without those that are forgotten, oldest first, and the number of the next.
func (r *ring) after(from int) ([]logs.Message, int) {
	from = max(from, r.next-len(r.lines))
	if from >= r.next {
		return nil, r.next
	}
	start, end := from%keptLines, r.next%keptLines
	if start < end {
		return slices.Clone(r.lines[start:end]), r.next
	}
	return slices.Concat(r.lines[start:], r.lines[:end]), r.next
}
