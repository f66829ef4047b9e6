package bookmarks

import (
	"bufio"
	"errors"
	"io"
	"strings"
)

// listReader reads one URL on each line, with a title after it if there is one, also after a | as OneTab has it. Empty lines
// and those that begin with # are passed over.
type listReader struct {
	lines *bufio.Reader
	line  int
	err   error
}

func newListReader(r io.Reader) *listReader {
	return &listReader{lines: bufio.NewReaderSize(r, maxURL+maxText)}
}

// Next implements Reader.
func (l *listReader) Next() (Item, error) {
	for l.err == nil {
		text, err := l.readLine()
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			return Item{}, &ItemError{Line: l.line, Problem: "the line is longer than any URL"}
		case err != nil && !errors.Is(err, io.EOF):
			l.err = err
			return Item{}, err
		}
		l.err = err
		text = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(text), "- "))
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		url, title, _ := strings.Cut(text, " ")
		if before, after, tab := strings.Cut(text, "\t"); tab && len(before) < len(url) {
			url, title = before, after
		}
		title = strings.TrimPrefix(strings.TrimSpace(title), "| ")
		return usable(Item{URL: legible(url), Title: oneLine(title), Line: l.line})
	}
	return Item{}, l.err
}

// readLine reads a line. One that is too long is read to its end and given up, with bufio.ErrBufferFull.
func (l *listReader) readLine() (string, error) {
	l.line++
	text, err := l.lines.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return string(text), err
	}
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = l.lines.ReadSlice('\n')
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = bufio.ErrBufferFull
	}
	return "", err
}
