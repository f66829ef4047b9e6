package serve

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"

	"github.com/linkwell/linkwell/link-manager/bus"
	"github.com/linkwell/linkwell/link-manager/connector"
	"github.com/linkwell/linkwell/link-manager/deadletter"
	"github.com/linkwell/linkwell/link-manager/dispatch"
	"github.com/linkwell/linkwell/link-manager/embedded"
	"github.com/linkwell/linkwell/link-manager/imports"
	"github.com/linkwell/linkwell/link-manager/live"
	"github.com/linkwell/linkwell/link-manager/sight"
	"github.com/linkwell/linkwell/link-manager/store"
	"github.com/linkwell/linkwell/link-manager/webhook"
)

// Run runs a link manager until ctx ends, and then for at most ten seconds while it finishes what was begun. It returns
// nil after a clean stop, or a sentence about what could not be started or broke.
func Run(ctx context.Context, c Config) error {
	if err := c.onlyThisMachine(); err != nil {
		return err
	}
	m, err := newManager(c)
	if err != nil {
		return err
	}
	return m.run(ctx,
		m.startTracing,
		m.openDataFolder,
		m.openStore,
		m.openSight,
		m.openBroker,
		m.openBus,
		m.ensureStreams,
		m.startWatch,
		m.startRecorder,
		m.startGateway,
		m.startSight,
		m.startConnector,
		m.startDispatcher,
		m.startTidier,
		m.startWebhooks,
		m.startImporter,
		m.startAPI,
		m.startMetrics,
	)
}

// newManager fails with a sentence if a setting makes no sense.
func newManager(c Config) (*manager, error) {
	resolved, err := c.resolve()
	if err != nil {
		return nil, err
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	return &manager{Config: c, resolved: resolved, busName: "manager", service: "link-manager", streams: c.streams(resolved.ladder.Lease), metrics: newRegistry(), failed: make(chan error, 1)}, nil
}

// run starts the parts in order, waits until ctx ends or a part breaks, and stops them in the opposite order.
func (m *manager) run(ctx context.Context, parts ...func(context.Context) error) error {
	defer m.stop()
	for _, start := range parts {
		if err := start(ctx); err != nil {
			return err
		}
	}
	if m.Ready != nil {
		m.Ready(m.addresses)
	}
	select {
	case <-ctx.Done():
		m.Logger.Info("stopping")
		return nil
	case err := <-m.failed:
		return err
	}
}

// manager is a link manager that runs: what its parts share, and how they end.
type manager struct {
	Config
	resolved

	// busName is who we are on the broker, which gives each its own rights; service is who we are in traces; streams are
	// those we answer for.
	busName    string
	service    string
	streams    []jetstream.StreamConfig
	addresses  Addresses
	store      *store.Store
	bell       live.Bell
	changes    *live.Watch
	webhooks   *webhook.Client
	sight      *sight.Sight
	broker     *embedded.Broker
	watch      *embedded.Watch
	bus        *bus.Bus
	dispatcher *dispatch.Dispatcher
	importer   *imports.Importer
	connector  *connector.Connector
	letters    *deadletter.Letters
	metrics    *prometheus.Registry
	tracing    trace.TracerProvider

	failed   chan error
	stopping []func()
}

// onStop has a part closed at the end: the last one opened first.
func (m *manager) onStop(stop func()) { m.stopping = append(m.stopping, stop) }

func (m *manager) stop() {
	for i := len(m.stopping) - 1; i >= 0; i-- {
		m.stopping[i]()
	}
}

// background runs a part until it is to stop, which its context tells; stopping waits for it.
func (m *manager) background(part func(context.Context)) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { part(ctx) })
	m.onStop(func() { cancel(); running.Wait() })
}

// serve answers HTTP on listener until the end, and then for at most serveGrace.
func (m *manager) serve(name string, listener net.Listener, handler http.Handler, onShutdown func()) {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(m.Logger.Handler(), slog.LevelWarn),
	}
	if onShutdown != nil {
		server.RegisterOnShutdown(onShutdown)
	}
	var running sync.WaitGroup
	running.Go(func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			m.fail(fmt.Errorf("%s: %w", name, err))
		}
	})
	m.onStop(func() {
		ctx, cancel := context.WithTimeout(context.Background(), serveGrace)
		defer cancel()
		if err := server.Shutdown(ctx); err != nil {
			_ = server.Close()
		}
		running.Wait()
	})
}

// What may take its time at the end comes one after the other: three servers, the connector and the recorders, whose
// last acks may take a second more, and the last traces. Together they stay within the ten seconds of Run.
const (
	serveGrace  = time.Second
	callGrace   = 2 * time.Second
	recordGrace = time.Second
	traceGrace  = time.Second
)

// fail ends Run with the first error of a running part.
func (m *manager) fail(err error) {
	select {
	case m.failed <- err:
	default:
	}
}

// listen takes an address, or says in a sentence which variable to change.
func listen(ctx context.Context, variable, address string) (net.Listener, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s: another program already listens on %s; stop it, or set %s to another address", variable, address, variable)
	case err != nil:
		return nil, fmt.Errorf("%s: cannot listen on %q: %w", variable, address, err)
	}
	return listener, nil
}
