package deadletter

import (
	"context"
	"errors"

	"github.com/linkwell/linkwell/link-manager/bus"
)

var (
	// ErrNotFound means that there is no such letter: it was redriven or purged, its time was over, or it never was.
	ErrNotFound = errors.New("there is no such dead letter")
	// ErrNoWayBack means that a letter cannot be redriven: it does not say where its event was, or its stream is gone.
	ErrNoWayBack = errors.New("the dead letter's event cannot be published again")
	// ErrBroker means that the broker cannot be asked now.
	ErrBroker = errors.New("the broker cannot do this now")
)

// Bus is what Letters asks of the bus.
type Bus interface {
	// Browse returns the oldest events behind a sequence, without bodies, and whether there are more.
	Browse(ctx context.Context, stream string, subjects []string, after uint64, limit int) ([]bus.Message, bool, error)
	// Event and Delete fail with bus.ErrNoEvent if there is none.
	Event(ctx context.Context, stream string, sequence uint64) (bus.Message, error)
	Delete(ctx context.Context, stream string, sequence uint64) error
	// Subjects counts events by subject.
	Subjects(ctx context.Context, stream, pattern string) (map[string]uint64, error)
	// StreamOf fails if none of the streams keeps the subject.
	StreamOf(ctx context.Context, subject string, streams []string) (string, error)
	// Publish returns nil once the broker keeps the event.
	Publish(ctx context.Context, subject string, header map[string][]string, body []byte) error
}

// Targets is what Letters asks of the store.
type Targets interface {
	// DueNow makes the target with this url due, unless another check than the given one is out; false if nobody keeps a
	// link to it.
	DueNow(ctx context.Context, url, checkID string) (bool, error)
}

// Letters are the letters there are. It keeps nothing itself: several processes may use one stream of letters.
type Letters struct {
	Bus     Bus
	Targets Targets
}
