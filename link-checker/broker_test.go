package function_test

import (
	"crypto/tls"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/linkwell/linkwell/link-checker/event"
)

// broker is a nats-server on loopback with our streams, as on the other side of NATS_URL.
type broker struct {
	t      *testing.T
	folder string
	port   int
	server *server.Server
	// password is the one that the user checker has from the next start on; empty means that there are no users.
	password string
	// tls is what it has certificates from; nil means that it has none.
	tls *tls.Config
}

func startBroker(t *testing.T) *broker {
	b := &broker{t: t, folder: t.TempDir(), port: server.RANDOM_PORT}
	b.start()
	t.Cleanup(b.stop)
	return b
}

// start starts the server, at the port it had before.
func (b *broker) start() {
	b.t.Helper()
	options := &server.Options{Host: "127.0.0.1", Port: b.port, JetStream: true, StoreDir: b.folder, NoSigs: true, NoLog: true}
	if b.password != "" {
		options.Username, options.Password = "checker", b.password
	}
	options.TLSConfig, options.TLSTimeout = b.tls, 5
	s, err := server.NewServer(options)
	if err != nil {
		b.t.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(10 * time.Second) {
		b.t.Fatal("the broker does not start")
	}
	b.server = s
	if b.port == server.RANDOM_PORT {
		if _, port, err := portOf(s.ClientURL()); err == nil {
			b.port = port
		}
	}
	for _, stream := range event.Streams(time.Minute) {
		if _, err := b.jetStream().CreateOrUpdateStream(b.t.Context(), stream); err != nil {
			b.t.Fatal(err)
		}
	}
}

func (b *broker) stop() {
	b.server.Shutdown()
	b.server.WaitForShutdown()
}

func (b *broker) url() string { return b.server.ClientURL() }

func (b *broker) jetStream() jetstream.JetStream {
	b.t.Helper()
	options := []nats.Option{nats.UserInfo("checker", b.password)}
	if b.tls != nil {
		options = append(options, nats.Secure(&tls.Config{MinVersion: tls.VersionTLS12, RootCAs: b.tls.RootCAs}))
	}
	conn, err := nats.Connect(b.url(), options...)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(conn.Close)
	js, err := jetstream.New(conn)
	if err != nil {
		b.t.Fatal(err)
	}
	return js
}

// checked is the first answer the broker keeps.
func (b *broker) checked() *jetstream.RawStreamMsg {
	b.t.Helper()
	stream, err := b.jetStream().Stream(b.t.Context(), event.StreamChecked)
	if err != nil {
		b.t.Fatal(err)
	}
	message, err := stream.GetMsg(b.t.Context(), 1)
	if err != nil {
		b.t.Fatalf("the first answer: %v", err)
	}
	return message
}

// kept is how many answers the broker keeps.
func (b *broker) kept() uint64 {
	b.t.Helper()
	stream, err := b.jetStream().Stream(b.t.Context(), event.StreamChecked)
	if err != nil {
		b.t.Fatal(err)
	}
	return stream.CachedInfo().State.Msgs
}

// connected is how many connections were tried since the start.
func (b *broker) connected() uint64 {
	b.t.Helper()
	monitored, err := b.server.Varz(nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return monitored.TotalConnections
}
