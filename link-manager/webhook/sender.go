package webhook

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/linkwell/linkwell/link-manager/store"
)

// Store is what a Sender asks of the store.
type Store interface {
	ClaimDelivery(ctx context.Context, lease time.Duration) (store.Delivery, bool, error)
	Delivered(ctx context.Context, d store.Delivery) error
	Undelivered(ctx context.Context, d store.Delivery, failure string, gone bool) error
}

// Sender tells webhooks what they are to be told. Any number of them may work on one store.
type Sender struct {
	Store  Store
	Client *Client
	// Rung returns a channel that is closed when there is something new.
	Rung func() <-chan struct{}
	// Interval is how soon one that failed is looked at again.
	Interval time.Duration
	Logger   *slog.Logger
}

const (
	// senders is how many messages are under way at a time.
	senders = 4
	// lease is how long one may be under way before another sender tries.
	lease = 4 * timeout
)

// Run sends until ctx ends; what is under way then is tried again by whoever comes next.
func (s *Sender) Run(ctx context.Context) {
	defer s.Client.Close()
	var running sync.WaitGroup
	for range senders {
		running.Go(func() { s.run(ctx) })
	}
	running.Wait()
}

func (s *Sender) run(ctx context.Context) {
	interval := time.NewTicker(s.Interval)
	defer interval.Stop()
	for {
		news := s.Rung()
		for s.sendOne(ctx) {
		}
		select {
		case <-news:
		case <-interval.C:
		case <-ctx.Done():
			return
		}
	}
}

// sendOne reports whether there may be more to send now.
func (s *Sender) sendOne(ctx context.Context) bool {
	d, found, err := s.Store.ClaimDelivery(ctx, lease)
	switch {
	case ctx.Err() != nil:
		return false
	case err != nil:
		s.Logger.Error("webhooks", "error", err)
		return false
	case !found:
		return false
	}
	err = s.Client.Send(ctx, d, TypeStatusChanged)
	var failure *FailureError
	switch {
	case ctx.Err() != nil:
		return false
	case errors.As(err, &failure):
		s.Logger.Info("a webhook did not take a message", "webhook", d.Webhook.ID, "why", failure.Problem)
		err = s.Store.Undelivered(ctx, d, failure.Problem, failure.Gone)
	default:
		err = s.Store.Delivered(ctx, d)
	}
	if err != nil && ctx.Err() == nil {
		s.Logger.Error("webhooks", "error", err)
	}
	return err == nil
}
