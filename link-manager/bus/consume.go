package bus

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Message is one delivery of one event.
type Message struct {
	Subject string
	Header  map[string][]string
	Body    []byte
	// Stream and Sequence name the event for as long as the stream keeps it.
	Stream   string
	Sequence uint64
	// Consumer is who it was delivered to.
	Consumer string
	// Deliveries counts this one, from 1.
	Deliveries uint64
	Published  time.Time
}

// Handler does what an event asks for and says what becomes of the event. It is called by several goroutines.
type Handler func(ctx context.Context, m Message) Disposition

// A Gate decides how many events may be asked for.
type Gate interface {
	// Admit waits until events may be fetched and returns how many, at least 1; or ctx's error.
	Admit(ctx context.Context) (int, error)
}

// Consumer says what to consume, and how.
type Consumer struct {
	Stream  string
	Durable string
	Subject string
	// AckWait is how long the broker waits for a word before it delivers an event again. While a handler runs, the word
	// is given every third of it.
	AckWait time.Duration
	// Concurrency is how many handlers run at a time, at most.
	Concurrency int
	// Grace is how long handlers may still run after Consume's ctx ended; then their ctx ends too.
	Grace time.Duration
	// Gate is asked before each fetch; nil means always open.
	Gate Gate
	// Handle is called for each event.
	Handle Handler
}

// Ensure creates the durable consumer or brings it up to date, so that nothing published from now on is missed.
func (b *Bus) Ensure(ctx context.Context, c Consumer) error {
	_, err := b.ensure(ctx, c)
	return err
}

func (b *Bus) ensure(ctx context.Context, c Consumer) (jetstream.Consumer, error) {
	consumer, err := b.js.CreateOrUpdateConsumer(ctx, c.Stream, jetstream.ConsumerConfig{
		Durable:       c.Durable,
		FilterSubject: c.Subject,
		AckPolicy:     jetstream.AckExplicitPolicy,
		AckWait:       c.AckWait,
		MaxDeliver:    -1,
		MaxAckPending: max(1000, 2*c.Concurrency),
	})
	if err != nil {
		return nil, fmt.Errorf("ensure consumer %s on %s: %w", c.Durable, c.Stream, err)
	}
	return consumer, nil
}

// Consume handles events until ctx ends, then waits for the handlers that run, for as long as Grace. It never gives up:
// while the broker is away, or has lost the stream or the consumer, it makes them again.
func (b *Bus) Consume(ctx context.Context, c Consumer) {
	working, stop := outlive(ctx, c.Grace)
	defer stop()
	run := &consumption{bus: b, Consumer: c, working: working, slots: make(chan struct{}, c.Concurrency)}
	defer run.handlers.Wait()
	for ctx.Err() == nil {
		err := run.consume(ctx)
		if ctx.Err() != nil {
			return
		}
		b.logger.Warn("consume", "consumer", c.Durable, "error", err)
		wait(ctx, consumePause)
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			if err := b.EnsureStreams(ctx); err != nil {
				b.logger.Warn("consume", "consumer", c.Durable, "error", err)
			}
		}
	}
}

const (
	// consumePause is the rest after a failure of the broker.
	consumePause = 500 * time.Millisecond
	// fetchWait is how long one fetch waits for events.
	fetchWait = 5 * time.Second
	// settleWait bounds the wait for the broker to take an ack, settleGrace what of it may come after the handlers' grace.
	settleWait  = 5 * time.Second
	settleGrace = time.Second
)

// consumption is one running Consume.
type consumption struct {
	Consumer
	bus *Bus
	// working is the handlers' context.
	working  context.Context
	slots    chan struct{}
	handlers sync.WaitGroup
}

// consume fetches until something fails. An event is only asked for when there is a free handler for it, so that none
// waits in here while its AckWait runs.
func (r *consumption) consume(ctx context.Context) error {
	consumer, err := r.bus.ensure(ctx, r.Consumer)
	if err != nil {
		return err
	}
	for {
		free, err := r.takeSlots(ctx)
		if err != nil {
			return err
		}
		taken, err := r.fetch(ctx, consumer, free)
		for range free - taken {
			<-r.slots
		}
		if err != nil {
			return err
		}
	}
}

// takeSlots waits for the gate and for a free handler, then takes as many as both have.
func (r *consumption) takeSlots(ctx context.Context) (int, error) {
	most := cap(r.slots)
	if r.Gate != nil {
		admitted, err := r.Gate.Admit(ctx)
		if err != nil {
			return 0, err
		}
		most = min(most, admitted)
	}
	select {
	case r.slots <- struct{}{}:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	for taken := 1; taken < most; taken++ {
		select {
		case r.slots <- struct{}{}:
		default:
			return taken, nil
		}
	}
	return most, nil
}

// fetch asks for up to n events and starts a handler for each; it returns how many it started.
func (r *consumption) fetch(ctx context.Context, consumer jetstream.Consumer, n int) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchWait)
	defer cancel()
	batch, err := consumer.Fetch(n, jetstream.FetchContext(ctx))
	if err != nil {
		return 0, fmt.Errorf("fetch: %w", err)
	}
	started := 0
	for m := range batch.Messages() {
		started++
		r.handlers.Go(func() {
			defer func() { <-r.slots }()
			r.handle(m)
		})
	}
	if err := batch.Error(); err != nil && !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, jetstream.ErrNoMessages) {
		return started, fmt.Errorf("fetch: %w", err)
	}
	return started, nil
}

// handle runs the handler, keeps the broker patient meanwhile, and settles the event.
func (r *consumption) handle(m jetstream.Msg) {
	message, err := messageOf(m)
	if err != nil {
		r.bus.logger.Error("consume", "consumer", r.Durable, "error", err)
		return
	}
	patience := keepPatient(m, r.AckWait/3)
	disposition := r.Handle(r.working, message)
	patience()
	// Settled even when the grace is over: an event that is handed back at once need not wait for its AckWait.
	patient, stop := outlive(r.working, settleGrace)
	defer stop()
	ctx, cancel := context.WithTimeout(patient, settleWait)
	defer cancel()
	if err := disposition.settle(ctx, m); err != nil {
		r.bus.logger.Warn("settle event", "consumer", r.Durable, "sequence", message.Sequence, "disposition", disposition.String(), "error", err)
	}
}

// keepPatient tells the broker every period that the event is being worked on, until the returned function is called.
func keepPatient(m jetstream.Msg, period time.Duration) (stop func()) {
	done := make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		ticker := time.NewTicker(period)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				// If the broker is away the event comes again; there is nothing else to do about it.
				_ = m.InProgress()
			case <-done:
				return
			}
		}
	}()
	return func() { close(done); <-ended }
}

func messageOf(m jetstream.Msg) (Message, error) {
	meta, err := m.Metadata()
	if err != nil {
		return Message{}, fmt.Errorf("read metadata of an event on %s: %w", m.Subject(), err)
	}
	return Message{
		Subject:    m.Subject(),
		Header:     m.Headers(),
		Body:       m.Data(),
		Stream:     meta.Stream,
		Sequence:   meta.Sequence.Stream,
		Consumer:   meta.Consumer,
		Deliveries: meta.NumDelivered,
		Published:  meta.Timestamp,
	}, nil
}

// outlive returns a context that ends grace after ctx does, or when stop is called.
func outlive(ctx context.Context, grace time.Duration) (longer context.Context, stop func()) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	detach := context.AfterFunc(ctx, func() {
		wait(longer, grace)
		cancel()
	})
	return longer, func() { detach(); cancel() }
}

// wait returns after d, or when ctx ends.
func wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
