package serve_test

import (
	"context"
	"database/sql"
	"io"
	"log"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/linkwell/linkwell/link-manager/serve"
)

func TestMain(m *testing.M) {
	// The connector-sdk writes a line for each call.
	log.SetOutput(io.Discard)
	goleak.VerifyTestMain(m)
}

// config is a Linkwell on ports of its own.
func config(t *testing.T) serve.Config {
	return serve.Config{
		DataDir: t.TempDir(), Listen: "127.0.0.1:0", MetricsListen: "127.0.0.1:0", GatewayListen: "127.0.0.1:0",
		Connector: serve.Connector{Concurrency: 4, Streams: []string{"LINK_REQUESTS"}},
		Logger:    slog.New(slog.NewTextHandler(t.Output(), nil)),
	}
}

// run runs c until it is ready, then calls then and stops it; it returns how it ended.
func run(t *testing.T, c serve.Config, then func(serve.Addresses)) error {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	c.Ready = func(at serve.Addresses) {
		if then != nil {
			then(at)
		}
		stop()
	}
	return serve.Run(ctx, c)
}

func TestWhatCannotStartSaysWhyInASentence(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	for name, test := range map[string]struct {
		change func(t *testing.T, c *serve.Config)
		says   string
	}{
		"an API of another link manager that is not known": {
			func(_ *testing.T, c *serve.Config) { c.Compat = []string{"linkding", "delicious"} },
			`COMPAT: "delicious" is not known; it may be linkding or pinboard`,
		},
		"more replicas than the broker in the process": {
			func(_ *testing.T, c *serve.Config) { c.NATSReplicas = 3 },
			"NATS_REPLICAS is 3, and the broker in this process is one server; set NATS_URL to a cluster, or NATS_REPLICAS to 1",
		},
		"more replicas than JetStream has": {
			func(_ *testing.T, c *serve.Config) { c.NATSReplicas = 7 },
			"NATS_REPLICAS is 7; it must be 1, 3 or 5",
		},
		"a port in use": {
			func(_ *testing.T, c *serve.Config) { c.Listen = taken.Addr().String() },
			"LISTEN: another program already listens on " + taken.Addr().String(),
		},
		"the gateway's port in use": {
			func(_ *testing.T, c *serve.Config) { c.GatewayListen = taken.Addr().String() },
			"GATEWAY_LISTEN: another program already listens",
		},
		"the metrics' port in use": {
			func(_ *testing.T, c *serve.Config) { c.MetricsListen = taken.Addr().String() },
			"METRICS_LISTEN: another program already listens",
		},
		"an address that is none": {
			func(_ *testing.T, c *serve.Config) { c.Listen = "127.0.0.1" },
			`LISTEN: cannot listen on "127.0.0.1"`,
		},
		"a data folder that is a file": {
			func(t *testing.T, c *serve.Config) {
				c.DataDir = filepath.Join(c.DataDir, "file")
				write(t, c.DataDir, "a")
			},
			"DATA_DIR: make the data folder",
		},
		"a database that is none": {
			func(t *testing.T, c *serve.Config) {
				write(t, filepath.Join(c.DataDir, "linkwell.db"), strings.Repeat("no database", 1000))
			},
			"file is not a database",
		},
		"a database of a newer version": {
			func(t *testing.T, c *serve.Config) { newer(t, c) },
			"the database was written by a newer Linkwell",
		},
		"a database server that is away": {
			func(_ *testing.T, c *serve.Config) { c.DatabaseURL = "postgres://user:secret@127.0.0.1:1/linkwell" },
			`DATABASE_URL: open database: the PostgreSQL database "linkwell" at 127.0.0.1:1 cannot be reached`,
		},
		"a database URL of another kind": {
			func(_ *testing.T, c *serve.Config) { c.DatabaseURL = "mysql://user:secret@127.0.0.1:1/linkwell" },
			"DATABASE_URL: open database: the database URL does not start with postgres://",
		},
		"a broker that is away": {
			func(_ *testing.T, c *serve.Config) { c.Broker.NATSURL = "nats://user:secret@127.0.0.1:1" },
			"NATS_URL: connect to the broker at nats://127.0.0.1:1",
		},
		"a broker's credentials that are not there": {
			func(_ *testing.T, c *serve.Config) {
				c.Broker = serve.Broker{NATSURL: "nats://127.0.0.1:1", NATSCreds: "/no/such/file"}
			},
			"read NATS_CREDS: open /no/such/file",
		},
		"a broker's authority that is none": {
			func(t *testing.T, c *serve.Config) {
				c.Broker = serve.Broker{NATSURL: "tls://127.0.0.1:1", NATSCA: filepath.Join(c.DataDir, "ca")}
				write(t, c.Broker.NATSCA, "secret")
			},
			"read NATS_CA: ",
		},
		"a certificate without its key": {
			func(_ *testing.T, c *serve.Config) {
				c.Broker = serve.Broker{NATSURL: "tls://127.0.0.1:1", NATSCert: "/a"}
			},
			"NATS_CERT and NATS_KEY",
		},
		"a gateway without a broker it can reach": {
			func(_ *testing.T, c *serve.Config) { c.Gateway.GatewayURL = "http://127.0.0.1:1" },
			"GATEWAY_URL is set and NATS_URL is not",
		},
		"a gateway's credentials that are not there": {
			func(_ *testing.T, c *serve.Config) { c.Gateway.GatewayAuthDir = "/no/such/folder" },
			"GATEWAY_AUTH_DIR: read gateway credentials",
		},
		"a check that outlasts the gateway": {
			func(_ *testing.T, c *serve.Config) { c.Checks.CheckTimeout = time.Minute },
			"CHECK_TIMEOUT is 1m0s",
		},
		"a lease that ends before the answer": {
			func(_ *testing.T, c *serve.Config) { c.Checks.Lease = time.Second },
			"LEASE is 1s",
		},
		"a network that is none": {
			func(_ *testing.T, c *serve.Config) { c.Checks.CheckAllow = "127.0.0.1" },
			`CHECK_ALLOW: "127.0.0.1" is not a network`,
		},
		"an API for everybody without accounts": {
			func(_ *testing.T, c *serve.Config) { c.Listen = "0.0.0.0:0" },
			"LISTEN is \"0.0.0.0:0\", which other machines can reach",
		},
		"a gateway for everybody without accounts": {
			func(_ *testing.T, c *serve.Config) { c.GatewayListen = ":0" },
			"GATEWAY_LISTEN is \":0\", which other machines can reach",
		},
		"metrics for everybody without accounts": {
			func(_ *testing.T, c *serve.Config) { c.MetricsListen = "0.0.0.0:0" },
			"METRICS_LISTEN is \"0.0.0.0:0\", which other machines can reach",
		},
		"a gateway for everybody with accounts": {
			func(_ *testing.T, c *serve.Config) { c.Auth, c.Listen, c.GatewayListen = "users", "0.0.0.0:0", ":0" },
			"GATEWAY_LISTEN is \":0\", which other machines can reach, and nobody needs an account for it",
		},
		"metrics for everybody with accounts": {
			func(_ *testing.T, c *serve.Config) { c.Auth, c.MetricsListen = "users", "0.0.0.0:0" },
			"METRICS_LISTEN is \"0.0.0.0:0\", which other machines can reach",
		},
		"a token in a file that is not there": {
			func(_ *testing.T, c *serve.Config) { c.Accounts.AdminTokenFile = "/no/such/file" },
			"ADMIN_TOKEN_FILE: open /no/such/file",
		},
		"a token in a file that is none": {
			func(t *testing.T, c *serve.Config) {
				c.Accounts.AdminTokenFile = filepath.Join(c.DataDir, "token")
				write(t, c.Accounts.AdminTokenFile, "lw_admin_secret")
			},
			"what follows the id of a token is 32 to 128 letters and digits",
		},
		"a file of a token that is empty": {
			func(t *testing.T, c *serve.Config) {
				c.Accounts.AdminTokenFile = filepath.Join(c.DataDir, "token")
				write(t, c.Accounts.AdminTokenFile, "\n")
			},
			"token is empty",
		},
		"a rate below none": {
			func(_ *testing.T, c *serve.Config) { c.Accounts.RateLimit = -1 },
			"RATE_LIMIT is -1",
		},
		"a proxy that is no network": {
			func(_ *testing.T, c *serve.Config) { c.Accounts.TrustedProxies = []string{"10.0.0.1"} },
			`TRUSTED_PROXIES: "10.0.0.1" is not a network`,
		},
		"a provider without AUTH=oidc": {
			func(_ *testing.T, c *serve.Config) {
				c.Auth, c.Accounts.OIDC.Issuer = "users", "https://provider.example"
			},
			"OIDC_ISSUER is set, and AUTH=users has no use for it",
		},
		"AUTH=oidc without a provider": {
			func(_ *testing.T, c *serve.Config) { c.Auth = "oidc" },
			"AUTH=oidc needs OIDC_ISSUER",
		},
		"a provider that is not told who we are": {
			func(_ *testing.T, c *serve.Config) { *c = oidc(*c); c.Accounts.OIDC.ClientID = "" },
			"AUTH=oidc needs OIDC_CLIENT_ID",
		},
		"a provider without TLS": {
			func(_ *testing.T, c *serve.Config) { *c = oidc(*c); c.Accounts.OIDC.Issuer = "http://provider.example" },
			"OIDC_ISSUER: it must begin with https://",
		},
		"a provider that is no URL": {
			func(_ *testing.T, c *serve.Config) {
				*c = oidc(*c)
				c.Accounts.OIDC.Issuer = "https://user:secret@provider.example"
			},
			"OIDC_ISSUER: it must be a URL",
		},
		"a way back without TLS": {
			func(_ *testing.T, c *serve.Config) {
				*c = oidc(*c)
				c.Accounts.OIDC.RedirectURL = "http://links.example/auth/oidc/callback"
			},
			"OIDC_REDIRECT_URL: it must begin with https://",
		},
		"a way back to somewhere else": {
			func(_ *testing.T, c *serve.Config) {
				*c = oidc(*c)
				c.Accounts.OIDC.RedirectURL = "http://localhost:8090/"
			},
			"OIDC_REDIRECT_URL must end with /auth/oidc/callback",
		},
		"a client's secret that is not there": {
			func(_ *testing.T, c *serve.Config) { *c = oidc(*c); c.Accounts.OIDC.ClientSecretFile = "/no/such/file" },
			"OIDC_CLIENT_SECRET_FILE: open /no/such/file",
		},
		"fewer checks of a host than none": {
			func(_ *testing.T, c *serve.Config) { c.Checks.Hosts.Concurrency = -1 },
			"HOST_CONCURRENCY is -1",
		},
		"an interval that is none": {
			func(_ *testing.T, c *serve.Config) { c.Checks.Hosts.Interval = -time.Second },
			"HOST_INTERVAL is -1s",
		},
		"an interval for allowed hosts that is none": {
			func(_ *testing.T, c *serve.Config) { c.Checks.Hosts.IntervalAllowed = -time.Second },
			"HOST_INTERVAL_ALLOWED is -1s",
		},
		"a canary that cannot be checked": {
			func(_ *testing.T, c *serve.Config) {
				c.CanaryURLs = []string{"https://example.com/", "ftp://user:secret@example.com/"}
			},
			`CANARY_URLS: number 2 of 2: the url has the scheme "ftp"; only http and https can be checked`,
		},
		"a canary that no check may reach": {
			func(_ *testing.T, c *serve.Config) {
				c.CanaryURLs, c.Checks.CheckAllow = []string{"http://192.168.1.1/"}, "10.0.0.0/8"
			},
			"CANARY_URLS: number 1 of 1 cannot be reached by any check: its host is not on the public internet and CHECK_ALLOW does not allow it",
		},
		"no canary between two commas": {
			func(_ *testing.T, c *serve.Config) { c.CanaryURLs = []string{"https://example.com/", ""} },
			"CANARY_URLS: number 2 of 2: the url is empty",
		},
		"more canaries than anybody needs": {
			func(_ *testing.T, c *serve.Config) { c.CanaryURLs = make([]string, 11) },
			"CANARY_URLS: there are 11 URLs; the most allowed is 10",
		},
		"canaries that are seen from another network than the links": {
			func(_ *testing.T, c *serve.Config) {
				c.CanaryURLs, c.NoConnector = []string{"https://example.com/"}, true
			},
			"CANARY_URLS is set, the connector is elsewhere (--no-connector) and GATEWAY_URL is not set",
		},
		"a connector that calls nobody": {
			func(_ *testing.T, c *serve.Config) { c.Connector.Concurrency = 0 },
			"CONNECTOR_CONCURRENCY is 0",
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := config(t)
			test.change(t, &c)
			err := run(t, c, func(serve.Addresses) { t.Error("it starts") })
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Fatalf("error is %v, want it to say %q", err, test.says)
			}
			if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "\n") {
				t.Errorf("%q tells a secret, or more than a sentence", err)
			}
		})
	}
}

func TestASecondProcessOnOneDataFolderIsRefused(t *testing.T) {
	c := config(t)
	err := run(t, c, func(serve.Addresses) {
		second := config(t)
		second.DataDir = c.DataDir
		if err := run(t, second, nil); err == nil || !strings.Contains(err.Error(), "another link-manager already uses "+c.DataDir) {
			t.Errorf("error is %v", err)
		}
	})
	if err != nil {
		t.Error(err)
	}
	if err := run(t, c, nil); err != nil {
		t.Errorf("after the first ended: %v", err)
	}
}

func TestBeyondLoopbackIsAllowedToWhoMeansIt(t *testing.T) {
	c := config(t)
	c.Insecure, c.Listen = true, "0.0.0.0:0"
	if err := run(t, c, nil); err != nil {
		t.Error(err)
	}
}

func TestTheConnectorAloneNeedsBothEnds(t *testing.T) {
	for _, c := range []serve.ConnectorConfig{
		{Gateway: serve.Gateway{GatewayURL: "http://127.0.0.1:1"}},
		{Broker: serve.Broker{NATSURL: "nats://127.0.0.1:1"}},
	} {
		if err := serve.RunConnector(t.Context(), c); err == nil || !strings.Contains(err.Error(), "the connector needs NATS_URL and GATEWAY_URL") {
			t.Errorf("error is %v", err)
		}
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// newer leaves a database in the data folder that has a migration nobody knows yet.
func newer(t *testing.T, c *serve.Config) {
	t.Helper()
	if err := run(t, *c, nil); err != nil {
		t.Fatal(err)
	}
	inDatabase(t, *c, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`)
}

// older has the database look as if the last migration had not been.
func older(t *testing.T, c serve.Config) {
	t.Helper()
	inDatabase(t, c, `DELETE FROM goose_db_version WHERE version_id = (SELECT max(version_id) FROM goose_db_version)`)
}

func inDatabase(t *testing.T, c serve.Config, statement string) {
	t.Helper()
	// A Linkwell that runs writes too; whoever comes beside it waits for a turn.
	db, err := sql.Open("sqlite", filepath.Join(c.DataDir, "linkwell.db")+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}
