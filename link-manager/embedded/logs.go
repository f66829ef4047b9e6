package embedded

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"sync"
	"time"

	"github.com/openfaas/faas-provider/logs"
)

// keptLines is how many lines of each function are kept; older ones are forgotten.
const keptLines = 1000

// instance is what the one replica of every function is called.
const instance = "link-manager"

// Logs keeps the newest lines of each function, in memory, for `faas-cli logs`. It may be used by many at once.
type Logs struct {
	now func() time.Time

	mu    sync.Mutex
	rings map[string]*ring
	grown chan struct{} // closed and replaced when a line comes
	ended chan struct{} // closed when streams are to end
	end   sync.Once
}

// NewLogs returns empty logs that stamp lines by now; nil means time.Now.
func NewLogs(now func() time.Time) *Logs {
	if now == nil {
		now = time.Now
	}
	return &Logs{now: now, rings: map[string]*ring{}, grown: make(chan struct{}), ended: make(chan struct{})}
}

// Logger returns a logger whose lines, from level info on, are lines of function; or, if a call's context comes with a
// line, of the function called, so that functions may share their code. To see them elsewhere too, combine its Handler
// with another by slog.NewMultiHandler.
func (l *Logs) Logger(function string) *slog.Logger {
	return slog.New(&lineHandler{logs: l, function: function})
}

// invocation writes the one line every call gets: neither its body nor its URL, which are the caller's business.
func (l *Logs) invocation(function string, r *http.Request, status int, took time.Duration) {
	l.add(function, fmt.Sprintf("%s %d %.3fs call_id=%s", r.Method, status, took.Seconds(), callID(r.Header)))
}

var plainCallID = regexp.MustCompile(`^[0-9A-Za-z._-]{1,64}$`)

// callID is the call's id for a log, where a caller's own idea of one may be anything.
func callID(header http.Header) string {
	if id := header.Get(headerCallID); plainCallID.MatchString(id) {
		return id
	}
	return "unusable"
}

// add appends a line to function's.
func (l *Logs) add(function, text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	kept := l.rings[function]
	if kept == nil {
		kept = &ring{}
		l.rings[function] = kept
	}
	kept.add(logs.Message{
		Name:      function,
		Namespace: Namespace,
		Instance:  instance,
		Timestamp: l.now().UTC(),
		Text:      text,
	})
	close(l.grown)
	l.grown = make(chan struct{})
}

// after returns function's kept lines from number from on, the number of the next, and what will be closed when there may
// be more.
func (l *Logs) after(function string, from int) (lines []logs.Message, next int, grown <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if kept := l.rings[function]; kept != nil {
		lines, from = kept.after(from)
	}
	return lines, from, l.grown
}

// endStreams ends every stream that follows a function, now and from now on.
func (l *Logs) endStreams() { l.end.Do(func() { close(l.ended) }) }

// functionKey is the context key of the name of the function that is called.
type functionKey struct{}

// withFunction returns ctx for a call of function.
func withFunction(ctx context.Context, function string) context.Context {
	return context.WithValue(ctx, functionKey{}, function)
}
