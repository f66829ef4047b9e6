package imports

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/linkwell/linkwell/link-manager/bookmarks"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// Store is what importing asks of the store.
type Store interface {
	Importable(d link.Draft, createdAt time.Time) (store.Imported, error)
	ClaimImport(ctx context.Context, lease time.Duration) (store.ImportClaim, error)
	ImportChunk(ctx context.Context, id string, number int) (content []byte, ok bool, err error)
	SaveImported(ctx context.Context, claim store.ImportClaim, batch store.ImportBatch) (store.ImportClaim, error)
	FinishImport(ctx context.Context, claim store.ImportClaim, problem string) error
	ReleaseImport(ctx context.Context, claim store.ImportClaim) error
	ForgetImports(ctx context.Context, limit int) (int, error)
}

// Importer works on imports, one at a time. Any number of them may work on one store.
type Importer struct {
	Store Store
	// Lease is how long the others leave an import alone that we have not told anything of.
	Lease time.Duration
	// Interval is how often is looked for what other link managers received, or left behind.
	Interval time.Duration
	// Now is the clock.
	Now    func() time.Time
	Logger *slog.Logger

	wake chan struct{}
}

// New returns an importer with these settings.
func New(i Importer) *Importer {
	i.wake = make(chan struct{}, 1)
	return &i
}

// Wake says that there is something to import.
func (i *Importer) Wake() {
	select {
	case i.wake <- struct{}{}:
	default:
	}
}

// Run imports until ctx ends. What it is at then goes on elsewhere, or when it runs again.
func (i *Importer) Run(ctx context.Context) {
	ticker := time.NewTicker(i.Interval)
	defer ticker.Stop()
	for {
		for i.one(ctx) {
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-i.wake:
		}
	}
}

// one works on one import, and reports whether there may be another. An import that a fault of ours interrupts is taken up
// again after its lease.
func (i *Importer) one(ctx context.Context) (more bool) {
	claim, err := i.Store.ClaimImport(ctx, i.Lease)
	switch {
	case ctx.Err() != nil || errors.Is(err, store.ErrNoImport):
		return false
	case err != nil:
		i.Logger.Error("claim import", "error", err)
		return false
	}
	began, from := i.Now(), claim.Position
	i.Logger.Info("importing", "import", claim.ID, "format", claim.Format, "bytes", claim.Bytes, "from", from)
	claim, err = i.work(ctx, claim)
	log := i.Logger.With("import", claim.ID, "added", claim.Added, "merged", claim.Merged, "unchanged", claim.Unchanged,
		"skipped", claim.Skipped, "failed", claim.Failed, "duration", i.Now().Sub(began))
	var broken *bookmarks.FileError
	switch {
	case err == nil:
		err = i.finish(ctx, claim, "")
	case errors.As(err, &broken), errors.Is(err, bookmarks.ErrFormat):
		err = i.finish(ctx, claim, err.Error())
	case ctx.Err() != nil:
		release, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		if err := i.Store.ReleaseImport(release, claim); err != nil {
			log.Warn("release import; it goes on when its lease is over", "error", err)
		}
		return false
	}
	switch {
	case errors.Is(err, store.ErrImportLost):
		log.Info("import was cancelled, or goes on elsewhere")
	case err != nil:
		log.Error("import; it is tried again when its lease is over", "error", err)
		return false
	default:
		log.Info("imported")
	}
	return true
}

// work reads the file from where the claim is, and saves what it finds. It returns the newest claim, also beside an error.
func (i *Importer) work(ctx context.Context, claim store.ImportClaim) (newest store.ImportClaim, err error) {
	b := &batcher{importer: i, claim: claim, file: &content{ctx: ctx, store: i.Store, id: claim.ID}, saved: i.Now(), size: firstBatch}
	err = i.survive(claim, func() error { return b.readAll(ctx) })
	if failed := b.wait(); failed != nil {
		err = failed
	}
	return b.claim, err
}

// survive is what do returns. What panics once would do so for ever: then the file is to blame.
func (i *Importer) survive(claim store.ImportClaim, do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			i.Logger.Error("panic while importing", "import", claim.ID, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = &bookmarks.FileError{Line: 1, Problem: "something in this file cannot be read, by a fault of ours"}
		}
	}()
	return do()
}

func (i *Importer) finish(ctx context.Context, claim store.ImportClaim, problem string) error {
	if err := i.Store.FinishImport(ctx, claim, problem); err != nil {
		return err
	}
	for {
		if n, err := i.Store.ForgetImports(ctx, chunksAtOnce); err != nil || n < chunksAtOnce {
			return err
		}
	}
}

// chunksAtOnce is how many pieces of a file are removed in one transaction.
const chunksAtOnce = 16
