package dispatch

import (
	"context"
	"log/slog"
	"time"
)

// trouble is one that may last, like a disk that is full: it is told when it begins and when it is over, not at each try.
// It is used by one goroutine.
type trouble struct{ since time.Time }

// note takes how one more try went. Attributes are as for slog.
func (t *trouble) note(ctx context.Context, d *Dispatcher, level slog.Level, what string, err error, attributes ...any) {
	switch {
	case ctx.Err() != nil: // what fails at the end tells nothing
	case err != nil && t.since.IsZero():
		t.since = d.Now()
		d.Logger.Log(ctx, level, what, append(attributes, "error", err)...)
	case err == nil && !t.since.IsZero():
		d.Logger.InfoContext(ctx, what+": that is over", append(attributes, "after", d.Now().Sub(t.since).Round(time.Millisecond))...)
		t.since = time.Time{}
	}
}
