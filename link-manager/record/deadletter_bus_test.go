package record_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/bus"
	"github.com/linkwell/linkwell/link-manager/deadletter"
	"github.com/linkwell/linkwell/link-manager/embedded"
	"github.com/linkwell/linkwell/link-manager/record"
)

// downStore is down for its first calls.
type downStore struct {
	mutex sync.Mutex
	down  int
	calls []string
	up    chan struct{}
}

func (s *downStore) Release(_ context.Context, checkID string, _ time.Time) (bool, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.calls = append(s.calls, checkID)
	if len(s.calls) <= s.down {
		return false, errors.New("disk full")
	}
	close(s.up)
	return true, nil
}

func TestALetterIsNotLostWhileTheStoreIsDown(t *testing.T) {
	logger := slog.New(slog.NewTextHandler(t.Output(), nil))
	broker, err := embedded.StartBroker(t.Context(), embedded.BrokerConfig{Dir: t.TempDir(), Logger: logger})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Close)
	b, err := bus.Connect(t.Context(), bus.Config{InProcess: broker, Name: "manager", Streams: event.Streams(time.Minute), Logger: logger})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	if err := b.EnsureStreams(t.Context()); err != nil {
		t.Fatal(err)
	}
	const checkID = "0f6c0f6c0f6c0f6c0f6c0f6c0f6c0f6c"
	subject, header := deadletter.Letter{Function: "link-checker", EventID: checkID}.Encode()
	if err := b.Publish(t.Context(), subject, header, event.Request{CheckID: checkID, URL: "https://example.com/", Attempt: 1}.Encode()); err != nil {
		t.Fatal(err)
	}
	s := &downStore{down: 1, up: make(chan struct{})}
	handler := &record.DeadLetters{Store: s, Checkers: []string{"link-checker"}, Now: time.Now, Logger: logger}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		b.Consume(ctx, bus.Consumer{Stream: event.StreamDead, Subject: event.SubjectDead + ".>", Durable: "link-manager", AckWait: 10 * time.Second, Concurrency: 1, Handle: handler.Handle})
	}()
	t.Cleanup(func() { stop(); <-done })
	select {
	case <-s.up:
	case <-time.After(30 * time.Second):
		t.Fatal("the letter did not come again")
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if len(s.calls) != 2 || s.calls[0] != checkID || s.calls[1] != checkID {
		t.Errorf("the store was asked for %v", s.calls)
	}
}
