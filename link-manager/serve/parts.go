package serve

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/gofrs/flock"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/account"
	"github.com/linkwell/linkwell/link-manager/api"
	"github.com/linkwell/linkwell/link-manager/bus"
	"github.com/linkwell/linkwell/link-manager/compat"
	"github.com/linkwell/linkwell/link-manager/connector"
	"github.com/linkwell/linkwell/link-manager/deadletter"
	"github.com/linkwell/linkwell/link-manager/dispatch"
	"github.com/linkwell/linkwell/link-manager/embedded"
	"github.com/linkwell/linkwell/link-manager/imports"
	"github.com/linkwell/linkwell/link-manager/pages"
	"github.com/linkwell/linkwell/link-manager/record"
	"github.com/linkwell/linkwell/link-manager/store"
	"github.com/linkwell/linkwell/link-manager/tidy"
)

// openDataFolder makes the data folder and holds it: two processes on one folder would each be the only writer. Where
// neither database nor broker live in it, it is not needed.
func (m *manager) openDataFolder(context.Context) error {
	if m.DatabaseURL != "" && m.Broker.NATSURL != "" {
		return nil
	}
	if err := os.MkdirAll(m.DataDir, 0o700); err != nil {
		return fmt.Errorf("DATA_DIR: make the data folder: %w", err)
	}
	lock := flock.New(filepath.Join(m.DataDir, "lock"))
	held, err := lock.TryLock()
	if err != nil {
		return fmt.Errorf("DATA_DIR: take hold of the data folder: %w", err)
	}
	if !held {
		return fmt.Errorf("DATA_DIR: another link-manager already uses %s; stop it, or set DATA_DIR to another folder", m.DataDir)
	}
	m.onStop(func() { _ = lock.Unlock() })
	return nil
}

func (m *manager) openStore(ctx context.Context) error {
	m.changes = m.newWatch()
	opened, err := store.Open(ctx, store.Config{
		URL:      m.DatabaseURL,
		Path:     filepath.Join(m.DataDir, "linkwell.db"),
		MaxLinks: m.MaxLinks,
		Now:      m.Now,
		Written:  m.changes.Written,
		Tracking: m.tracking,
		Logger:   m.Logger,
	})
	if err != nil {
		if m.DatabaseURL != "" {
			return fmt.Errorf("DATABASE_URL: %w", err)
		}
		return err
	}
	m.store, m.changes.Store = opened, opened
	m.onStop(func() {
		if err := opened.Close(); err != nil {
			m.Logger.Error("close store", "error", err)
		}
	})
	return nil
}

func (m *manager) openBroker(ctx context.Context) error {
	if m.Broker.NATSURL != "" {
		return nil
	}
	broker, err := embedded.StartBroker(ctx, embedded.BrokerConfig{Dir: filepath.Join(m.DataDir, "nats"), Logger: m.Logger})
	if err != nil {
		return err
	}
	m.broker = broker
	m.onStop(broker.Close)
	m.watchBroker()
	return nil
}

func (m *manager) openBus(ctx context.Context) error {
	config := bus.Config{
		URL:     m.Broker.NATSURL,
		Files:   m.Broker.files(),
		Name:    m.busName,
		Streams: m.streams,
		Tracing: m.tracing,
		Meter:   newBusMeter(m.metrics),
		Logger:  m.Logger,
	}
	if m.broker != nil {
		config.InProcess = m.broker
	}
	connected, err := bus.Connect(ctx, config)
	if err != nil {
		return m.brokerError(err)
	}
	m.bus = connected
	m.metrics.MustRegister(newLagGauges(connected, m.Logger))
	m.onStop(connected.Close)
	return nil
}

func (m *manager) ensureStreams(ctx context.Context) error {
	return m.brokerError(m.bus.EnsureStreams(ctx))
}

// brokerError names the variable where the broker is somebody else's.
func (m *manager) brokerError(err error) error {
	if err != nil && m.Broker.NATSURL != "" {
		return fmt.Errorf("NATS_URL: %w", err)
	}
	return err
}

// startRecorder applies answers, and ends the leases of requests that were given up.
func (m *manager) startRecorder(ctx context.Context) error {
	recorder := &record.Recorder{Store: m.store, Outcomes: newResultCounter(m.metrics), Blind: m.sight.Blind, Logger: m.Logger}
	deadLetters := &record.DeadLetters{Store: m.store, Checkers: []string{checkerAdded, checkerDue}, Now: m.Now, Logger: m.Logger}
	for _, consumer := range []bus.Consumer{
		{Stream: event.StreamChecked, Subject: event.SubjectChecked, Concurrency: recorders, Handle: recorder.Handle},
		{Stream: event.StreamDead, Subject: event.SubjectDead + ".>", Concurrency: 1, Handle: deadLetters.Handle},
	} {
		consumer.Durable, consumer.AckWait, consumer.Grace = "link-manager", m.ladder.AckWait, recordGrace
		if err := m.bus.Ensure(ctx, consumer); err != nil {
			return m.brokerError(err)
		}
		m.background(func(ctx context.Context) { m.bus.Consume(ctx, consumer) })
	}
	return nil
}

// recorders is how many answers are applied at a time.
const recorders = 16

func (m *manager) startConnector(context.Context) error {
	if m.NoConnector {
		return nil
	}
	m.connector = &connector.Connector{
		Bus:               m.bus,
		GatewayURL:        m.gatewayURL,
		CredentialsFolder: m.Gateway.GatewayAuthDir,
		Streams:           m.Connector.Streams,
		Concurrency:       m.Connector.Concurrency,
		CallTimeout:       m.ladder.Connector,
		AckWait:           m.ladder.AckWait,
		LookupInterval:    lookupInterval,
		Grace:             callGrace,
		Now:               m.Now,
		Outcomes:          newCallCounter(m.metrics),
		Logger:            m.Logger,
	}
	m.metrics.MustRegister(newCircuitGauge(m.connector))
	m.background(m.connector.Run)
	return nil
}

// lookupInterval is how often the gateway is asked which functions there are.
const lookupInterval = 5 * time.Second

func (m *manager) startDispatcher(context.Context) error {
	m.metrics.MustRegister(newBacklogGauges(m.store, m.Now, m.Logger), m.newPausedGauge())
	m.dispatcher = dispatch.New(dispatch.Dispatcher{
		Store:     newCountedClaims(m.metrics, m.store),
		Publisher: m.bus,
		Lease:     m.ladder.Lease,
		Manners:   m.manners,
		Interval:  dispatchInterval,
		Now:       m.Now,
		Logger:    m.Logger,
	})
	m.background(m.dispatcher.Run)
	return nil
}

// dispatchInterval is how soon the dispatcher sees what another manager's API saved, and what has become due.
const dispatchInterval = 500 * time.Millisecond

func (m *manager) startTidier(context.Context) error {
	tidier := &tidy.Tidier{Store: m.store, Interval: tidyInterval, Lease: m.ladder.Lease, Logger: m.Logger}
	m.background(tidier.Run)
	return nil
}

// tidyInterval is how often what is old is removed; there is no hurry.
const tidyInterval = time.Hour

func (m *manager) startImporter(context.Context) error {
	m.importer = imports.New(imports.Importer{Store: m.store, Lease: min(m.ladder.Lease, importLease), Interval: importInterval, Now: m.Now, Logger: m.Logger})
	m.background(m.importer.Run)
	return nil
}

const (
	// importLease is how long an import waits at most whose link manager died.
	importLease = 15 * time.Second
	// importInterval is how soon is seen that another one did.
	importInterval = 2 * time.Second
)

func (m *manager) startAPI(ctx context.Context) error {
	listener, err := listen(ctx, "LISTEN", m.Listen)
	if err != nil {
		return err
	}
	m.addresses.API = "http://" + listener.Addr().String()
	m.letters = &deadletter.Letters{Bus: m.bus, Targets: m.store}
	m.metrics.MustRegister(newDeadLetterGauge(m.letters, m.Logger))
	stopping := make(chan struct{})
	accounts := m.newAccounts()
	shown := m.pages(accounts, stopping)
	m.serve("LISTEN", listener, api.New(api.Config{
		Store:          m.store,
		DeadLetters:    m.letters,
		Accounts:       accounts,
		Owner:          m.owner(),
		Passwords:      m.auth() == authUsers,
		Provider:       m.newProvider(),
		RateLimit:      m.Accounts.RateLimit,
		TrustedProxies: m.accounts.trustedProxies,
		Wake:           m.dispatcher.Wake,
		WakeImporter:   m.importer.Wake,
		Changed:        m.bell.Rung,
		Stopping:       stopping,
		TestWebhook:    m.testWebhook,
		Parts:          m.parts(),
		Pages:          func(router chi.Router) { pages.Routes(router, shown) },
		RefusedPage:    pages.Refused(shown),
		Guard:          m.apiGuard(),
		Mounts:         compat.New(m.compat, m.store, m.Now),
		Tracing:        m.tracing,
		Answered:       newRequestTimer(m.metrics).answered,
		Logger:         m.Logger,
	}), func() { close(stopping) })
	return nil
}

// pages is what people see in a browser.
func (m *manager) pages(accounts *account.Accounts, stopping <-chan struct{}) pages.Config {
	return pages.Config{
		Store:        m.store,
		Asks:         api.Asks,
		StillMay:     api.StillMay,
		Accounts:     accounts,
		Passwords:    m.auth() == authUsers,
		Provider:     m.auth() == authOIDC,
		Parts:        m.parts(),
		DeadLetters:  m.letters,
		Wake:         m.dispatcher.Wake,
		WakeImporter: m.importer.Wake,
		TestWebhook:  m.testWebhook,
		Stopping:     stopping,
		Now:          m.Now,
		Logger:       m.Logger,
	}
}

// parts is what /readyz reports. Only a store that cannot be written makes us unready: without broker or gateway links
// can still be saved, and are checked later.
func (m *manager) parts() []api.Part {
	parts := []api.Part{
		{Name: "store", Required: true, Check: func(ctx context.Context) error {
			if err := m.store.Writable(ctx); err != nil {
				m.Logger.Error("store cannot be written", "error", err)
				if errors.Is(err, store.ErrDiskFull) {
					return store.ErrDiskFull
				}
				return errors.New("the store cannot be written")
			}
			return nil
		}},
		{Name: "broker", Check: func(context.Context) error { return m.brokerHealth() }},
		m.sightPart(),
	}
	if m.connector != nil {
		parts = append(parts, api.Part{Name: "gateway", Check: func(context.Context) error {
			switch state := m.connector.State(); {
			case state.At.IsZero():
				return errors.New("the gateway was not asked yet")
			case state.Err != nil:
				return errors.New("the gateway cannot be asked for its functions")
			case state.Functions == 0:
				return errors.New("the gateway has no function for our topics")
			}
			return nil
		}})
	}
	return parts
}

func (m *manager) startMetrics(ctx context.Context) error {
	listener, err := listen(ctx, "METRICS_LISTEN", m.MetricsListen)
	if err != nil {
		return err
	}
	m.addresses.Metrics = "http://" + listener.Addr().String() + "/metrics"
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.metrics, promhttp.HandlerOpts{}))
	// For a connector that runs alone, which has no other listener to be asked whether it lives.
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok\n") })
	m.serve("METRICS_LISTEN", listener, mux, nil)
	return nil
}
