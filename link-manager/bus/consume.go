package bus

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"
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

// A Gate decides how many events may be out, which is to say asked for or being handled.
type Gate interface {
	// Admit is told how many events are out and returns how many more may be asked for now. If that is none, it also
	// returns after how long it is worth asking again although no event that is out was done meanwhile; 0 means never.
	Admit(out int) (more int, again time.Duration)
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
	// Gate is asked before events are; nil means always open.
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

// Consume handles events until ctx ends, gives those back that no handler has begun with, and waits for the handlers that
// run, for as long as Grace. It never gives up: while the broker is away, or has lost the stream or the consumer, it makes
// them again.
func (b *Bus) Consume(ctx context.Context, c Consumer) {
	defer b.consumed.add(c)()
	working, stop := outlive(ctx, c.Grace)
	defer stop()
	run := &consumption{bus: b, Consumer: c, working: working, changed: make(chan struct{}, 1)}
	defer run.handlers.Wait()
	said := ""
	for pause := consumePauseMin; ctx.Err() == nil; pause = min(2*pause, consumePauseMax) {
		handled := run.handled.Load()
		err := run.consume(ctx)
		if ctx.Err() != nil {
			return
		}
		if run.handled.Load() > handled {
			pause, said = consumePauseMin, ""
		}
		// What is the same for hours is said once.
		if text := err.Error(); text != said {
			b.logger.Warn("consume", "consumer", c.Durable, "error", err)
			said = text
		}
		wait(ctx, pause)
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			if err := b.EnsureStreams(ctx); err != nil {
				b.logger.Warn("consume", "consumer", c.Durable, "error", err)
			}
		}
	}
}

const (
	// consumePauseMin and consumePauseMax bound the rest after a failure of the broker, which grows while it lasts.
	consumePauseMin = 500 * time.Millisecond
	consumePauseMax = 4 * time.Second
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
	handlers sync.WaitGroup
	handled  atomic.Int64

	mutex sync.Mutex
	// out is how many events are asked for or being handled, pulls how many requests for them are open.
	out, pulls int
	// changed is told when either has become less.
	changed chan struct{}
}

// consume asks for events until something fails. No more are ever asked for than there are free handlers, so that none
// waits in here while its AckWait runs; and they are asked for as soon as there are some, by several requests at a time,
// so that no handler waits for others.
func (r *consumption) consume(ctx context.Context) error {
	consumer, err := r.bus.ensure(ctx, r.Consumer)
	if err != nil {
		return err
	}
	pulls, ctx := errgroup.WithContext(ctx)
	for {
		n, err := r.reserve(ctx)
		if err != nil {
			failed := pulls.Wait()
			return cmp.Or(failed, err)
		}
		pulls.Go(func() error { return r.pull(ctx, consumer, n) })
	}
}

// reserve waits for the gate and for free handlers, then takes as many as both have. It takes none if it fails.
func (r *consumption) reserve(ctx context.Context) (int, error) {
	for {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		n, again := r.tryReserve()
		if n > 0 {
			return n, nil
		}
		var due <-chan time.Time
		if again > 0 {
			due = time.After(again)
		}
		select {
		case <-r.changed:
		case <-due:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}

func (r *consumption) tryReserve() (n int, again time.Duration) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	n = r.Concurrency - r.out
	if n <= 0 || r.pulls >= maxPulls {
		return 0, 0
	}
	if r.Gate != nil {
		var more int
		more, again = r.Gate.Admit(r.out)
		if n = min(n, more); n <= 0 {
			return 0, again
		}
	}
	r.out += n
	r.pulls++
	return n, 0
}

// release takes back what reserve gave, in parts.
func (r *consumption) release(out, pulls int) {
	r.mutex.Lock()
	r.out -= out
	r.pulls -= pulls
	r.mutex.Unlock()
	select {
	case r.changed <- struct{}{}:
	default:
	}
}

// handle runs the handler, keeps the broker patient meanwhile, makes room for the next event, and settles this one: a
// handler need not wait for the broker.
func (r *consumption) handle(m jetstream.Msg) {
	disposition, ok := r.dispose(m)
	r.release(1, 0)
	if ok {
		r.settle(m, disposition)
	}
}

func (r *consumption) dispose(m jetstream.Msg) (disposition Disposition, ok bool) {
	message, err := messageOf(m)
	if err != nil {
		r.bus.logger.Error("consume", "consumer", r.Durable, "error", err)
		return Disposition{}, false
	}
	defer keepPatient(m, r.AckWait/3)()
	defer r.handled.Add(1)
	return r.process(message), true
}

// settle tells the broker what becomes of an event, even when the grace is over: an event that is handed back at once need
// not wait for its AckWait.
func (r *consumption) settle(m jetstream.Msg, disposition Disposition) {
	patient, stop := outlive(r.working, settleGrace)
	defer stop()
	ctx, cancel := context.WithTimeout(patient, settleWait)
	defer cancel()
	if err := disposition.settle(ctx, m); err != nil {
		r.bus.logger.Warn("settle event", "consumer", r.Durable, "event", m.Reply(), "disposition", disposition.String(), "error", err)
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
