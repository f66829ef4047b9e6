package e2e_test

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	handler "github.com/openfaas/templates-sdk/go-http"

	function "github.com/linkwell/linkwell/link-checker"
	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/probe"
	"github.com/linkwell/linkwell/link-manager/api"
	"github.com/linkwell/linkwell/link-manager/embedded"
	"github.com/linkwell/linkwell/link-manager/serve"
	"github.com/linkwell/linkwell/link-manager/store"
)

// outageLinks is how many links are saved while something is away.
const outageLinks = 100

// broker is a NATS server outside of Linkwell, which can go away and come back.
type broker struct {
	t      *testing.T
	folder string
	port   int
	server *server.Server
}

func startBroker(t *testing.T) *broker {
	b := &broker{t: t, folder: t.TempDir(), port: server.RANDOM_PORT}
	b.start()
	t.Cleanup(func() { b.stop() })
	return b
}

func (b *broker) start() {
	b.t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: b.port, JetStream: true, StoreDir: b.folder, NoSigs: true, NoLog: true})
	if err != nil {
		b.t.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(patience) {
		b.t.Fatal("the broker does not start")
	}
	b.server, b.port = s, s.Addr().(*net.TCPAddr).Port
}

func (b *broker) stop() {
	b.server.Shutdown()
	b.server.WaitForShutdown()
}

func (b *broker) url() string { return "nats://127.0.0.1:" + strconv.Itoa(b.port) }

// gateway is an OpenFaaS gateway outside of Linkwell with the function on it, which can go away and come back.
type gateway struct {
	t       *testing.T
	address string
	handler http.Handler
	server  *http.Server
	ended   chan struct{}
}

func startGateway(t *testing.T, b *broker) *gateway {
	publisher := &function.NATSPublisher{Connect: func() (*nats.Conn, error) { return function.Connect(b.url(), "") }, Timeout: 3 * time.Second}
	t.Cleanup(publisher.Close)
	allow, err := probe.ParseAllow("127.0.0.0/8")
	if err != nil {
		t.Fatal(err)
	}
	checker := &function.Checker{Prober: &probe.Prober{Allow: allow}, Publisher: publisher, Logger: slog.New(slog.DiscardHandler)}
	hosted := func(name, topic string) embedded.Function {
		return embedded.Function{Name: name, Topic: topic, Handle: func(req handler.Request) (handler.Response, error) { return checker.Handle(req) }}
	}
	g := &gateway{t: t, address: "127.0.0.1:0", handler: embedded.NewGateway(embedded.GatewayConfig{
		Functions: []embedded.Function{hosted("link-checker", "link.added"), hosted("link-rechecker", "link.due")},
	})}
	g.start()
	t.Cleanup(func() { g.stop() })
	return g
}

func (g *gateway) start() {
	g.t.Helper()
	listener, err := net.Listen("tcp", g.address)
	if err != nil {
		g.t.Fatal(err)
	}
	g.address = listener.Addr().String()
	g.server, g.ended = &http.Server{Handler: g.handler, ReadHeaderTimeout: time.Minute}, make(chan struct{})
	go func(s *http.Server, ended chan struct{}) { defer close(ended); _ = s.Serve(listener) }(g.server, g.ended)
}

func (g *gateway) stop() {
	_ = g.server.Close()
	<-g.ended
}

// outside is a Linkwell whose broker and gateway are elsewhere.
func outside(t *testing.T, b *broker, g *gateway) serve.Config {
	c := config(t)
	c.Broker.NATSURL = b.url()
	c.Gateway.GatewayURL = "http://" + g.address
	return c
}

// saveAll saves n links to different pages, of which every third is not there.
func saveAll(l *linkwell, w *web, n int) {
	for i := range n {
		path := fmt.Sprintf("/page/%d", i)
		if i%3 == 0 {
			w.answer(path, status(http.StatusNotFound))
		}
		l.save(w.URL + path)
	}
}

// allRight fails the test unless there are n links and each is what its page says.
func allRight(t *testing.T, links []api.Link, n int) {
	t.Helper()
	if len(links) != n {
		t.Errorf("%d links are there, %d were saved", len(links), n)
	}
	for _, l := range links {
		var i int
		if _, err := fmt.Sscanf(l.URL[len("http://127.0.0.1:"):], "%d", new(int)); err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Sscanf(filepath.Base(l.URL), "%d", &i); err != nil {
			t.Fatal(err)
		}
		want := check.Valid
		if i%3 == 0 {
			want = check.Invalid
		}
		if l.Status != want {
			t.Errorf("%s is %s: %s", l.URL, l.Status, l.Explanation)
		}
	}
}

// appliedOnce stops Linkwell and fails the test unless each of n pages was asked for, and each link has exactly one answer.
func appliedOnce(t *testing.T, l *linkwell, c serve.Config, w *web, n int) {
	t.Helper()
	links := l.all()
	l.stop()
	if answers := history(t, c.DataDir, links); answers != len(links) {
		t.Errorf("%d answers were applied to %d links", answers, len(links))
	}
	requests := 0
	for i := range n {
		path := fmt.Sprintf("/page/%d", i)
		requests += w.asked(path)
		if w.asked(path) == 0 {
			t.Errorf("%s was never asked for", path)
		}
	}
	t.Logf("%d links: each settled, each answer applied once, %d requests", n, requests)
}

func TestLinksSavedDuringAnOutage(t *testing.T) {
	for name, test := range map[string]struct {
		part       string // what /readyz says it of
		away, back func(t *testing.T, b *broker, g *gateway)
	}{
		"the gateway is away": {
			"gateway",
			func(_ *testing.T, _ *broker, g *gateway) { g.stop() },
			func(_ *testing.T, _ *broker, g *gateway) { g.start() },
		},
		"the broker is away": {
			"broker",
			func(_ *testing.T, b *broker, _ *gateway) { b.stop() },
			func(_ *testing.T, b *broker, _ *gateway) { b.start() },
		},
		"the broker loses everything": {
			"broker",
			func(t *testing.T, b *broker, _ *gateway) { b.stop(); b.folder = t.TempDir() },
			func(_ *testing.T, b *broker, _ *gateway) { b.start() },
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, b := startWeb(t), startBroker(t)
			g := startGateway(t, b)
			c := outside(t, b, g)
			l := start(t, c)
			l.settled(l.save(w.URL + "/page/first").ID)

			test.away(t, b, g)
			saveAll(l, w, outageLinks)
			eventually(t, "readyz says so, and that links can be saved", func() bool {
				var parts map[string]string
				l.call("GET", "/readyz", "", http.StatusOK, &parts)
				return parts[test.part] != "ok" && parts["status"] == "ok"
			})
			test.back(t, b, g)
			links := l.allSettled()
			allRight(t, links[:len(links)-1], outageLinks) // without the first
			appliedOnce(t, l, c, w, outageLinks)
		})
	}
}

func TestARequestTheFunctionRefusesIsTriedAgainLater(t *testing.T) {
	b := startBroker(t)
	g := startGateway(t, b)
	g.handler = refusing(g.handler)
	g.stop()
	g.start()
	l := start(t, outside(t, b, g))
	saved := l.save("http://127.0.0.1:1/")
	eventually(t, "the lease is over and the next try has its time", func() bool {
		next := l.get(saved.ID).NextCheckAt
		return next != nil && next.After(saved.CreatedAt.Add(9*time.Minute))
	})
	if got := l.get(saved.ID); got.Status != check.Pending || got.CheckedAt != nil {
		t.Errorf("it is %s, checked at %v", got.Status, got.CheckedAt)
	}
}

// refusing is a gateway whose functions refuse every event.
func refusing(gateway http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/function/") {
			gateway.ServeHTTP(w, r)
			return
		}
		w.Header().Set("X-Duration-Seconds", "0.1")
		w.WriteHeader(http.StatusUnprocessableEntity)
	})
}

func TestTheConnectorCanRunElsewhere(t *testing.T) {
	w, b := startWeb(t), startBroker(t)
	g := startGateway(t, b)
	c := outside(t, b, g)
	c.NoConnector = true
	l := start(t, c)
	saved := l.save(w.URL + "/page")
	startConnector(t, serve.ConnectorConfig{Broker: c.Broker, Gateway: c.Gateway, Connector: c.Connector, Checks: c.Checks.Timeouts, MetricsListen: "127.0.0.1:0", Logger: c.Logger})
	if got := l.settled(saved.ID); got.Status != check.Valid {
		t.Errorf("it is %s", got.Status)
	}
}

// history fails the test unless each of the n links of the database has the same number of answers as distinct check_ids,
// and at least one; it returns how many answers there are.
func history(t *testing.T, dataFolder string, links []api.Link) (answers int) {
	t.Helper()
	s, err := store.Open(t.Context(), store.Config{Path: filepath.Join(dataFolder, "linkwell.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	seen := map[string]bool{}
	for _, l := range links {
		checks, err := s.Checks(t.Context(), "local", l.ID, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if len(checks) == 0 {
			t.Errorf("%s has no history", l.URL)
		}
		for _, c := range checks {
			if seen[c.CheckID] {
				t.Errorf("check %s was applied twice", c.CheckID)
			}
			seen[c.CheckID] = true
		}
	}
	return len(seen)
}
