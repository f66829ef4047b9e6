// Package tidy removes what has been kept long enough, a little at a time, so that nobody waits for it.
package tidy

import (
	"context"
	"log/slog"
	"time"
)

// Store is what the tidier asks of the store. Each call removes at most limit things in one short transaction, and
// returns how many; fewer than limit means that there are no more.
type Store interface {
	ForgetOrphans(ctx context.Context, limit int) (int, error)
	ForgetDays(ctx context.Context, limit int) (int, error)
	ForgetHosts(ctx context.Context, limit int) (int, error)
	ForgetImports(ctx context.Context, limit int) (int, error)
}

// Tidier removes targets that nobody has a link to any more, days that are not told any more, hosts of which nothing
// needs to be remembered, and imports that are long over, when it starts and then at each interval. Any number of them may work on one store.
type Tidier struct {
	Store    Store
	Interval time.Duration
	Logger   *slog.Logger
}

const (
	// orphansAtOnce is few, because each can have hundreds of rows of history.
	orphansAtOnce = 10
	daysAtOnce    = 500
	hostsAtOnce   = 500
	// importsAtOnce is few, because pieces of files are large.
	importsAtOnce = 16
)

// Run tidies until ctx ends.
func (t *Tidier) Run(ctx context.Context) {
	ticker := time.NewTicker(t.Interval)
	defer ticker.Stop()
	for {
		t.all(ctx, "targets without a link", orphansAtOnce, t.Store.ForgetOrphans)
		t.all(ctx, "old days", daysAtOnce, t.Store.ForgetDays)
		t.all(ctx, "hosts", hostsAtOnce, t.Store.ForgetHosts)
		t.all(ctx, "imports and pieces of their files", importsAtOnce, t.Store.ForgetImports)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// all forgets until nothing is left. After an error the rest waits for the next time.
func (t *Tidier) all(ctx context.Context, what string, limit int, forget func(context.Context, int) (int, error)) {
	forgotten := 0
	for ctx.Err() == nil {
		n, err := forget(ctx, limit)
		forgotten += n
		if err != nil && ctx.Err() == nil {
			t.Logger.Error("forget", "what", what, "error", err)
		}
		if err != nil || n < limit {
			break
		}
	}
	if forgotten > 0 {
		t.Logger.Info("forgot", "what", what, "number", forgotten)
	}
}
