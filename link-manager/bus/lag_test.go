package bus_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/bus"
)

func TestAConsumerSaysHowFarItIsBehind(t *testing.T) {
	broker := startBroker(t, t.TempDir())
	b := connect(t, broker)
	if lags, err := b.Lags(t.Context()); err != nil || len(lags) != 0 {
		t.Errorf("before anything is consumed: %v, %v", lags, err)
	}
	for _, id := range []string{"one", "two", "three"} {
		publish(t, b, id, id)
	}
	release := make(chan struct{})
	stop := consume(t, b, bus.Consumer{Concurrency: 1, Grace: 10 * time.Second, Handle: func(context.Context, bus.Message) bus.Disposition {
		<-release
		return bus.Ack()
	}})
	lag := func(pending uint64, unacknowledged int) []bus.Lag {
		return []bus.Lag{{Stream: event.StreamRequests, Consumer: "test", Subject: event.SubjectAdded, Pending: pending, Unacknowledged: unacknowledged}}
	}
	until(t, b, lag(2, 1))
	close(release)
	until(t, b, lag(0, 0))
	stop()
	until(t, b, []bus.Lag{})
	broker.Close()
	eventually(t, func() bool { _, err := b.Lags(t.Context()); return err != nil })
}

// until waits until the lags are those wanted.
func until(t *testing.T, b *bus.Bus, want []bus.Lag) {
	t.Helper()
	var got []bus.Lag
	var err error
	deadline := time.Now().Add(20 * time.Second)
	for got, err = b.Lags(t.Context()); !cmp.Equal(got, want); got, err = b.Lags(t.Context()) {
		if time.Now().After(deadline) {
			t.Fatalf("lags are %+v, %v; want %+v", got, err, want)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func eventually(t *testing.T, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("never")
		}
	}
}

// meter counts in words.
type meter struct {
	mutex sync.Mutex
	count map[string]int
}

func (m *meter) add(what string) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.count[what]++
}

func (m *meter) Fetched(stream, consumer string) { m.add("fetched " + stream + " " + consumer) }
func (m *meter) Handled(_, _, disposition string, delivery uint64) {
	m.add(fmt.Sprint("handled ", disposition, " ", delivery))
}
func (m *meter) PublishFailed(subject, class string) { m.add("failed " + subject + " " + class) }

func TestWhatComesGoesAndIsNotTakenIsCounted(t *testing.T) {
	counted := &meter{count: map[string]int{}}
	b, err := bus.Connect(t.Context(), bus.Config{InProcess: startBroker(t, t.TempDir()), Name: "manager", Streams: event.Streams(time.Minute), Meter: counted, Logger: logger(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	if err := b.EnsureStreams(t.Context()); err != nil {
		t.Fatal(err)
	}
	publish(t, b, "one", "1")
	if err := b.Publish(t.Context(), "nobody.keeps.this", nil, nil); err == nil {
		t.Error("somebody keeps it")
	}
	twice := make(chan struct{}, 2)
	stop := consume(t, b, bus.Consumer{Handle: func(_ context.Context, m bus.Message) bus.Disposition {
		twice <- struct{}{}
		if m.Deliveries == 1 {
			return bus.Retry(0)
		}
		return bus.Ack()
	}})
	<-twice
	<-twice
	stop()
	if diff := cmp.Diff(map[string]int{"fetched LINK_REQUESTS test": 2, "handled retry 1": 1, "handled ack 2": 1, "failed nobody.keeps.this no_stream": 1}, counted.count); diff != "" {
		t.Error(diff)
	}
}
