//go:build !openfaas

package e2e_test

import (
	"context"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	handler "github.com/openfaas/templates-sdk/go-http"

	function "github.com/linkwell/linkwell/link-checker"
	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-checker/probe"
	"github.com/linkwell/linkwell/link-manager/bus"
	"github.com/linkwell/linkwell/link-manager/connector"
	"github.com/linkwell/linkwell/link-manager/dispatch"
	"github.com/linkwell/linkwell/link-manager/embedded"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/record"
	"github.com/linkwell/linkwell/link-manager/store"
)

var deaths = flag.Int("deaths", 1, "how often a part dies at each step of TestDieAtEachStep; 50 is the long form")

// TestDieAtEachStep has a part die at each step of a check, and nowhere else, and looks that its links are settled once.
func TestDieAtEachStep(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, databaseURL string) {
		const linksEach = 4
		m := startMortals(t, databaseURL)
		w := startWeb(t)
		ledger := openLedger(t, m.folder, databaseURL)
		covered, saved := 0, 0
		var slowest time.Duration
		for _, here := range steps {
			for range *deaths {
				m.decide(here)
				for range linksEach {
					if pageStatus(saved) == check.Invalid {
						w.answer(page(saved), notThere)
					}
					if _, err := m.store.Add(t.Context(), "ann", link.Draft{URL: w.URL + page(saved)}); err != nil {
						t.Fatal(err)
					}
					saved++
				}
				began := time.Now()
				eventually(t, "somebody dies: "+string(here), m.fulfilled)
				ledger.waitUntilSettled()
				slowest = max(slowest, time.Since(began))
			}
			covered++
		}
		eventually(t, "what was committed comes again, because nobody acknowledged it", func() bool { return m.late.Load() >= int64(*deaths) })
		t.Logf("steps covered %d of %d existing, %d deaths at each: %s; after a death all were settled within %.1f s with a lease of %v; %d answers came late or again",
			covered, len(steps), *deaths, ledger.figures(w, saved), slowest.Seconds(), mortalLease, m.late.Load())
	})
}

// mortalLease is short, so that what died with its part comes back soon.
const mortalLease = time.Second

// mortals are the parts of a Linkwell in this process that can die one by one: dispatcher, connector, function, recorder.
// The store, the broker and the gateway outlive them.
type mortals struct {
	fate
	t      *testing.T
	folder string
	logger *slog.Logger
	store  *store.Store
	broker *embedded.Broker
	// late counts answers that changed nothing.
	late atomic.Int64
	// checker is the function that lives now; nil between two lives.
	checker atomic.Pointer[function.Checker]
}

func startMortals(t *testing.T, databaseURL string) *mortals {
	m := &mortals{t: t, folder: t.TempDir(), logger: slog.New(slog.NewTextHandler(t.Output(), nil))}
	var err error
	m.store, err = store.Open(t.Context(), store.Config{URL: databaseURL, Path: filepath.Join(m.folder, "linkwell.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.store.Close() })
	m.broker, err = embedded.StartBroker(t.Context(), embedded.BrokerConfig{Dir: filepath.Join(m.folder, "nats"), Logger: m.logger})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.broker.Close)

	server := httptest.NewServer(http.HandlerFunc(m.call))
	t.Cleanup(server.Close)
	gateway := standInGateway(t, func() string { return server.Listener.Addr().String() })

	m.again(m.dispatch)
	m.again(m.record)
	m.again(func(ctx context.Context, l *life) { m.connect(ctx, l, gateway) })
	m.again(m.function)
	return m
}

// again has a part live until the test ends: whenever it has died it begins anew.
func (m *mortals) again(live func(context.Context, *life)) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		for ctx.Err() == nil {
			living, end := context.WithCancel(ctx)
			live(living, &life{fate: &m.fate, end: end})
			end()
		}
	})
	m.t.Cleanup(func() { cancel(); running.Wait() })
}

// connected gives the part a connection to the broker that ends with its life. It returns nil at the end of the test.
func (m *mortals) connected(ctx context.Context, l *life) *bus.Bus {
	b, err := bus.Connect(ctx, bus.Config{InProcess: m.broker, Name: "manager", Streams: event.Streams(mortalLease), Logger: m.logger})
	if err == nil {
		err = b.EnsureStreams(ctx)
	}
	if err != nil && ctx.Err() == nil {
		m.t.Error(err)
	}
	cancel := l.end
	l.end = sync.OnceFunc(func() {
		if b != nil {
			b.Close()
		}
		cancel()
	})
	return b
}

func (m *mortals) dispatch(ctx context.Context, l *life) {
	b := m.connected(ctx, l)
	defer l.end()
	dispatch.New(dispatch.Dispatcher{
		Store:     mortalClaims{m.store, l},
		Publisher: mortalRequests{b, l},
		Lease:     mortalLease,
		Interval:  20 * time.Millisecond,
		Logger:    m.logger,
	}).Run(ctx)
}

func (m *mortals) record(ctx context.Context, l *life) {
	b := m.connected(ctx, l)
	defer l.end()
	recorder := &record.Recorder{Store: mortalRecords{m.store, l}, Outcomes: m, Logger: m.logger}
	b.Consume(ctx, bus.Consumer{
		Stream: event.StreamChecked, Durable: "link-manager", Subject: event.SubjectChecked,
		AckWait: mortalLease / 3, Concurrency: 4, Handle: recorder.Handle,
	})
}

// Applied is told each result that was applied.
func (m *mortals) Applied(check.Result) {}

// Count is told what became of an answer.
func (m *mortals) Count(outcome string) {
	if outcome != string(store.Applied) {
		m.late.Add(1)
	}
}

func (m *mortals) connect(ctx context.Context, l *life, gateway string) {
	b := m.connected(ctx, l)
	defer l.end()
	(&connector.Connector{
		Bus:            mortalBus{b, l},
		GatewayURL:     gateway,
		Streams:        []string{event.StreamRequests},
		Concurrency:    4,
		CallTimeout:    5 * time.Second,
		AckWait:        mortalLease / 3,
		LookupInterval: time.Second,
		Outcomes:       uncounted{},
		Logger:         m.logger,
	}).Run(ctx)
}

type uncounted struct{}

func (uncounted) Count(_, _, _ string) {}

// function lives until its context ends; then calls meet nobody until the next one lives.
func (m *mortals) function(ctx context.Context, l *life) {
	publisher := &function.NATSPublisher{
		Connect: func() (*nats.Conn, error) { return m.broker.Connect() },
		Timeout: 3 * time.Second,
	}
	defer publisher.Close()
	allow, err := probe.ParseAllow(hostAddress(m.t) + "/32")
	if err != nil {
		m.t.Error(err)
	}
	m.checker.Store(&function.Checker{Prober: &probe.Prober{Allow: allow}, Publisher: mortalAnswers{publisher, l}, Logger: m.logger})
	<-ctx.Done()
	m.checker.Store(nil)
}

// call is the function's process: where nobody lives, or dies meanwhile, the connection breaks.
func (m *mortals) call(w http.ResponseWriter, r *http.Request) {
	checker := m.checker.Load()
	body, err := io.ReadAll(r.Body)
	if checker == nil || err != nil {
		panic(http.ErrAbortHandler)
	}
	request := handler.Request{Body: body, Header: r.Header, Method: r.Method}
	request.WithContext(r.Context())
	answer, _ := checker.Handle(request) // never an error
	for name, values := range answer.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.StatusCode)
	_, _ = w.Write(answer.Body)
}
