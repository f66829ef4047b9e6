package bus

import (
	"context"
	"testing"
)

// A consumption that fails begins anew: what it reserved as it ended would be missing for ever.
func TestAConsumptionThatEndsReservesNothing(t *testing.T) {
	ctx, end := context.WithCancel(t.Context())
	end()
	r := &consumption{Consumer: Consumer{Concurrency: 4}, changed: make(chan struct{}, 1)}
	if n, err := r.reserve(ctx); n != 0 || err == nil || r.out != 0 || r.pulls != 0 {
		t.Errorf("it reserved %d, %v; %d are out with %d pulls", n, err, r.out, r.pulls)
	}
}
