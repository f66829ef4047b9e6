package embedded

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// probeStream is where the broker shows that it keeps what it acknowledges: the newest probe, and nothing else.
var probeStream = jetstream.StreamConfig{
	Name:        "LINKWELL_PROBE",
	Description: "The newest probe of whether this broker keeps events.",
	Subjects:    []string{"linkwell.probe"},
	MaxMsgs:     1,
	MaxBytes:    64 << 10,
}

// probe publishes an event and fails unless the broker acknowledges it, its bytes are in the broker's folder, and every
// stream can be written there.
//
// An acknowledgement alone says little: a server whose folder was deleted goes on writing to files that have no name any
// more. The folder alone says as little: one that was put in its place may have the same inode number. And each stream
// stops at its own first failure to write, for as long as its server runs, while the others go on.
func (b *Broker) probe(ctx context.Context) error {
	running, err := b.current()
	if err != nil {
		return err
	}
	// A connection for each probe: whether somebody can connect is part of the question.
	connection, err := b.Connect(nats.Name("linkwell-probe"), nats.NoReconnect())
	if err != nil {
		return err
	}
	defer connection.Close()
	stream, err := jetstream.New(connection)
	if err != nil {
		return err
	}
	nonce := []byte(rand.Text())
	if err := publishProbe(ctx, stream, nonce); err != nil {
		return fmt.Errorf("publish a probe: %w", err)
	}
	if err := inFolder(b.streamFolder(probeStream.Name), nonce); err != nil {
		return err
	}
	names := stream.StreamNames(ctx)
	for name := range names.Name() {
		if err := writable(running, name); err != nil {
			return err
		}
	}
	return names.Err()
}

// current is the server that runs now, or ErrBrokerClosed.
func (b *Broker) current() (*server.Server, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.server == nil {
		return nil, ErrBrokerClosed
	}
	return b.server, nil
}

// publishProbe publishes nonce, and makes the stream for it if there is none.
func publishProbe(ctx context.Context, stream jetstream.JetStream, nonce []byte) error {
	_, err := stream.Publish(ctx, probeStream.Subjects[0], nonce, jetstream.WithRetryAttempts(0))
	if !errors.Is(err, jetstream.ErrNoStreamResponse) {
		return err
	}
	if _, err := stream.CreateStream(ctx, probeStream); err != nil {
		return err
	}
	_, err = stream.Publish(ctx, probeStream.Subjects[0], nonce)
	return err
}

// streamFolder is where nats-server keeps the messages of a stream, in blocks that hold them as they were published.
func (b *Broker) streamFolder(name string) string {
	return filepath.Join(b.config.Dir, server.JetStreamStoreDir, server.DEFAULT_GLOBAL_ACCOUNT, "streams", name, "msgs")
}

// inFolder fails unless a file in folder holds the text.
func inFolder(folder string, text []byte) error {
	files, err := os.ReadDir(folder)
	if err != nil {
		return fmt.Errorf("look for the probe: %w", err)
	}
	for _, file := range files {
		content, err := os.ReadFile(filepath.Join(folder, file.Name())) //nolint:gosec // the broker's own folder
		if err == nil && bytes.Contains(content, text) {
			return nil
		}
	}
	return fmt.Errorf("the probe was acknowledged and is not in %s", folder)
}

// writable fails if the server can write no more to the stream, or the stream is not in its folder any more.
func writable(running *server.Server, stream string) error {
	health := running.Healthz(&server.HealthzOptions{Account: server.DEFAULT_GLOBAL_ACCOUNT, Stream: stream})
	if health.Error != "" {
		return fmt.Errorf("stream %s: %s", stream, health.Error)
	}
	return nil
}
