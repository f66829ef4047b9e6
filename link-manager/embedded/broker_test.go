package embedded_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/embedded"
)

func startBroker(t *testing.T, dir string) *embedded.Broker {
	t.Helper()
	broker, err := embedded.StartBroker(t.Context(), embedded.BrokerConfig{Dir: dir, Logger: testLogger(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Close)
	return broker
}

func jetStream(t *testing.T, broker *embedded.Broker) jetstream.JetStream {
	t.Helper()
	connection, err := broker.Connect()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(connection.Close)
	stream, err := jetstream.New(connection)
	if err != nil {
		t.Fatal(err)
	}
	return stream
}

func TestBrokerIsReadyWithinASecond(t *testing.T) {
	began := time.Now()
	broker := startBroker(t, filepath.Join(t.TempDir(), "made", "here"))
	jetStream(t, broker)
	if took := time.Since(began); took > time.Second {
		t.Errorf("ready after %v", took)
	}
}

func TestBrokerHoldsEveryStreamAndKeepsItsMessages(t *testing.T) {
	dir := t.TempDir()
	broker := startBroker(t, dir)
	stream := jetStream(t, broker)
	for _, config := range event.Streams(5 * time.Minute) {
		if _, err := stream.CreateStream(t.Context(), config); err != nil {
			t.Fatalf("%s: %v", config.Name, err)
		}
	}
	if _, err := stream.Publish(t.Context(), event.SubjectAdded, []byte("kept")); err != nil {
		t.Fatal(err)
	}
	stream.Conn().Close()
	broker.Close()

	kept, err := jetStream(t, startBroker(t, dir)).Stream(t.Context(), event.StreamRequests)
	if err != nil {
		t.Fatal(err)
	}
	message, err := kept.GetMsg(t.Context(), 1)
	if err != nil || string(message.Data) != "kept" {
		t.Errorf("message is %v, %v", message, err)
	}
}

func TestBrokerRefusesMoreThanMaxBytes(t *testing.T) {
	broker, err := embedded.StartBroker(t.Context(), embedded.BrokerConfig{Dir: t.TempDir(), MaxBytes: 1 << 20, Logger: testLogger(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	stream := jetStream(t, broker)
	defer stream.Conn().Close()
	_, err = stream.CreateStream(t.Context(), jetstream.StreamConfig{Name: "LARGE", MaxBytes: 2 << 20})
	var refused *jetstream.APIError
	if !errors.As(err, &refused) || refused.ErrorCode != 10047 {
		t.Errorf("error is %v, want JetStream's 10047: insufficient storage", err)
	}
}

func TestBrokerFailsWithTheFolderAndTheReason(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	// nats-server finds a file where it wants its own folder, and calls that fatal.
	taken := t.TempDir()
	if err := os.WriteFile(filepath.Join(taken, "jetstream"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, taken} {
		_, err := embedded.StartBroker(t.Context(), embedded.BrokerConfig{Dir: dir, Logger: testLogger(t)})
		if err == nil || !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), "not a directory") {
			t.Errorf("%s: error is %v, want the folder and the reason", dir, err)
		}
	}
}

func TestBrokerIsNotStartedForACallerWhoLeft(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := embedded.StartBroker(ctx, embedded.BrokerConfig{Dir: t.TempDir(), Logger: testLogger(t)})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}

func TestClosedBrokerRefusesConnections(t *testing.T) {
	broker := startBroker(t, t.TempDir())
	broker.Close()
	broker.Close()
	if _, err := broker.Connect(); !errors.Is(err, embedded.ErrBrokerClosed) {
		t.Errorf("error is %v", err)
	}
}
