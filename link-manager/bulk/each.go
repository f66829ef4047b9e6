package bulk

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/linkwell/linkwell/link-manager/link"
)

const (
	// atOnce is how many links are changed at a time. They share commits where the database has one writer, and leave others
	// their share of it where it has many.
	atOnce = 8
	// longest is how long all of them may take.
	longest = 2 * time.Minute
)

// Each does one thing with each of the links, each once, and returns with which it was done, in the order given, and with how
// many it could not be: they are gone, or their fields or another link stand in its way. It fails with what is a reason not
// to go on, and returns what was done by then also beside an error.
//
// It does not end with ctx, but only when its time is up: whoever leaves a page that is loading wants neither half of it nor
// to find out which half.
func Each(ctx context.Context, ids []string, do func(ctx context.Context, id string) error) (done []string, failed int, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), longest)
	defer cancel()
	group, going := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	var mutex sync.Mutex
	did := map[string]bool{}
	ids = unique(ids)
	for _, id := range ids {
		if going.Err() != nil {
			break
		}
		group.Go(func() error {
			err := do(going, id)
			mutex.Lock()
			defer mutex.Unlock()
			var field *link.FieldError
			var duplicate *link.DuplicateError
			switch {
			case err == nil:
				did[id] = true
			case errors.Is(err, link.ErrNotFound) || errors.As(err, &field) || errors.As(err, &duplicate):
				failed++
			default:
				return err
			}
			return nil
		})
	}
	err = group.Wait()
	if err == nil {
		err = ctx.Err()
	}
	return slices.DeleteFunc(ids, func(id string) bool { return !did[id] }), failed, err
}

// unique are the ids, each where it comes first.
func unique(ids []string) []string {
	seen := make(map[string]bool, len(ids))
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
		had := seen[id]
		seen[id] = true
		return had
	})
}
