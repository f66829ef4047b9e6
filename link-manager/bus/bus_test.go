package bus_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/bus"
	"github.com/linkwell/linkwell/link-manager/embedded"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func logger(t *testing.T) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func startBroker(t *testing.T, folder string) *embedded.Broker {
	t.Helper()
	broker, err := embedded.StartBroker(t.Context(), embedded.BrokerConfig{Dir: folder, Logger: logger(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Close)
	return broker
}

func connect(t *testing.T, broker *embedded.Broker) *bus.Bus {
	t.Helper()
	b, err := bus.Connect(t.Context(), bus.Config{InProcess: broker, Name: "manager", Streams: event.Streams(time.Minute), Logger: logger(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	if err := b.EnsureStreams(t.Context()); err != nil {
		t.Fatal(err)
	}
	return b
}

func publish(t *testing.T, b *bus.Bus, id, body string) {
	t.Helper()
	if err := b.Publish(t.Context(), event.SubjectAdded, event.Attributes{ID: id}.Header(), []byte(body)); err != nil {
		t.Fatal(err)
	}
}

// consume runs a consumer of link.added until the test ends or stop is called.
func consume(t *testing.T, b *bus.Bus, c bus.Consumer) (stop func()) {
	t.Helper()
	c.Stream, c.Durable, c.Subject = event.StreamRequests, "test", event.SubjectAdded
	if c.AckWait == 0 {
		c.AckWait = 10 * time.Second
	}
	if c.Concurrency == 0 {
		c.Concurrency = 4
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); b.Consume(ctx, c) }()
	stop = sync.OnceFunc(func() { cancel(); <-done })
	t.Cleanup(stop)
	return stop
}

func TestAnEventArrivesWithWhereItCameFrom(t *testing.T) {
	b := connect(t, startBroker(t, t.TempDir()))
	publish(t, b, "one", `{"url":"a"}`)
	got := make(chan bus.Message, 1)
	consume(t, b, bus.Consumer{Handle: func(_ context.Context, m bus.Message) bus.Disposition {
		got <- m
		return bus.Ack()
	}})
	m := <-got
	if string(m.Body) != `{"url":"a"}` || m.Subject != event.SubjectAdded || m.Stream != event.StreamRequests || m.Sequence != 1 || m.Deliveries != 1 || m.Consumer != "test" {
		t.Errorf("got %+v", m)
	}
	if id := m.Header[event.HeaderMessageID]; len(id) != 1 || id[0] != "one" {
		t.Errorf("header is %v", m.Header)
	}
}

func TestAnEventPublishedTwiceIsKeptOnce(t *testing.T) {
	b := connect(t, startBroker(t, t.TempDir()))
	publish(t, b, "one", "a")
	publish(t, b, "one", "a")
	publish(t, b, "two", "b")
	bodies := make(chan string, 3)
	consume(t, b, bus.Consumer{Concurrency: 1, Handle: func(_ context.Context, m bus.Message) bus.Disposition {
		bodies <- string(m.Body)
		return bus.Ack()
	}})
	if first, second := <-bodies, <-bodies; first != "a" || second != "b" {
		t.Errorf("got %q, %q", first, second)
	}
}

func TestDispositions(t *testing.T) {
	for name, test := range map[string]struct {
		first      bus.Disposition
		deliveries uint64
	}{
		"an event that is acked does not come again":            {bus.Ack(), 1},
		"an event that is dropped does not come again":          {bus.Drop("never understood"), 1},
		"an event that is to be retried comes again":            {bus.Retry(0), 2},
		"an event that is to be retried later comes again then": {bus.Retry(10 * time.Millisecond), 2},
	} {
		t.Run(name, func(t *testing.T) {
			b := connect(t, startBroker(t, t.TempDir()))
			publish(t, b, "one", "a")
			publish(t, b, "two", "end")
			var mutex sync.Mutex
			var deliveries uint64
			end := make(chan struct{})
			// One at a time, and the end is only acked after the first event had its chance to come again.
			consume(t, b, bus.Consumer{Concurrency: 1, Handle: func(_ context.Context, m bus.Message) bus.Disposition {
				mutex.Lock()
				defer mutex.Unlock()
				if string(m.Body) == "end" {
					if m.Deliveries < 5 {
						return bus.Retry(20 * time.Millisecond)
					}
					close(end)
					return bus.Ack()
				}
				deliveries = m.Deliveries
				if m.Deliveries == 1 {
					return test.first
				}
				return bus.Ack()
			}})
			<-end
			mutex.Lock()
			defer mutex.Unlock()
			if deliveries != test.deliveries {
				t.Errorf("it was delivered %d times, want %d", deliveries, test.deliveries)
			}
		})
	}
}

func TestALongHandlerKeepsItsEvent(t *testing.T) {
	b := connect(t, startBroker(t, t.TempDir()))
	publish(t, b, "one", "a")
	deliveries := make(chan uint64, 10)
	release := make(chan struct{})
	consume(t, b, bus.Consumer{AckWait: 300 * time.Millisecond, Handle: func(_ context.Context, m bus.Message) bus.Disposition {
		deliveries <- m.Deliveries
		<-release
		return bus.Ack()
	}})
	<-deliveries
	select {
	case n := <-deliveries:
		t.Errorf("delivery %d came while the first was worked on", n)
	case <-time.After(time.Second):
	}
	close(release)
}

func TestNoMoreHandlersRunThanAllowed(t *testing.T) {
	b := connect(t, startBroker(t, t.TempDir()))
	const events, allowed = 40, 3
	for i := range events {
		publish(t, b, string(rune('A'+i)), "a")
	}
	var mutex sync.Mutex
	running, most, handled := 0, 0, 0
	all := make(chan struct{})
	consume(t, b, bus.Consumer{Concurrency: allowed, Handle: func(context.Context, bus.Message) bus.Disposition {
		mutex.Lock()
		running++
		most = max(most, running)
		mutex.Unlock()
		time.Sleep(time.Millisecond) // work that overlaps
		mutex.Lock()
		defer mutex.Unlock()
		running--
		if handled++; handled == events {
			close(all)
		}
		return bus.Ack()
	}})
	<-all
	mutex.Lock()
	defer mutex.Unlock()
	if most != allowed {
		t.Errorf("%d handlers ran at a time, want %d", most, allowed)
	}
}

// closedGate admits nothing until it is opened.
type closedGate struct{ opened chan struct{} }

func (g closedGate) Admit(out int) (more int, again time.Duration) {
	select {
	case <-g.opened:
		return 1 - out, 0
	default:
		return 0, 10 * time.Millisecond
	}
}

func TestAClosedGateLeavesEventsInTheirStream(t *testing.T) {
	b := connect(t, startBroker(t, t.TempDir()))
	publish(t, b, "one", "a")
	gate := closedGate{make(chan struct{})}
	got := make(chan bus.Message, 1)
	consume(t, b, bus.Consumer{Gate: gate, Handle: func(_ context.Context, m bus.Message) bus.Disposition {
		got <- m
		return bus.Ack()
	}})
	select {
	case <-got:
		t.Fatal("an event passed the closed gate")
	case <-time.After(200 * time.Millisecond):
	}
	close(gate.opened)
	if m := <-got; m.Deliveries != 1 {
		t.Errorf("waiting burnt %d deliveries", m.Deliveries-1)
	}
}

func TestStopWaitsForHandlersWithinTheGrace(t *testing.T) {
	for name, test := range map[string]struct {
		grace    time.Duration
		finished bool
	}{
		"a handler within the grace finishes":  {time.Minute, true},
		"a handler beyond the grace is ended":  {50 * time.Millisecond, false},
		"without a grace it is ended at once.": {0, false},
	} {
		t.Run(name, func(t *testing.T) {
			b := connect(t, startBroker(t, t.TempDir()))
			publish(t, b, "one", "a")
			started, finished := make(chan struct{}), make(chan bool, 1)
			stop := consume(t, b, bus.Consumer{Grace: test.grace, Handle: func(ctx context.Context, _ bus.Message) bus.Disposition {
				close(started)
				select {
				case <-time.After(500 * time.Millisecond):
					finished <- true
				case <-ctx.Done():
					finished <- false
				}
				return bus.Ack()
			}})
			<-started
			stop()
			if got := <-finished; got != test.finished {
				t.Errorf("finished is %v", got)
			}
		})
	}
}

func TestConsumingGoesOnWhenTheBrokerLosesEverything(t *testing.T) {
	broker := startBroker(t, t.TempDir())
	b := connect(t, broker)
	bodies := make(chan string, 10)
	consume(t, b, bus.Consumer{Handle: func(_ context.Context, m bus.Message) bus.Disposition {
		bodies <- string(m.Body)
		return bus.Ack()
	}})
	publish(t, b, "one", "before")
	if got := <-bodies; got != "before" {
		t.Fatalf("got %q", got)
	}
	deleteStreams(t, broker)
	publish(t, b, "two", "after")
	if got := <-bodies; got != "after" {
		t.Errorf("got %q", got)
	}
}

func TestStreamOf(t *testing.T) {
	b := connect(t, startBroker(t, t.TempDir()))
	all := []string{event.StreamRequests, event.StreamChecked, event.StreamDead}
	for subject, stream := range map[string]string{
		event.SubjectAdded:         event.StreamRequests,
		event.SubjectDue:           event.StreamRequests,
		event.SubjectChecked:       event.StreamChecked,
		"link.dead.link-checker":   event.StreamDead,
		"link.dead.of.many.tokens": event.StreamDead,
	} {
		if got, err := b.StreamOf(t.Context(), subject, all); err != nil || got != stream {
			t.Errorf("StreamOf(%q) = %q, %v, want %q", subject, got, err, stream)
		}
	}
	for _, subject := range []string{"link", "link.dead", "link.added.more", "other"} {
		if got, err := b.StreamOf(t.Context(), subject, all); err == nil {
			t.Errorf("StreamOf(%q) = %q", subject, got)
		}
	}
	if _, err := b.StreamOf(t.Context(), "a", []string{"NO_SUCH"}); err == nil || !strings.Contains(err.Error(), "NO_SUCH") {
		t.Errorf("error is %v, want one that names the stream", err)
	}
}

func TestConnectSaysWhereAndNoSecret(t *testing.T) {
	_, err := bus.Connect(t.Context(), bus.Config{URL: "nats://user:secret@127.0.0.1:1,nats://token@127.0.0.1:2", Name: "manager", Logger: logger(t)})
	if err == nil || !strings.Contains(err.Error(), "nats://127.0.0.1:1,nats://127.0.0.1:2") {
		t.Errorf("error is %v", err)
	}
	if err != nil && (strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "token")) {
		t.Errorf("error %v tells a secret", err)
	}
}

func TestConnectTellsNoSecretOfAnAddressItCannotRead(t *testing.T) {
	for _, address := range []string{"nats://user:secret@bad host:4222", "secret", "nats://127.0.0.1:1,user:secret@host"} {
		_, err := bus.Connect(t.Context(), bus.Config{URL: address, Name: "manager", Logger: logger(t)})
		if err == nil || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "nats://host:4222") {
			t.Errorf("error is %v", err)
		}
	}
}

func TestPublishFailsAtOnceWhileTheBrokerIsAway(t *testing.T) {
	broker := startBroker(t, t.TempDir())
	b := connect(t, broker)
	broker.Close()
	for b.Connected() {
		time.Sleep(time.Millisecond)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := b.Publish(ctx, event.SubjectAdded, nil, []byte("a")); err == nil || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error is %v, want one at once", err)
	}
}
