package bookmarks_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/linkwell/linkwell/link-manager/bookmarks"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// content is all that a reader gives.
type content struct {
	items    []bookmarks.Item
	problems []string
}

// readAll reads a file to its end, from a reader that gives a few bytes at a time.
func readAll(t testing.TB, file string, format bookmarks.Format) content {
	t.Helper()
	c, err := read(file, format)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func read(file string, format bookmarks.Format) (c content, err error) {
	r, err := bookmarks.Open(newDrip(file), format)
	if err != nil {
		return c, err
	}
	for {
		item, err := r.Next()
		var problem *bookmarks.ItemError
		switch {
		case errors.Is(err, io.EOF):
			return c, nil
		case errors.As(err, &problem):
			kind := "broken"
			if problem.Skipped {
				kind = "skipped"
			}
			c.problems = append(c.problems, fmt.Sprintf("%d %s %q: %s", problem.Line, kind, problem.Title, problem.Problem))
		case err != nil:
			return c, err
		default:
			c.items = append(c.items, item)
		}
	}
}

// drip gives a few bytes at a time.
type drip struct {
	rest string
	most int
}

// newDrip gives a file in sevens of bytes; one that is very long in more, or the race detector would need minutes.
func newDrip(file string) *drip {
	if len(file) > 1<<20 {
		return &drip{file, 4093}
	}
	return &drip{file, 7}
}

func (d *drip) Read(p []byte) (int, error) {
	if d.rest == "" {
		return 0, io.EOF
	}
	n := copy(p[:min(d.most, len(p))], d.rest)
	d.rest = d.rest[n:]
	return n, nil
}

func compare(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// seconds is a time so many seconds after 1970.
func seconds(n int64) time.Time { return time.Unix(n, 0).UTC() }

// lines is the text without the indentation that it has in a test.
func lines(text string) string {
	return strings.ReplaceAll(strings.TrimPrefix(text, "\n"), "\t\t\t", "")
}
