package deadletter

import (
	"context"

	"github.com/linkwell/linkwell/link-checker/event"
)

// Purge deletes one letter, and with it the event. It fails with ErrNotFound or ErrBroker.
func (l *Letters) Purge(ctx context.Context, id uint64) error {
	if err := l.Bus.Delete(ctx, event.StreamDead, id); err != nil {
		return brokerError("purge", id, err)
	}
	return nil
}
