package bus

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Lag is how far one consumer is behind.
type Lag struct {
	Stream, Consumer, Subject string
	// Pending is how many events wait to be delivered for the first time.
	Pending uint64
	// Unacknowledged is how many events were delivered and are not settled: being handled, or waiting to come again.
	Unacknowledged int
}

// Lags asks the broker about every consumer that is consumed here now. It fails if the broker cannot be asked; a consumer
// it does not know at the moment is left out.
func (b *Bus) Lags(ctx context.Context) ([]Lag, error) {
	if !b.conn.IsConnected() {
		return nil, errors.New("ask for lags: the broker cannot be reached")
	}
	lags := b.consumed.list()
	known := make([]bool, len(lags))
	asking, ctx := errgroup.WithContext(ctx)
	asking.SetLimit(asksAtOnce)
	for i := range lags {
		asking.Go(func() error {
			consumer, err := b.js.Consumer(ctx, lags[i].Stream, lags[i].Consumer)
			switch {
			case err != nil && ctx.Err() != nil:
				return err
			case err == nil:
				info := consumer.CachedInfo()
				lags[i].Pending, lags[i].Unacknowledged, known[i] = info.NumPending, info.NumAckPending, true
			}
			return nil
		})
	}
	if err := asking.Wait(); err != nil {
		return nil, fmt.Errorf("ask for lags: %w", err)
	}
	found := make([]Lag, 0, len(lags))
	for i, lag := range lags {
		if known[i] {
			found = append(found, lag)
		}
	}
	return found, nil
}

// asksAtOnce is how many consumers the broker is asked about at a time.
const asksAtOnce = 8

// consumed are the consumers that run here.
type consumed struct {
	mutex sync.Mutex
	// running counts the runs of each, because a consumer that ends may overlap with one that begins.
	running map[Lag]int
}

// add counts one more run, until the returned function is called.
func (c *consumed) add(consumer Consumer) (done func()) {
	key := Lag{Stream: consumer.Stream, Consumer: consumer.Durable, Subject: consumer.Subject}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.running == nil {
		c.running = make(map[Lag]int)
	}
	c.running[key]++
	return func() {
		c.mutex.Lock()
		defer c.mutex.Unlock()
		if c.running[key]--; c.running[key] == 0 {
			delete(c.running, key)
		}
	}
}

func (c *consumed) list() []Lag {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	list := make([]Lag, 0, len(c.running))
	for key := range c.running {
		list = append(list, key)
	}
	return list
}
