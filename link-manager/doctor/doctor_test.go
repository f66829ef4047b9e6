package doctor_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/openfaas/faas-provider/types"
	"go.uber.org/goleak"

	"github.com/linkwell/linkwell/link-checker/access"
	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/bus/brokertest"
	"github.com/linkwell/linkwell/link-manager/connector"
	"github.com/linkwell/linkwell/link-manager/doctor"
	"github.com/linkwell/linkwell/link-manager/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// deployment is one in which nothing is wrong, until somebody plants something.
type deployment struct {
	t *testing.T
	doctor.Deployment
	// functions are those of the gateway; answer, if there is one, is what it says instead.
	functions []types.FunctionStatus
	answer    http.HandlerFunc
	// rules are the broker's, before it starts.
	rules brokertest.Rules
}

func healthy(t *testing.T) *deployment {
	t.Helper()
	d := &deployment{t: t, rules: brokertest.Read(t, "../bus/permissions.conf")}
	d.Now = time.Now
	d.Database = store.Config{Path: filepath.Join(t.TempDir(), "linkwell.db")}
	opened, err := store.Open(t.Context(), d.Database)
	if err == nil {
		err = opened.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	for name, topic := range map[string]string{"link-checker": event.SubjectAdded, "link-rechecker": event.SubjectDue} {
		d.functions = append(d.functions, types.FunctionStatus{
			Name: name, Annotations: &map[string]string{"topic": topic}, AvailableReplicas: 1, Secrets: []string{"link-checker-nats"},
			EnvVars: map[string]string{
				"NATS_URL": "nats://nats.nats:4222", "NATS_CREDS": "/var/openfaas/secrets/link-checker-nats",
				"CHECK_TIMEOUT": "10s", "exec_timeout": "15s", "write_timeout": "16s", "read_timeout": "16s",
			},
		})
	}
	d.GatewayAuthDir = t.TempDir()
	for name, content := range map[string]string{"basic-auth-user": "admin", "basic-auth-password": "secret\n"} {
		if err := os.WriteFile(filepath.Join(d.GatewayAuthDir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	gateway := httptest.NewServer(http.HandlerFunc(d.serve))
	t.Cleanup(gateway.Close)
	d.GatewayURL = gateway.URL
	d.BrokerFiles = access.Files{Credentials: d.rules.Seeds[brokertest.ManagerWithConnector]}
	return d
}

// serve answers as a gateway of the Community Edition does.
func (d *deployment) serve(w http.ResponseWriter, r *http.Request) {
	user, password, _ := r.BasicAuth()
	switch {
	case d.answer != nil:
		d.answer(w, r)
	case user != "admin" || password != "secret":
		w.WriteHeader(http.StatusUnauthorized)
	case r.URL.Path == "/system/namespaces":
		_, _ = w.Write([]byte(`["openfaas-fn"]`))
	default:
		_ = json.NewEncoder(w).Encode(d.functions)
	}
}

// function is the one with that name.
func (d *deployment) function(name string) *types.FunctionStatus {
	for i := range d.functions {
		if d.functions[i].Name == name {
			return &d.functions[i]
		}
	}
	d.t.Fatalf("there is no %s", name)
	return nil
}

// set gives a function a setting of its own.
func (d *deployment) set(name, variable, value string) {
	f := d.function(name)
	f.EnvVars = maps.Clone(f.EnvVars)
	f.EnvVars[variable] = value
}

// startBroker starts the broker, with the streams of a link manager that ran once.
func (d *deployment) startBroker(change func(js jetstream.JetStream, streams []jetstream.StreamConfig)) {
	d.t.Helper()
	d.BrokerURL = d.rules.Start(d.t)
	if d.rules.Options.Accounts == nil {
		return
	}
	seed, err := nats.NkeyOptionFromSeed(d.rules.Seeds[brokertest.ManagerWithConnector])
	if err != nil {
		d.t.Fatal(err)
	}
	conn, err := nats.Connect(d.BrokerURL, seed, nats.CustomInboxPrefix("_INBOX_manager"))
	if err != nil {
		d.t.Fatal(err)
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		d.t.Fatal(err)
	}
	streams := event.Streams(5 * time.Minute)
	if change != nil {
		change(js, streams)
		return
	}
	for _, s := range streams {
		if _, err := js.CreateStream(d.t.Context(), s); err != nil {
			d.t.Fatal(err)
		}
	}
}

func TestNothingIsWrongWithADeploymentAsTheReadmeHasIt(t *testing.T) {
	d := healthy(t)
	d.startBroker(nil)
	fine := 0
	for _, f := range doctor.Examine(t.Context(), d.Deployment) {
		t.Logf("%s: %s: %s. %s", f.Grade, f.About, f.Says, f.Remedy)
		switch {
		case f.Grade == doctor.Fine && f.Remedy == "":
			fine++
		case f.Grade != doctor.Advice || f.About != "connector": // nobody runs one here
			t.Errorf("%s: %s: %s", f.Grade, f.About, f.Says)
		}
	}
	if fine < 10 {
		t.Errorf("only %d things are fine", fine)
	}
}

func TestEachMisconfigurationIsFoundWithItsRemedy(t *testing.T) {
	for name, test := range map[string]struct {
		plant        func(*deployment)
		says, remedy string
	}{
		"nobody listens where the gateway should be": {func(d *deployment) { d.GatewayURL = "http://" + closed(d.t) }, "^it cannot be reached: ", "GATEWAY_URL must be"},
		"the gateway's address has a path":           {func(d *deployment) { d.GatewayURL += "/ui" }, "must be the root of a gateway", "Set GATEWAY_URL"},
		"the gateway has another password": {func(d *deployment) {
			write(d.t, filepath.Join(d.GatewayAuthDir, "basic-auth-password"), "wrong")
		}, "does not let us in .401", "basic-auth-password"},
		"a file of the gateway's password is missing": {func(d *deployment) { d.GatewayAuthDir = d.t.TempDir() }, "basic-auth-user", "GATEWAY_AUTH_DIR must be a folder"},
		"something else answers in the gateway's place": {func(d *deployment) {
			d.answer = func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<title>Sign in</title>")) }
		}, "no OpenFaaS gateway", "the root of the gateway itself"},
		"the gateway's Prometheus is away": {func(d *deployment) {
			d.answer = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }
		}, "cannot tell its functions .500", "Prometheus"},
		"no function wants new links": {func(d *deployment) {
			d.function("link-checker").Annotations = &map[string]string{"topics": "link.added"}
		}, "no function has the annotation topic: link.added", "faas-cli up"},
		"two functions want the same": {func(d *deployment) {
			d.functions = append(d.functions, types.FunctionStatus{Name: "old-checker", Annotations: &map[string]string{"topic": "link.*"}, AvailableReplicas: 1})
			d.function("link-checker").Annotations = &map[string]string{}
		}, "link-rechecker.openfaas-fn, old-checker.openfaas-fn all get link.due", "faas-cli remove"},
		"a function has no replica": {func(d *deployment) { d.function("link-checker").AvailableReplicas = 0 }, "link-checker.openfaas-fn has no replica", "faas-cli describe"},
		"a check takes longer than the manager counts on": {func(d *deployment) { d.set("link-rechecker", "CHECK_TIMEOUT", "11s") },
			"checks for 11s, and the link manager counts on 10s", "the same CHECK_TIMEOUT"},
		"the function is ended before its check":     {func(d *deployment) { d.set("link-checker", "exec_timeout", "5s") }, "ended after 5s .exec_timeout., and a check with its answer may take 13s", "timeouts of stack.yml"},
		"the watchdog is ended before its function":  {func(d *deployment) { d.set("link-checker", "write_timeout", "14s") }, "write_timeout is 14s, and ends before", "timeouts of stack.yml"},
		"the connector gives up before the watchdog": {func(d *deployment) { d.set("link-checker", "write_timeout", "40s") }, "answer after 40s .write_timeout., and the connector waits 25s", "timeouts of stack.yml"},
		"a timeout that is none":                     {func(d *deployment) { d.set("link-checker", "exec_timeout", "15") }, `exec_timeout is "15"`, "timeouts of stack.yml"},
		"a function does not know the broker":        {func(d *deployment) { d.set("link-checker", "NATS_URL", "") }, "has no NATS_URL", "as functions see it"},
		"a function lacks its secret":                {func(d *deployment) { d.function("link-checker").Secrets = nil }, "secret link-checker-nats, which it does not have", "faas-cli secret create link-checker-nats"},
		"a function may check other networks":        {func(d *deployment) { d.set("link-checker", "CHECK_ALLOW", "10.0.0.0/8") }, `networks "10.0.0.0/8", and the link manager counts on ""`, "the same for both"},
		"a check that outlasts the gateway":          {func(d *deployment) { d.CheckTimeout = time.Minute }, "CHECK_TIMEOUT is 1m0s", "Set it so"},
		"the database is no folder of ours":          {func(d *deployment) { write(d.t, d.Database.Path, strings.Repeat("text ", 1000)) }, "not a database", "DATA_DIR must name"},
		"the database was written by a newer one":    {func(d *deployment) { newer(d.t, d.Database.Path) }, "newer Linkwell .schema 9000", "Run that version"},
		"nobody listens where PostgreSQL should be":  {func(d *deployment) { d.Database = store.Config{URL: "postgres://ann:secret@" + closed(d.t) + "/x"} }, "cannot be reached", "DATABASE_URL must name"},
		"the clock is an hour ahead":                 {func(d *deployment) { d.Now = func() time.Time { return time.Now().Add(time.Hour) } }, "is 1h0m[0-9]s behind", "NTP"},
	} {
		t.Run(name, func(t *testing.T) {
			d := healthy(t)
			d.startBroker(nil)
			test.plant(d)
			d.finds(test.says, test.remedy)
		})
	}
}

func TestEachMisconfigurationOfTheBrokerIsFoundWithItsRemedy(t *testing.T) {
	for name, test := range map[string]struct {
		plant        func(*deployment)
		says, remedy string
	}{
		"nobody listens where the broker should be": {func(d *deployment) { d.BrokerURL = "nats://" + closed(d.t) }, "connect to the broker at nats://127.0.0.1", "NATS_URL must be"},
		"the broker does not know the user": {func(d *deployment) {
			d.startBroker(nil)
			d.BrokerFiles = access.Files{}
		}, "Authorization Violation", "NATS_CREDS must be"},
		"the broker has no JetStream": {func(d *deployment) {
			d.rules.Options = &server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true}
			d.BrokerFiles = access.Files{}
			d.startBroker(nil)
		}, "has no JetStream", "-js"},
		"the user may not publish routine checks": {func(d *deployment) {
			d.forbid(event.SubjectDue)
			d.startBroker(nil)
		}, "may not publish link.due$", "permissions.conf"},
		"the user may not hear of changes": {func(d *deployment) {
			p := d.rules.Rights[brokertest.ManagerWithConnector]
			p.Subscribe.Allow = []string{"_INBOX_manager.>"}
			d.startBroker(nil)
		}, "may not hear link.changed$", "permissions.conf"},
		"a stream forgets with the broker": {func(d *deployment) {
			d.startBroker(func(js jetstream.JetStream, streams []jetstream.StreamConfig) {
				streams[0].Storage = jetstream.MemoryStorage
				for _, s := range streams {
					if _, err := js.CreateStream(d.t.Context(), s); err != nil {
						d.t.Fatal(err)
					}
				}
			})
		}, "stream LINK_REQUESTS keeps its events in Memory", "nats stream rm LINK_REQUESTS"},
		"nobody brings events to a function": {func(d *deployment) {
			d.startBroker(func(js jetstream.JetStream, streams []jetstream.StreamConfig) {
				var err error
				for _, s := range streams {
					_, failed := js.CreateStream(d.t.Context(), s)
					err = errors.Join(err, failed)
				}
				_, failed := js.CreateConsumer(d.t.Context(), event.StreamRequests, jetstream.ConsumerConfig{
					Durable: connector.ConsumerName("link-checker.openfaas-fn", event.SubjectAdded), FilterSubject: event.SubjectAdded, AckPolicy: jetstream.AckExplicitPolicy,
				})
				_, lost := js.Publish(d.t.Context(), event.SubjectAdded, []byte("{}"))
				if err = errors.Join(err, failed, lost); err != nil {
					d.t.Fatal(err)
				}
			})
		}, "nobody brings link-checker_openfaas-fn__link_added its events, of which 1 wait", "link-manager connector"},
		"another stream keeps new links": {func(d *deployment) {
			d.rules.Options.Accounts, d.rules.Options.Nkeys = nil, nil
			d.BrokerFiles = access.Files{}
			d.startBroker(nil)
			d.keepElsewhere("EVERYTHING", "link.>")
		}, "the stream EVERYTHING keeps link.added, so LINK_REQUESTS cannot be made", "nats stream edit EVERYTHING"},
	} {
		t.Run(name, func(t *testing.T) {
			d := healthy(t)
			test.plant(d)
			d.finds(test.says, test.remedy)
		})
	}
}

// finds fails the test unless something wrong is found that says so, with that remedy.
func (d *deployment) finds(says, remedy string) {
	d.t.Helper()
	var wrong []string
	for _, f := range doctor.Examine(d.t.Context(), d.Deployment) {
		if f.Grade == doctor.Wrong {
			if regexp.MustCompile(says).MatchString(f.Says) && strings.Contains(f.Remedy, remedy) {
				d.t.Logf("%s: %s. %s", f.About, f.Says, f.Remedy)
				return
			}
			wrong = append(wrong, fmt.Sprintf("%s: %s. %s", f.About, f.Says, f.Remedy))
		}
	}
	d.t.Errorf("nothing says %q with the remedy %q; wrong is\n%s", says, remedy, strings.Join(wrong, "\n"))
}

// forbid takes the right to publish a subject from the user.
func (d *deployment) forbid(subject string) {
	p := d.rules.Rights[brokertest.ManagerWithConnector]
	var left []string
	for _, s := range p.Publish.Allow {
		if s != subject {
			left = append(left, s)
		}
	}
	p.Publish.Allow = left
}

// keepElsewhere makes a stream with the subject, on a broker that asks nobody who they are.
func (d *deployment) keepElsewhere(name, subject string) {
	d.t.Helper()
	conn, err := nats.Connect(d.BrokerURL)
	if err != nil {
		d.t.Fatal(err)
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err == nil {
		_, err = js.CreateStream(d.t.Context(), jetstream.StreamConfig{Name: name, Subjects: []string{subject}})
	}
	if err != nil {
		d.t.Fatal(err)
	}
}

// closed is an address where nobody listens.
func closed(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
