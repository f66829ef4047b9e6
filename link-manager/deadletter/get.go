package deadletter

import (
	"context"
	"errors"
	"fmt"

	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/bus"
)

// Get returns one letter with its body. It fails with ErrNotFound or ErrBroker.
func (l *Letters) Get(ctx context.Context, id uint64) (Letter, error) {
	m, err := l.Bus.Event(ctx, event.StreamDead, id)
	if err != nil {
		return Letter{}, brokerError("read", id, err)
	}
	return Decode(m), nil
}

func brokerError(verb string, id uint64, err error) error {
	if errors.Is(err, bus.ErrNoEvent) {
		return fmt.Errorf("%s dead letter %d: %w", verb, id, ErrNotFound)
	}
	return fmt.Errorf("%s dead letter %d: %w: %w", verb, id, ErrBroker, err)
}
