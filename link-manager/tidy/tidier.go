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
	ForgetTotals(ctx context.Context, limit int) (int, error)
	ForgetHosts(ctx context.Context, limit int) (int, error)
	ForgetChanges(ctx context.Context, limit int) (int, error)
	ForgetTrash(ctx context.Context, limit int) (int, error)
	ForgetAnswers(ctx context.Context, limit int) (int, error)
	ForgetImports(ctx context.Context, limit int) (int, error)
	WakeOversleepers(ctx context.Context, lease time.Duration, limit int) (int, error)
}

// Tidier removes targets that nobody has a link to any more, days, totals and changes that are not told any more, hosts of which
// nothing needs to be remembered, links that have been in the trash for long and answers to requests that may come twice,
// imports that are long over, and wakes targets that a clock which was ahead sent to sleep for too long: when it starts and then at each interval. Any
// number of them may work on one store.
type Tidier struct {
	Store    Store
	Interval time.Duration
	// Lease is how long an outstanding check is waited for.
	Lease  time.Duration
	Logger *slog.Logger
}

const (
	// orphansAtOnce is few, because each can have hundreds of rows of history.
	orphansAtOnce = 10
	daysAtOnce    = 500
	totalsAtOnce  = 500
	hostsAtOnce   = 500
	changesAtOnce = 500
	wokenAtOnce   = 500
	trashAtOnce   = 500
	answersAtOnce = 500
	// importsAtOnce is few, because pieces of files are large.
	importsAtOnce = 16
)

// Run tidies until ctx ends.
func (t *Tidier) Run(ctx context.Context) {
	ticker := time.NewTicker(t.Interval)
	defer ticker.Stop()
	for {
		t.all(ctx, "wake", "targets that a wrong clock sent to sleep", wokenAtOnce, func(ctx context.Context, limit int) (int, error) {
			return t.Store.WakeOversleepers(ctx, t.Lease, limit)
		})
		t.all(ctx, "forget", "targets without a link", orphansAtOnce, t.Store.ForgetOrphans)
		t.all(ctx, "forget", "old days", daysAtOnce, t.Store.ForgetDays)
		t.all(ctx, "forget", "old totals", totalsAtOnce, t.Store.ForgetTotals)
		t.all(ctx, "forget", "hosts", hostsAtOnce, t.Store.ForgetHosts)
		t.all(ctx, "forget", "old changes", changesAtOnce, t.Store.ForgetChanges)
		t.all(ctx, "forget", "links in the trash", trashAtOnce, t.Store.ForgetTrash)
		t.all(ctx, "forget", "answers", answersAtOnce, t.Store.ForgetAnswers)
		t.all(ctx, "forget", "imports and pieces of their files", importsAtOnce, t.Store.ForgetImports)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// all does it until nothing is left. After an error the rest waits for the next time.
func (t *Tidier) all(ctx context.Context, verb, what string, limit int, do func(context.Context, int) (int, error)) {
	done := 0
	for ctx.Err() == nil {
		n, err := do(ctx, limit)
		done += n
		if err != nil && ctx.Err() == nil {
			t.Logger.Error(verb, "what", what, "error", err)
		}
		if err != nil || n < limit {
			break
		}
	}
	if done > 0 {
		t.Logger.Info("tidied", "did", verb, "what", what, "number", done)
	}
}
