package bookmarks

import (
	"bufio"
	"encoding/json"
	"io"
	"time"
)

// jsonWriter writes a list, one object on each line.
type jsonWriter struct {
	to     *bufio.Writer
	encode *json.Encoder
	begun  bool
}

func newJSONWriter(w io.Writer) *jsonWriter {
	j := &jsonWriter{to: bufio.NewWriterSize(w, 32<<10)}
	j.encode = json.NewEncoder(j.to)
	j.encode.SetEscapeHTML(false)
	return j
}

// writtenItem is a link as we write it.
type writtenItem struct {
	URL         string     `json:"url"`
	Title       string     `json:"title"`
	Description string     `json:"description"`
	Tags        []string   `json:"tags"`
	CreatedAt   *time.Time `json:"created_at"`
}

// Write implements Writer.
func (j *jsonWriter) Write(item Item) error {
	if err := j.begin(); err != nil {
		return err
	}
	written := writtenItem{URL: item.URL, Title: item.Title, Description: item.Description, Tags: append([]string{}, item.Tags...)}
	if !item.AddedAt.IsZero() {
		added := item.AddedAt.UTC()
		written.CreatedAt = &added
	}
	return j.encode.Encode(written)
}

// begin writes what comes before an item.
func (j *jsonWriter) begin() error {
	before := byte('[')
	if j.begun {
		before = ','
	}
	j.begun = true
	return j.to.WriteByte(before)
}

// Close implements Writer.
func (j *jsonWriter) Close() error {
	if !j.begun {
		if err := j.begin(); err != nil {
			return err
		}
	}
	if _, err := j.to.WriteString("]\n"); err != nil {
		return err
	}
	return j.to.Flush()
}
