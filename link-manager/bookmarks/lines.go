package bookmarks

import (
	"bytes"
	"errors"
	"io"
)

// errLong means that one item takes more than maxItem of the file.
var errLong = errors.New("there is one item of more than a megabyte")

// lineReader knows in which line of a file each byte is, also for those who read ahead, and lets nobody read further ahead
// than one item may be long.
type lineReader struct {
	from io.Reader
	// read is how much was read; done how much of it lineAt was asked about, and line where that is.
	read, done int64
	line       int
	// breaks are where the line breaks are between done and read.
	breaks []int64
	// err is what ended the reading, but for io.EOF.
	err error
}

func newLineReader(r io.Reader) *lineReader { return &lineReader{from: r, line: 1} }

// Read implements io.Reader. It fails with errLong if lineAt was not asked about anything for too long.
func (l *lineReader) Read(p []byte) (int, error) {
	if l.read-l.done > 2*maxItem { // json.Decoder doubles what it holds
		l.err = errLong
		return 0, l.err
	}
	n, err := l.from.Read(p)
	for at := 0; ; at++ {
		next := bytes.IndexByte(p[at:n], '\n')
		if next < 0 {
			break
		}
		at += next
		l.breaks = append(l.breaks, l.read+int64(at))
	}
	l.read += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		l.err = err
	}
	return n, err
}

// lineAt is the line of the byte at that offset, which is never less than the one before.
func (l *lineReader) lineAt(offset int64) int {
	passed := 0
	for passed < len(l.breaks) && l.breaks[passed] < offset {
		passed++
	}
	l.breaks = l.breaks[passed:]
	l.line += passed
	l.done = offset
	return l.line
}

// failed is why the rest of the file cannot be read: the reader's own error, or err as a *FileError at that offset.
func (l *lineReader) failed(offset int64, err error, problem string) error {
	line := l.lineAt(offset)
	switch {
	case errors.Is(l.err, errLong):
		return &FileError{line, errLong.Error()}
	case l.err != nil:
		return l.err
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &FileError{line, "the file ends in the middle"}
	}
	return &FileError{line, problem}
}
