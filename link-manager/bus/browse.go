package bus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// ErrNoEvent means that a stream keeps no event of this sequence: it was deleted, or never was.
var ErrNoEvent = errors.New("no such event")

const (
	// browseWait bounds one question to the broker about what a stream keeps.
	browseWait = 10 * time.Second
	// browserKept is how long the broker keeps a consumer whose reader was lost before it could delete it.
	browserKept = 30 * time.Second
)

// Browse returns what a stream keeps on any of the subjects behind the sequence after: the oldest limit events, without
// their bodies, and whether there are more. Nothing is consumed by it. A stream that is not there keeps nothing.
func (b *Bus) Browse(ctx context.Context, stream string, subjects []string, after uint64, limit int) (events []Message, more bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, browseWait)
	defer cancel()
	consumer, err := b.js.CreateConsumer(ctx, stream, jetstream.ConsumerConfig{
		FilterSubjects:    subjects,
		DeliverPolicy:     jetstream.DeliverByStartSequencePolicy,
		OptStartSeq:       after + 1,
		AckPolicy:         jetstream.AckNonePolicy,
		HeadersOnly:       true,
		InactiveThreshold: browserKept,
		MemoryStorage:     true,
		Replicas:          1,
	})
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("browse %s: %w", stream, err)
	}
	name := consumer.CachedInfo().Name
	defer func() {
		if err := b.js.DeleteConsumer(ctx, stream, name); err != nil {
			b.logger.Debug("delete the consumer of a reader", "stream", stream, "error", err)
		}
	}()
	pending := consumer.CachedInfo().NumPending
	if pending == 0 {
		return nil, false, nil
	}
	batch, err := consumer.FetchNoWait(limit)
	if err != nil {
		return nil, false, fmt.Errorf("browse %s: %w", stream, err)
	}
	for m := range batch.Messages() {
		event, err := messageOf(m)
		if err != nil {
			return nil, false, err
		}
		events = append(events, event)
		// What is left is counted with each event; it stays true where the broker falls silent in the middle.
		if meta, err := m.Metadata(); err == nil {
			more = meta.NumPending > 0
		}
	}
	if err := batch.Error(); err != nil {
		return nil, false, fmt.Errorf("browse %s: %w", stream, err)
	}
	if len(events) == 0 {
		return nil, false, fmt.Errorf("browse %s: %d events should be there, and none came", stream, pending)
	}
	return events, more, nil
}

// Event returns one event that a stream keeps. It fails with ErrNoEvent if the stream, or the event in it, is not there.
func (b *Bus) Event(ctx context.Context, stream string, sequence uint64) (Message, error) {
	ctx, cancel := context.WithTimeout(ctx, browseWait)
	defer cancel()
	kept, err := b.js.Stream(ctx, stream)
	if err != nil {
		return Message{}, notThere(err, "read", stream, sequence)
	}
	m, err := kept.GetMsg(ctx, sequence)
	if err != nil {
		return Message{}, notThere(err, "read", stream, sequence)
	}
	return Message{
		Subject:   m.Subject,
		Header:    m.Header,
		Body:      m.Data,
		Stream:    stream,
		Sequence:  m.Sequence,
		Published: m.Time,
	}, nil
}

// Delete takes one event out of a stream. It fails with ErrNoEvent if the stream, or the event in it, is not there.
func (b *Bus) Delete(ctx context.Context, stream string, sequence uint64) error {
	ctx, cancel := context.WithTimeout(ctx, browseWait)
	defer cancel()
	kept, err := b.js.Stream(ctx, stream)
	if err != nil {
		return notThere(err, "delete", stream, sequence)
	}
	if err := kept.DeleteMsg(ctx, sequence); err != nil {
		// Why not is only said in words, so it is seen for oneself whether there was nothing to delete.
		if _, gone := kept.GetMsg(ctx, sequence); errors.Is(gone, jetstream.ErrMsgNotFound) {
			err = gone
		}
		return notThere(err, "delete", stream, sequence)
	}
	return nil
}

func notThere(err error, verb, stream string, sequence uint64) error {
	if errors.Is(err, jetstream.ErrStreamNotFound) || errors.Is(err, jetstream.ErrMsgNotFound) {
		err = ErrNoEvent
	}
	return fmt.Errorf("%s event %d of %s: %w", verb, sequence, stream, err)
}

// Subjects returns how many events a stream keeps on each subject that the pattern covers. A stream that is not there
// keeps nothing.
func (b *Bus) Subjects(ctx context.Context, stream, pattern string) (map[string]uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, browseWait)
	defer cancel()
	kept, err := b.js.Stream(ctx, stream)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return map[string]uint64{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("count events of %s: %w", stream, err)
	}
	info, err := kept.Info(ctx, jetstream.WithSubjectFilter(pattern))
	if err != nil {
		return nil, fmt.Errorf("count events of %s: %w", stream, err)
	}
	return info.State.Subjects, nil
}
