package live

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

const (
	// writeTimeout is how long a client may take to accept what is sent.
	writeTimeout = 10 * time.Second
	// reconnectAfter is how long a client should wait before it comes again.
	reconnectAfter = 2 * time.Second
)

// Stream writes events as the HTML standard has them (section 9.2). After an error nothing more is written.
type Stream struct {
	to  http.ResponseWriter
	err error
}

// NewStream begins to answer with events that come after the one with this id, so that also who hears nothing before the
// connection is lost can go on from there; an empty id says nothing.
func NewStream(w http.ResponseWriter, id string) *Stream {
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{}) // the server's is for requests, and would end this one
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no") // nginx would keep events until there are many
	s := &Stream{to: w}
	s.write(fmt.Sprintf("%sretry: %d\n: hello\n\n", idLine(id), reconnectAfter.Milliseconds()))
	return s
}

// Err is why nothing more is written; nil while all is well.
func (s *Stream) Err() error { return s.err }

// Comment shows that the connection lives.
func (s *Stream) Comment(text string) { s.write(": " + text + "\n\n") }

// Send sends an event, whose data are JSON; an empty id leaves the client with the one it has.
func (s *Stream) Send(id, name string, data any) {
	encoded, err := json.Marshal(data)
	if err != nil {
		panic("encode event: " + err.Error()) // strings, numbers and times always encode
	}
	s.write(fmt.Sprintf("%sevent: %s\ndata: %s\n\n", idLine(id), name, encoded))
}

func idLine(id string) string {
	if id == "" {
		return ""
	}
	return "id: " + id + "\n"
}

func (s *Stream) write(text string) {
	if s.err != nil {
		return
	}
	controller := http.NewResponseController(s.to)
	_ = controller.SetWriteDeadline(time.Now().Add(writeTimeout)) // a test's recorder has none
	if _, s.err = io.WriteString(s.to, text); s.err == nil {
		s.err = controller.Flush()
	}
}
