package client

import (
	"bufio"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"
)

// message is one event of a stream, as the HTML standard has it.
type message struct {
	// name is empty for what has none.
	name, data string
}

const (
	// maxEventLine and maxEvent bound what is kept of a stream that does not end its lines, or its events.
	maxEventLine = 1 << 20
	maxEvent     = 4 << 20
	// longestRetry bounds what a stream may ask for.
	longestRetry = time.Hour
)

var errEventTooLong = errors.New("an event of the stream is too long")

// eventReader reads a stream of events (HTML standard, section 9.2.6).
type eventReader struct {
	from *bufio.Reader
	// lastID is that of the last event that came whole, or what lastID began with.
	lastID string
	// retry is how long to wait before coming again; 0 until the stream says it.
	retry time.Duration

	begun, afterReturn bool
	// nextID is lastID once the event ends.
	nextID string
}

func newEventReader(r io.Reader, lastID string) *eventReader {
	return &eventReader{from: bufio.NewReader(r), lastID: lastID, nextID: lastID}
}

// next returns the next event. What comes before the end of the stream without being ended itself is no event. It fails with
// what the stream fails with, io.EOF at its end, or errEventTooLong.
func (r *eventReader) next() (m message, err error) {
	var data strings.Builder
	hasData := false
	for {
		line, err := r.line()
		if err != nil {
			return message{}, err
		}
		if line == "" {
			r.lastID = r.nextID
			if hasData {
				m.data = strings.TrimSuffix(data.String(), "\n")
				return m, nil
			}
			m = message{}
			continue
		}
		field, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch field {
		case "event":
			m.name = value
		case "data":
			hasData = true
			if data.Len()+len(value) >= maxEvent {
				return message{}, errEventTooLong
			}
			data.WriteString(value)
			data.WriteByte('\n')
		case "id":
			if !strings.Contains(value, "\x00") {
				r.nextID = value
			}
		case "retry":
			r.setRetry(value)
		}
	}
}

// setRetry takes milliseconds, in digits alone.
func (r *eventReader) setRetry(value string) {
	if strings.ContainsFunc(value, func(c rune) bool { return c < '0' || c > '9' }) {
		return
	}
	if ms, err := strconv.ParseUint(value, 10, 32); err == nil {
		r.retry = min(time.Duration(ms)*time.Millisecond, longestRetry)
	}
}

// line is the next line without its end, which is CR, LF or both.
func (r *eventReader) line() (string, error) {
	if !r.begun {
		r.begun = true
		if mark, err := r.from.Peek(3); err == nil && string(mark) == "\ufeff" {
			_, _ = r.from.Discard(len(mark))
		}
	}
	var line []byte
	for {
		c, err := r.from.ReadByte()
		if err != nil {
			return "", err
		}
		after := r.afterReturn
		r.afterReturn = c == '\r'
		switch {
		case c == '\n' && after:
			// The line has ended with the CR.
		case c == '\n' || c == '\r':
			return strings.ToValidUTF8(string(line), "\ufffd"), nil
		case len(line) == maxEventLine:
			return "", errEventTooLong
		default:
			line = append(line, c)
		}
	}
}
