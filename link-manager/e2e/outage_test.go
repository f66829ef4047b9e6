package e2e_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	function "github.com/linkwell/linkwell/link-checker"
	"github.com/linkwell/linkwell/link-checker/access"
	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/api"
	"github.com/linkwell/linkwell/link-manager/serve"
	"github.com/linkwell/linkwell/link-manager/store"
)

// outageLinks is how many links are saved while something is away.
const outageLinks = 100

// outside is a Linkwell whose broker and gateway are elsewhere.
func outside(t *testing.T, b *broker, g *gateway) *serve.Config {
	c := config(t)
	c.Broker = b.settings()
	c.Gateway = g.settings()
	return c
}

// saveAll saves n links to different pages, of which every third is not there.
func saveAll(l *linkwell, w *web, n int) {
	l.t.Helper()
	if err := trySave(l, w, 0, n); err != nil {
		l.t.Fatal(err)
	}
}

// trySave saves the links to the pages from one number up to another.
func trySave(l *linkwell, w *web, from, to int) error {
	for i := from; i < to; i++ {
		path := fmt.Sprintf("/page/%d", i)
		if i%3 == 0 {
			w.answer(path, status(http.StatusNotFound))
		}
		if err := l.try("POST", "/v1/links", fmt.Sprintf(`{"url":%q}`, w.URL+path), http.StatusCreated, nil); err != nil {
			return err
		}
	}
	return nil
}

// allRight fails the test unless there are n links and each is what its page says.
func allRight(t *testing.T, links []api.Link, n int) {
	t.Helper()
	if len(links) != n {
		t.Errorf("%d links are there, %d were saved", len(links), n)
	}
	for _, l := range links {
		var i int
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
func appliedOnce(t *testing.T, l *linkwell, c *serve.Config, w *web, n int) {
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
			beside(t)
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
	c := outside(t, b, startGateway(t, b))
	refusing := httptest.NewServer(refusing(t, c.Gateway.GatewayURL))
	defer refusing.Close()
	c.Gateway.GatewayURL = refusing.URL
	l := start(t, c)
	saved := l.save("http://127.0.0.1:1/")
	eventually(t, "the lease is over and the next try has its time", func() bool {
		next := l.get(saved.ID).NextCheckAt
		return next != nil && next.After(saved.CreatedAt.Add(9*time.Minute))
	})
	if got := l.get(saved.ID); got.Status != check.Pending || got.CheckedAt != nil {
		t.Errorf("it is %s, checked at %v", got.Status, got.CheckedAt)
	}
}

// refusing is the gateway at address, but its functions refuse every event.
func refusing(t *testing.T, address string) http.Handler {
	gateway, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(gateway)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/function/") {
			proxy.ServeHTTP(w, r)
			return
		}
		w.Header().Set("X-Duration-Seconds", "0.1")
		w.WriteHeader(http.StatusUnprocessableEntity)
	})
}

func TestABrokerWithoutUsersNeedsNoCredentials(t *testing.T) {
	w, b := startWeb(t), startOpenBroker(t)
	l := start(t, outside(t, b, startGateway(t, b)))
	if got := l.settled(l.save(w.URL + "/page").ID); got.Status != check.Valid {
		t.Errorf("it is %s: %s", got.Status, got.Explanation)
	}
}

// A secret may be blank at first, and given its credentials while the function runs.
func TestTheFunctionReadsItsCredentialsAgain(t *testing.T) {
	b := startBroker(t)
	credentials, err := os.ReadFile(b.checker)
	if err != nil {
		t.Fatal(err)
	}
	secret := filepath.Join(t.TempDir(), "link-checker-nats")
	if err := os.WriteFile(secret, []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	conn, err := function.Connect(b.url(), access.Files{Credentials: secret}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if conn.IsConnected() {
		t.Error("the broker asks for no credentials")
	}
	if err := os.WriteFile(secret, credentials, 0o600); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it is connected", conn.IsConnected)
}

func TestTheConnectorCanRunElsewhere(t *testing.T) {
	w, b := startWeb(t), startBroker(t)
	g := startGateway(t, b)
	c := outside(t, b, g)
	c.NoConnector, c.Broker.NATSCreds = true, b.managerAlone
	l := start(t, c)
	saved := l.save(w.URL + "/page")
	startConnector(t, c, b)
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
