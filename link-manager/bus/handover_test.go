package bus_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-manager/bus"
)

// Events keep coming while consumers start and stop. Whatever one of them was sent and had not begun with is delivered to
// the next at once, although nobody's AckWait ever ends.
func TestNoEventStaysWithAConsumerThatStopped(t *testing.T) {
	b := connect(t, startBroker(t, t.TempDir()))
	const events = 1000
	var mutex sync.Mutex
	handled := make(map[string]bool)
	count := func() int {
		mutex.Lock()
		defer mutex.Unlock()
		return len(handled)
	}
	go func() {
		for i := range events {
			if b.Publish(t.Context(), "link.added", map[string][]string{"Nats-Msg-Id": {fmt.Sprint(i)}}, []byte(fmt.Sprint(i))) != nil {
				return
			}
		}
	}()
	deadline := time.Now().Add(time.Minute)
	for count() < events {
		if time.Now().After(deadline) {
			t.Fatalf("%d events of %d are handled", count(), events)
		}
		before := count()
		stop := consume(t, b, bus.Consumer{AckWait: time.Hour, Concurrency: 16, Grace: time.Minute, Handle: func(_ context.Context, m bus.Message) bus.Disposition {
			mutex.Lock()
			defer mutex.Unlock()
			handled[string(m.Body)] = true
			return bus.Ack()
		}})
		for count() < min(before+30, events) && time.Now().Before(deadline) {
			time.Sleep(100 * time.Microsecond)
		}
		stop()
	}
}

// A handler that is slow holds up only itself: all others go on.
func TestASlowHandlerHoldsUpNoOther(t *testing.T) {
	b := connect(t, startBroker(t, t.TempDir()))
	release := make(chan struct{})
	defer close(release)
	quick := make(chan struct{}, 100)
	consume(t, b, bus.Consumer{Concurrency: 4, Handle: func(_ context.Context, m bus.Message) bus.Disposition {
		if strings.HasPrefix(string(m.Body), "slow") {
			<-release
		} else {
			quick <- struct{}{}
		}
		return bus.Ack()
	}})
	for i := range 3 {
		publish(t, b, fmt.Sprint("slow", i), "slow")
	}
	begun := time.Now()
	for i := range 50 {
		publish(t, b, fmt.Sprint("quick", i), "quick")
		<-quick
	}
	if took := time.Since(begun); took > 4*time.Second {
		t.Errorf("fifty events took %v one after another", took)
	}
}

// While a stream is missing for hours, that is said once and not twice a second.
func TestWhatStaysWrongIsSaidOnce(t *testing.T) {
	broker := startBroker(t, t.TempDir())
	var mutex sync.Mutex
	var said strings.Builder
	b, err := bus.Connect(t.Context(), bus.Config{InProcess: broker, Name: "connector", Logger: slog.New(slog.NewTextHandler(writer(func(p []byte) {
		mutex.Lock()
		defer mutex.Unlock()
		said.Write(p)
	}), nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	watcher, err := broker.Connect()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(watcher.Close)
	tries, err := watcher.SubscribeSync("$JS.API.CONSUMER.CREATE.>")
	if err != nil {
		t.Fatal(err)
	}
	if err := watcher.Flush(); err != nil {
		t.Fatal(err)
	}
	stop := consume(t, b, bus.Consumer{Handle: func(context.Context, bus.Message) bus.Disposition { return bus.Ack() }})
	for range 4 { // by the fourth, the third has failed
		if _, err := tries.NextMsg(30 * time.Second); err != nil {
			t.Fatalf("it does not go on trying: %v", err)
		}
	}
	stop()
	mutex.Lock()
	defer mutex.Unlock()
	if n := strings.Count(said.String(), "ensure consumer"); n != 1 {
		t.Errorf("it is said %d times:\n%s", n, said.String())
	}
}

type writer func(p []byte)

func (w writer) Write(p []byte) (int, error) { w(p); return len(p), nil }
