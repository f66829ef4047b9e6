package imports

import (
	"context"
	"errors"
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
	batchTime     = 25 * time.Millisecond
)

// batcher gathers what is read of a file, and saves it a batch at a time.
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

// save saves what was gathered.
func (b *batcher) save(ctx context.Context) error {
	n := len(b.next.Links) + len(b.next.Problems)
	if n == 0 {
		return nil
	}
	b.next.Position, b.next.BytesRead = b.position, b.file.read
	began := time.Now()
	claim, err := b.importer.Store.SaveImported(ctx, b.claim, b.next)
	if err != nil {
		return err
	}
	took := max(time.Since(began), time.Microsecond)
	b.size = min(max(int(float64(n)*float64(batchTime)/float64(took)), smallestBatch), largestBatch, 2*b.size)
	b.claim, b.saved = claim, b.importer.Now()
	b.next = store.ImportBatch{Links: b.next.Links[:0], Problems: b.next.Problems[:0]}
	return nil
}
