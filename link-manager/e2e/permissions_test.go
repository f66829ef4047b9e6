//go:build !openfaas

package e2e_test

import (
	"bytes"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/probe/probetest"
	"github.com/linkwell/linkwell/link-manager/bus/brokertest"
	"github.com/linkwell/linkwell/link-manager/serve"
)

// lockedBuffer is a log that is read while it is written.
type lockedBuffer struct {
	mutex  sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.buffer.String()
}

// Everything that each part does, with the rights of permissions.conf and no others: a link is saved, its check asked for,
// called, answered and applied, also after the broker has lost everything; an event that the function refuses becomes a dead
// letter, which ends its lease.
func TestTheRightsOfPermissionsConfAreEnough(t *testing.T) {
	for name, elsewhere := range map[string]bool{"with the connector in the manager": false, "with the connector elsewhere": true} {
		begin := func(t *testing.T, c *serve.Config, b *broker) *linkwell {
			if elsewhere {
				c.NoConnector, c.Broker.NATSCreds = true, b.managerAlone
			}
			l := start(t, c)
			if elsewhere {
				startConnector(t, c, b) // after the streams are there, for which it looks every few seconds
			}
			return l
		}
		t.Run(name, func(t *testing.T) {
			beside(t)
			w, b := startWeb(t), startConfiguredBroker(t)
			g := startGateway(t, b)
			log := &lockedBuffer{}
			c := outside(t, b, g)
			c.Logger = slog.New(slog.NewMultiHandler(c.Logger.Handler(), slog.NewTextHandler(log, nil)))
			l := begin(t, c, b)
			if got := l.settled(l.save(w.URL + "/page").ID); got.Status != check.Valid {
				t.Errorf("it is %s: %s", got.Status, got.Explanation)
			}
			b.stop()
			b.folder = t.TempDir()
			b.start()
			if got := l.settled(l.save(w.URL + "/another").ID); got.Status != check.Valid {
				t.Errorf("after the broker lost everything it is %s: %s", got.Status, got.Explanation)
			}
			if strings.Contains(strings.ToLower(log.String()), "permissions violation") {
				t.Error("a right is missing")
			}
		})
		t.Run(name+", a dead letter", func(t *testing.T) {
			beside(t)
			b := startConfiguredBroker(t)
			c := outside(t, b, startGateway(t, b))
			refusing := httptest.NewServer(refusing(t, c.Gateway.GatewayURL))
			defer refusing.Close()
			c.Gateway.GatewayURL = refusing.URL
			l := begin(t, c, b)
			saved := l.save("http://127.0.0.1:1/")
			eventually(t, "the lease is over and the next try has its time", func() bool {
				next := l.get(saved.ID).NextCheckAt
				return next != nil && next.After(saved.CreatedAt.Add(9*time.Minute))
			})
		})
	}
}

// Where the functions are in the manager too, they use its credentials.
func TestAManagerWithTheFunctionInItNeedsTheCheckersRightsToo(t *testing.T) {
	w, b := startWeb(t), startConfiguredBroker(t)
	b.stop()
	for _, user := range b.configured.Nkeys {
		if slices.Contains(user.Permissions.Publish.Allow, "link.dead.>") {
			user.Permissions.Publish.Allow = append(user.Permissions.Publish.Allow, "link.checked")
			user.Permissions.Subscribe.Allow = append(user.Permissions.Subscribe.Allow, "_INBOX_checker.>")
		}
	}
	b.start()
	c := config(t)
	c.Broker = b.settings()
	l := start(t, c)
	if got := l.settled(l.save(w.URL + "/page").ID); got.Status != check.Valid {
		t.Errorf("it is %s: %s", got.Status, got.Explanation)
	}
}

// The configuration's example of TLS, and all that must be told to reach it.
func TestEverythingOverTLS(t *testing.T) {
	authority := probetest.NewAuthority(t)
	certificate, key := probetest.Files(t, authority.Issue(t, probetest.Leaf{Names: []string{hostAddress(t)}}))
	content, err := os.ReadFile(permissionsFile)
	if err != nil {
		t.Fatal(err)
	}
	encrypted := strings.NewReplacer("# tls: ", "tls: ", `"server.pem"`, strconv.Quote(certificate), `"server.key"`, strconv.Quote(key),
		`"authority.pem"`, strconv.Quote(authority.File(t))).Replace(string(content))
	path := filepath.Join(t.TempDir(), "permissions.conf")
	if err := os.WriteFile(path, []byte(encrypted), 0o600); err != nil {
		t.Fatal(err)
	}
	w, b := startWeb(t), startBrokerWith(t, path)
	if b.configured.TLSConfig == nil {
		t.Fatal("the broker has no TLS")
	}
	b.authority = authority.File(t)
	b.certificate, b.certificateKey = probetest.Files(t, authority.Issue(t, probetest.Leaf{OfClient: true}))
	c := outside(t, b, startGateway(t, b))
	c.NoConnector, c.Broker.NATSCreds = true, b.managerAlone
	l := start(t, c)
	startConnector(t, c, b)
	if got := l.settled(l.save(w.URL + "/page").ID); got.Status != check.Valid {
		t.Errorf("it is %s: %s", got.Status, got.Explanation)
	}
}

// startConfiguredBroker starts a broker with permissions.conf, as people do.
func startConfiguredBroker(t *testing.T) *broker { return startBrokerWith(t, permissionsFile) }

func startBrokerWith(t *testing.T, path string) *broker {
	rules := brokertest.Read(t, path)
	b := &broker{
		t: t, folder: t.TempDir(), port: server.RANDOM_PORT, configured: rules.Options,
		manager: rules.Seeds[brokertest.ManagerWithConnector], managerAlone: rules.Seeds[brokertest.Manager],
		connector: rules.Seeds[brokertest.Connector], checker: rules.Seeds[brokertest.Checker],
	}
	b.start()
	t.Cleanup(func() { b.stop() })
	return b
}
