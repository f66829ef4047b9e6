package bookmarks

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// csvReader reads a table whose first line names its columns.
type csvReader struct {
	lines   *lineReader
	rows    *csv.Reader
	columns columns
	err     error
}

// newCSVReader reads the header. It fails with ErrFormat if there is no column for the URL, or as r does.
func newCSVReader(r io.Reader) (*csvReader, error) {
	buffered := bufio.NewReaderSize(r, sniffed)
	begin, err := buffered.Peek(sniffed)
	if err != nil && !errors.Is(err, io.EOF) && len(begin) == 0 {
		return nil, err
	}
	header, _, _ := strings.Cut(strings.TrimLeft(string(begin), "\r\n"), "\n")
	c := &csvReader{columns: readHeader(strings.TrimSpace(header))}
	if c.columns.url < 0 {
		return nil, ErrFormat
	}
	texts := &csvTexts{delimiter: byte(c.columns.delimiter)} //nolint:gosec // one of four, all of them ASCII
	c.lines = newLineReader(&clipped{buffered, texts.keep})
	c.rows = csv.NewReader(c.lines)
	c.rows.Comma, c.rows.FieldsPerRecord, c.rows.ReuseRecord = c.columns.delimiter, -1, true
	if _, err := c.rows.Read(); err != nil {
		return nil, c.failed(err)
	}
	return c, nil
}

// Next implements Reader.
func (c *csvReader) Next() (Item, error) {
	if c.err != nil {
		return Item{}, c.err
	}
	row, err := c.rows.Read()
	c.lines.lineAt(c.rows.InputOffset())
	var wrong *csv.ParseError
	switch {
	case c.lines.err != nil:
		c.err = c.failed(c.lines.err)
	case errors.As(err, &wrong):
		return Item{}, &ItemError{Line: wrong.StartLine, Problem: csvProblem(wrong)}
	case err != nil:
		c.err = err // io.EOF
	}
	if c.err != nil {
		return Item{}, c.err
	}
	item := c.columns.item(row)
	item.Line, _ = c.rows.FieldPos(0)
	return usable(item)
}

func (c *csvReader) failed(err error) error {
	return c.lines.failed(c.rows.InputOffset(), err, "it is no CSV from here on")
}

// csvProblem is a row that cannot be read, in a sentence.
func csvProblem(wrong *csv.ParseError) string {
	if errors.Is(wrong.Err, csv.ErrQuote) && wrong.Line > wrong.StartLine {
		return "a quote begins here that is not closed as it should be, so what follows up to where the next line can be read is lost; write a quote inside a field twice"
	}
	return "there is a quote in the middle of a field; put the field in quotes, and write a quote inside it twice"
}

// item is a row as a link.
func (c columns) item(row []string) Item {
	at := func(column int) string {
		if column < 0 || column >= len(row) {
			return ""
		}
		if c.ours {
			return withoutGuard(row[column])
		}
		return row[column]
	}
	item := Item{URL: strings.TrimSpace(at(c.url)), Title: oneLine(at(c.title)), AddedAt: parseDate(at(c.date)), Tags: c.splitTags(at(c.tags))}
	var texts []string
	for _, column := range c.texts {
		if text := manyLines(at(column)); text != "" {
			texts = append(texts, text)
		}
	}
	item.Description = strings.Join(texts, "\n\n")
	for folder := range strings.SplitSeq(at(c.folder), "/") {
		if folder = oneLine(folder); folder != "" && len(item.Folders) < maxDepth {
			item.Folders = append(item.Folders, folder)
		}
	}
	return item
}

// splitTags splits as the tool did that wrote the file: into a JSON list, or at | or commas. A text without any is one tag.
func (c columns) splitTags(text string) []string {
	var list []string
	switch {
	case c.ours:
		return splitTags(text, ",")
	case strings.HasPrefix(text, "[") && json.Unmarshal([]byte(text), &list) == nil:
		return splitTags(strings.Join(list, ","), ",")
	case strings.Contains(text, "|"):
		return splitTags(text, "|")
	default:
		return splitTags(text, ",;")
	}
}
