package deadletter

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/linkwell/linkwell/link-checker/event"
)

// Filter chooses letters.
type Filter struct {
	// Function is that of the letters: with its namespace, or without, which means in any; empty means every function.
	Function string
	// Before is when they must have been kept; zero means any time.
	Before time.Time
	// After is the ID they must be behind: the last one of the page before.
	After uint64
	// Limit is how many are wanted at most, at least 1.
	Limit int
}

// List returns a page of the letters that the filter chooses, the oldest first and without their bodies, and whether there
// are more. However many letters there are, it reads no more than the page.
func (l *Letters) List(ctx context.Context, f Filter) (page []Letter, more bool, err error) {
	subjects := []string{event.SubjectDead + ".>"}
	if f.Function != "" {
		if subjects, err = l.subjectsOf(ctx, f.Function); err != nil || len(subjects) == 0 {
			return nil, false, err
		}
	}
	events, more, err := l.Bus.Browse(ctx, event.StreamDead, subjects, f.After, f.Limit)
	if err != nil {
		return nil, false, fmt.Errorf("list dead letters: %w: %w", ErrBroker, err)
	}
	for _, m := range events {
		// They come in the order they were kept in, so the first that is too young ends the list.
		if !f.Before.IsZero() && !m.Published.Before(f.Before) {
			return page, false, nil
		}
		page = append(page, Decode(m))
	}
	return page, more, nil
}

// subjectsOf returns the subjects of those letters there are that name the function.
func (l *Letters) subjectsOf(ctx context.Context, function string) ([]string, error) {
	counts, err := l.Bus.Subjects(ctx, event.StreamDead, event.SubjectDead+".>")
	if err != nil {
		return nil, fmt.Errorf("list dead letters: %w: %w", ErrBroker, err)
	}
	var subjects []string
	for subject := range counts {
		if of(functionOf(subject), function) {
			subjects = append(subjects, subject)
		}
	}
	return subjects, nil
}

// of reports whether the function is called so, in whatever namespace if none is said.
func of(function, name string) bool {
	return function == name || !strings.Contains(name, ".") && strings.HasPrefix(function, name+".")
}

// functionOf is the function in the subject of a letter.
func functionOf(subject string) string {
	return strings.ReplaceAll(strings.TrimPrefix(subject, event.SubjectDead+"."), "_", ".")
}
