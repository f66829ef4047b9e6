package bookmarks

import (
	"encoding/csv"
	"io"
	"strings"
	"time"
)

// csvHeader is the first line of our own files.
var csvHeader = []string{"url", "title", "description", "tags", "created_at"}

type csvWriter struct{ rows *csv.Writer }

func newCSVWriter(w io.Writer) (*csvWriter, error) {
	c := &csvWriter{csv.NewWriter(w)}
	return c, c.rows.Write(csvHeader)
}

// Write implements Writer.
func (c *csvWriter) Write(item Item) error {
	added := ""
	if !item.AddedAt.IsZero() {
		added = item.AddedAt.UTC().Format(time.RFC3339Nano)
	}
	return c.rows.Write([]string{
		withGuard(item.URL), withGuard(item.Title), withGuard(item.Description), withGuard(strings.Join(item.Tags, ",")), added,
	})
}

// Close implements Writer.
func (c *csvWriter) Close() error {
	c.rows.Flush()
	return c.rows.Error()
}

// guarded are what a cell begins with that a spreadsheet would take for a formula, and the guard itself.
const guarded = "=+-@'"

// withGuard is a cell that no spreadsheet runs: a page's title is somebody else's text.
func withGuard(cell string) string {
	if cell != "" && strings.IndexByte(guarded, cell[0]) >= 0 {
		return "'" + cell
	}
	return cell
}

// withoutGuard undoes withGuard.
func withoutGuard(cell string) string {
	if len(cell) > 1 && cell[0] == '\'' && strings.IndexByte(guarded, cell[1]) >= 0 {
		return cell[1:]
	}
	return cell
}
