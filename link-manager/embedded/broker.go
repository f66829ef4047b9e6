package embedded

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// DefaultMaxBytes is how much the broker keeps on disk where BrokerConfig.MaxBytes is zero: the streams of package event
// reserve less than half of it.
const DefaultMaxBytes = 4 << 30

// readyWithin bounds the wait for a server that has started to accept connections; it needs milliseconds.
const readyWithin = time.Second

// ErrBrokerClosed is what Connect, and a reconnecting connection, find while no server runs: after Close, and for as long
// as a Watch puts another in its place.
var ErrBrokerClosed = errors.New("the embedded broker is closed")

// BrokerConfig says where the broker keeps its streams. Dir is required.
type BrokerConfig struct {
	// Dir is the folder the streams are kept in; it is made if it is missing. It belongs to one process at a time, and
	// whoever calls StartBroker sees to that.
	Dir string
	// MaxBytes is the most the streams may reserve on disk; zero means DefaultMaxBytes. It is never derived from the free
	// space, because then a stream could not be made on a small disk.
	MaxBytes int64
	// Logger gets the server's warnings and errors, and at debug level its notices; nil means slog.Default().
	Logger *slog.Logger
}

// Broker is a nats-server with JetStream inside this process. It has no listener: only Connect reaches it. What it
// acknowledges is synced to disk.
type Broker struct {
	config BrokerConfig

	// change is held while servers are stopped and started, mu for a moment only.
	change sync.Mutex
	closed bool
	mu     sync.Mutex
	server *server.Server // nil while none runs
}

// StartBroker starts a broker that can be connected to when StartBroker returns. The caller owns it and must Close it.
// ctx bounds the start only. It fails, naming the folder, if the folder cannot be made or written, or holds what this
// version cannot read.
func StartBroker(ctx context.Context, config BrokerConfig) (*Broker, error) {
	config.MaxBytes = cmp.Or(config.MaxBytes, DefaultMaxBytes)
	config.Logger = cmp.Or(config.Logger, slog.Default())
	b := &Broker{config: config}
	if err := b.start(ctx); err != nil {
		return nil, fmt.Errorf("start broker in %s: %w", config.Dir, err)
	}
	return b, nil
}

// Connect returns a connection that does not leave this process; the caller owns it and must drain or close it, before
// the broker is closed. It reconnects without end, also to a server that took the place of the one it met first. Options
// given here win over that. It fails after Close.
func (b *Broker) Connect(options ...nats.Option) (*nats.Conn, error) {
	connection, err := nats.Connect("", append([]nats.Option{
		nats.InProcessServer(b),
		nats.MaxReconnects(-1),
		// Nobody else waits at this door, so there is no herd to spread out.
		nats.ReconnectWait(50 * time.Millisecond),
		nats.ReconnectJitter(0, 0),
	}, options...)...)
	if err != nil {
		return nil, fmt.Errorf("connect to the embedded broker: %w", err)
	}
	return connection, nil
}

var _ nats.InProcessConnProvider = (*Broker)(nil)

// InProcessConn returns the client's end of a pipe to the server that runs now; nats.go asks again for every reconnect.
// It is there for nats.InProcessServer: call Connect instead.
func (b *Broker) InProcessConn() (net.Conn, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.server == nil {
		return nil, ErrBrokerClosed
	}
	return b.server.InProcessConn()
}

// Close stops the server and waits until its files are closed. It may be called more than once.
func (b *Broker) Close() {
	b.change.Lock()
	defer b.change.Unlock()
	b.closed = true
	b.stop()
}

// restart puts a new server in the place of the one that runs, if one does. It fails with ErrBrokerClosed after Close; if
// the new one does not start, none runs.
func (b *Broker) restart(ctx context.Context) error {
	b.change.Lock()
	defer b.change.Unlock()
	if b.closed {
		return ErrBrokerClosed
	}
	b.stop()
	return b.start(ctx)
}

// stop leaves no server running.
func (b *Broker) stop() {
	b.mu.Lock()
	running := b.server
	b.server = nil
	b.mu.Unlock()
	if running != nil {
		stop(running)
	}
}

// start runs a new server in the place of none.
func (b *Broker) start(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := os.MkdirAll(b.config.Dir, 0o700); err != nil {
		return err
	}
	started, err := server.NewServer(b.options())
	if err != nil {
		return err
	}
	log := &brokerLog{logger: b.config.Logger}
	started.SetLogger(log, false, false)
	started.Start()
	if err := ready(ctx, started, log); err != nil {
		stop(started)
		return err
	}
	b.mu.Lock()
	b.server = started
	b.mu.Unlock()
	return nil
}

// options are the settings of the server.
func (b *Broker) options() *server.Options {
	return &server.Options{
		ServerName:             "linkwell",
		DontListen:             true,
		NoSigs:                 true,
		JetStream:              true,
		StoreDir:               b.config.Dir,
		JetStreamMaxStore:      b.config.MaxBytes,
		SyncAlways:             true,
		DisableJetStreamBanner: true,
	}
}

// ready tells why a server that returned from Start cannot be used, if so.
func ready(ctx context.Context, started *server.Server, log *brokerLog) error {
	if err := log.fatal(); err != nil {
		return err
	}
	if !started.ReadyForConnections(readyWithin) || !started.JetStreamEnabled() {
		return fmt.Errorf("nats-server is not ready after %v", readyWithin)
	}
	return ctx.Err()
}

// stop ends a server and waits until its files are closed. Clients are sent away first: a server that stops takes their
// words for some time after it ceased to act on them, and an event handed back then would come again only after its
// AckWait.
func stop(running *server.Server) {
	if clients, err := running.Connz(&server.ConnzOptions{Limit: mostClients}); err == nil {
		for _, client := range clients.Conns {
			_ = running.DisconnectClientByID(client.Cid) // it may have left by itself
		}
	}
	running.Shutdown()
	running.WaitForShutdown()
}

// mostClients is more than this process has.
const mostClients = 1 << 16
