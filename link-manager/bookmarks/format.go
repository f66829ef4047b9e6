package bookmarks

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Format is a kind of file.
type Format string

const (
	// Netscape is the HTML that every browser and nearly every tool exports.
	Netscape Format = "netscape"
	// JSON is our own, Pinboard's, or what linkding's API answers.
	JSON Format = "json"
	// CSV has a line of column names first, with any of , ; | and tab between them.
	CSV Format = "csv"
	// List is one URL on each line.
	List Format = "list"
)

// Formats are those that can be read.
func Formats() []Format { return []Format{Netscape, JSON, CSV, List} }

// ErrFormat means that nothing tells what a file is.
var ErrFormat = errors.New("this is no bookmark file that can be told from its beginning: neither HTML, JSON, CSV with a column url, nor a list of URLs")

// sniffed is how much of a file is looked at to find out what it is.
const sniffed = 4096

// Detect tells a file's format by its beginning, of which it reads nothing away from r. It fails with ErrFormat, or as r does.
func Detect(r *bufio.Reader) (Format, error) {
	begin, err := r.Peek(sniffed)
	if err != nil && !errors.Is(err, io.EOF) && len(begin) == 0 {
		return "", err
	}
	text := strings.TrimSpace(beginning(begin))
	switch {
	case strings.HasPrefix(text, "<"):
		return Netscape, nil
	case strings.HasPrefix(text, "["), strings.HasPrefix(text, "{"):
		return JSON, nil
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if columns := readHeader(line); columns.url >= 0 {
			return CSV, nil
		}
		if isWeb(line) {
			return List, nil
		}
		if line != "" && !strings.HasPrefix(line, "#") {
			break
		}
	}
	return "", ErrFormat
}

// beginning is the begin of a file as text, whatever its encoding.
func beginning(begin []byte) string {
	decoded, err := io.ReadAll(decode(bufio.NewReaderSize(bytes.NewReader(begin), sniffed), false))
	if err != nil {
		return ""
	}
	return string(decoded)
}

// Open reads a file of that format; an empty one means that it is to be detected. The caller keeps r, and closes it
// afterwards. It fails with ErrFormat, or as r does.
func Open(r io.Reader, format Format) (Reader, error) {
	buffered := bufio.NewReaderSize(r, 64<<10)
	if format == "" {
		var err error
		if format, err = Detect(buffered); err != nil {
			return nil, err
		}
	}
	switch format {
	case Netscape:
		return newNetscapeReader(decode(buffered, true)), nil
	case JSON:
		return newJSONReader(decode(buffered, false)), nil
	case CSV:
		return newCSVReader(decode(buffered, false))
	case List:
		return newListReader(decode(buffered, false)), nil
	default:
		return nil, fmt.Errorf("there is no format %q", format)
	}
}

// Create writes a file of that format: Netscape, JSON or CSV.
func Create(w io.Writer, format Format) (Writer, error) {
	switch format {
	case Netscape:
		return newNetscapeWriter(w)
	case JSON:
		return newJSONWriter(w), nil
	case CSV:
		return newCSVWriter(w)
	case List:
	}
	return nil, fmt.Errorf("files of format %q are not written", format)
}
