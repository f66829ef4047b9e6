package bus

import (
	"fmt"

	"github.com/nats-io/nats.go"
)

// Tell says something to whoever hears the subject now, with no body; nobody keeps it. While the broker is away it is lost.
func (b *Bus) Tell(subject string) {
	// It only wakes others sooner, so there is nothing to do about a failure.
	_ = b.conn.Publish(subject, nil)
}

// Hear calls heard each time that somebody, ourselves too, tells the subject, until the connection is closed.
func (b *Bus) Hear(subject string, heard func()) error {
	_, err := b.conn.Subscribe(subject, func(*nats.Msg) { heard() })
	if err != nil {
		return fmt.Errorf("hear %s: %w", subject, err)
	}
	return nil
}
