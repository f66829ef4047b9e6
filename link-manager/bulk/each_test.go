package bulk_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/linkwell/linkwell/link-manager/bulk"
	"github.com/linkwell/linkwell/link-manager/link"
)

func TestEachIsDoneOnceAndToldInOrder(t *testing.T) {
	var ids []string
	for i := range 100 {
		ids = append(ids, fmt.Sprint(i), fmt.Sprint(i/2))
	}
	var calls atomic.Int64
	done, failed, err := bulk.Each(t.Context(), ids, func(_ context.Context, id string) error {
		calls.Add(1)
		switch id {
		case "3":
			return fmt.Errorf("find: %w", link.ErrNotFound)
		case "5":
			return &link.FieldError{Field: "tags"}
		case "7":
			return &link.DuplicateError{}
		}
		return nil
	})
	want := []string{}
	for i := range 100 {
		if i != 3 && i != 5 && i != 7 {
			want = append(want, fmt.Sprint(i))
		}
	}
	if !slices.Equal(done, want) || failed != 3 || err != nil || calls.Load() != 100 {
		t.Errorf("done are %v, %d failed, %v after %d calls", done, failed, err, calls.Load())
	}
}

// Whoever goes away leaves nothing half done.
func TestEachGoesOnWhenNobodyWaits(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	done, _, err := bulk.Each(ctx, []string{"a", "b", "c"}, func(ctx context.Context, _ string) error {
		cancel()
		return ctx.Err()
	})
	if len(done) != 3 || err != nil {
		t.Errorf("done are %v: %v", done, err)
	}
}

func TestEachTellsWhatWasDoneBeforeItFailed(t *testing.T) {
	full := errors.New("the disk is full")
	var ids []string
	for i := range 500 {
		ids = append(ids, fmt.Sprint(i))
	}
	var calls atomic.Int64
	done, failed, err := bulk.Each(t.Context(), ids, func(context.Context, string) error {
		if calls.Add(1) > 100 {
			return full
		}
		return nil
	})
	if len(done) != 100 || failed != 0 || !errors.Is(err, full) || calls.Load() > 200 {
		t.Errorf("%d are done, %d failed, %v after %d calls", len(done), failed, err, calls.Load())
	}
}
