package imports

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/linkwell/linkwell/link-manager/bookmarks"
	"github.com/linkwell/linkwell/link-manager/store"
)

// The size of a batch follows from how long the one before took, so that whoever else writes to an SQLite file, which has
// one writer, hardly waits: half of batchTime on average.
const (
	firstBatch    = 100
	smallestBatch = 100
	largestBatch  = 500
	batchTime     = 28 * time.Millisecond
)

// batcher gathers what is read of a file, and saves it a batch at a time, while the next one is gathered.
type batcher struct {
	importer *Importer
	claim    store.ImportClaim
	file     *content
	// position is how many items were read; those before claim.Position are saved already.
	position int
	next     store.ImportBatch
	size     int
	// saved is when a batch was saved last.
	saved time.Time
	// saving brings what became of the batch that is being saved; nil while none is.
	saving chan outcome
}

// outcome is the newest claim after a batch of n items was saved, or why it was not.
type outcome struct {
	claim store.ImportClaim
	n     int
	err   error
}

// readAll reads the file to its end, and begins to save all that was read. Of a file that cannot be read to its end it saves
// what came before, and fails with a *bookmarks.FileError or bookmarks.ErrFormat.
func (b *batcher) readAll(ctx context.Context) error {
	reader, err := bookmarks.Open(b.file, b.claim.Format)
	if err != nil {
		return err
	}
	for {
		item, err := reader.Next()
		var problem *bookmarks.ItemError
		switch {
		case errors.Is(err, io.EOF):
			return b.save(ctx)
		case err != nil && !errors.As(err, &problem):
			if failed := b.save(ctx); failed != nil {
				err = failed
			}
			return err
		}
		if err := b.add(ctx, item, problem); err != nil {
			return err
		}
	}
}

// add takes the next item, or why it is none.
func (b *batcher) add(ctx context.Context, item bookmarks.Item, problem *bookmarks.ItemError) error {
	b.position++
	if b.position <= b.claim.Position {
		if b.importer.Now().Sub(b.saved) > b.claim.Lease/3 {
			return b.renew(ctx)
		}
		return nil
	}
	if problem == nil {
		l, err := imported(b.importer.Store, item, b.claim.ImportDraft, b.importer.Now())
		if err == nil {
			b.next.Links = append(b.next.Links, l)
		} else if !errors.As(err, &problem) {
			return err
		}
	}
	if problem != nil {
		b.next.Problems = append(b.next.Problems, store.ImportProblem{
			Line: problem.Line, Skipped: problem.Skipped, Title: shortened(problem.Title, maxProblemTitle), Problem: problem.Problem,
		})
	}
	if len(b.next.Links)+len(b.next.Problems) < b.size {
		return nil
	}
	return b.save(ctx)
}

// maxProblemTitle is how much of a title tells which item has a problem, in characters.
const maxProblemTitle = 100

// renew tells that we are at it still, while nothing is to be saved.
func (b *batcher) renew(ctx context.Context) error {
	claim, err := b.importer.Store.SaveImported(ctx, b.claim, store.ImportBatch{Position: b.claim.Position, BytesRead: b.claim.BytesRead})
	if err != nil {
		return err
	}
	b.claim, b.saved = claim, b.importer.Now()
	return nil
}

// save begins to save what was gathered, when the batch before is saved. It fails if that one could not be.
func (b *batcher) save(ctx context.Context) error {
	if err := b.wait(); err != nil {
		return err
	}
	o := outcome{n: len(b.next.Links) + len(b.next.Problems)}
	if o.n == 0 {
		return nil
	}
	claim, batch, saving := b.claim, b.next, make(chan outcome, 1)
	batch.Position, batch.BytesRead = b.position, b.file.read
	b.next, b.saving = store.ImportBatch{}, saving
	go func() {
		o.err = b.importer.survive(claim, func() (err error) {
			o.claim, err = b.importer.Store.SaveImported(ctx, claim, batch)
			return err
		})
		saving <- o
	}()
	return nil
}

// wait waits until the batch is saved that is being saved, and fails if it could not be.
func (b *batcher) wait() error {
	if b.saving == nil {
		return nil
	}
	o := <-b.saving
	b.saving = nil
	if o.err != nil {
		return o.err
	}
	took := max(o.claim.Took, time.Microsecond)
	b.size = min(max(int(float64(o.n)*float64(batchTime)/float64(took)), smallestBatch), largestBatch, 2*b.size)
	b.claim, b.saved = o.claim, b.importer.Now()
	return nil
}
