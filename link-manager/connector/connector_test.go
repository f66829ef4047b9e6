package connector_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"

	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/bus"
	"github.com/linkwell/linkwell/link-manager/connector"
	"github.com/linkwell/linkwell/link-manager/embedded"
)

func TestMain(m *testing.M) {
	// The connector-sdk writes a line for each call.
	log.SetOutput(io.Discard)
	goleak.VerifyTestMain(m)
}

// call is what a function saw of one call.
type call struct {
	function string
	body     string
	header   http.Header
}

// gateway is a stand-in for an OpenFaaS gateway: it lists functions and hands each call to answer.
type gateway struct {
	*httptest.Server
	mutex     sync.Mutex
	functions map[string]string // name → topic
	annotated map[string]string // further annotations of every function
	listing   int               // status of the list; 0 means 200
	page      string            // answered instead of the list
	password  string            // of the user admin, for the list; empty asks for none
	answer    func(w http.ResponseWriter, c call)
	calls     []call
}

func newGateway(t *testing.T, functions map[string]string, answer func(w http.ResponseWriter, c call)) *gateway {
	g := &gateway{functions: functions, answer: answer}
	g.Server = httptest.NewServer(g)
	t.Cleanup(g.Close)
	return g
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/system/namespaces":
		fmt.Fprint(w, `["openfaas-fn"]`)
	case r.URL.Path == "/system/functions":
		g.list(w, r)
	default:
		body, _ := io.ReadAll(r.Body)
		c := call{strings.TrimPrefix(r.URL.Path, "/function/"), string(body), r.Header}
		g.mutex.Lock()
		g.calls = append(g.calls, c)
		answer := g.answer
		g.mutex.Unlock()
		answer(w, c)
	}
}

func (g *gateway) list(w http.ResponseWriter, r *http.Request) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if _, password, _ := r.BasicAuth(); password != g.password {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if g.page != "" {
		fmt.Fprint(w, g.page)
		return
	}
	if g.listing != 0 {
		w.WriteHeader(g.listing)
	}
	var list []map[string]any
	for name, topic := range g.functions {
		annotations := maps.Clone(g.annotated)
		if annotations == nil {
			annotations = make(map[string]string)
		}
		annotations["topic"] = topic
		list = append(list, map[string]any{"name": name, "annotations": annotations})
	}
	_ = json.NewEncoder(w).Encode(list)
}

func (g *gateway) set(change func(g *gateway)) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	change(g)
}

func (g *gateway) seen() []call {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	return slices.Clone(g.calls)
}

// accept answers as a function that did what it was asked.
func accept(w http.ResponseWriter, _ call) { w.Header().Set(event.HeaderFunction, "test") }

// outcomes counts outcomes.
type outcomes struct {
	mutex sync.Mutex
	count map[string]int
}

func (o *outcomes) Count(_, _, outcome string) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if o.count == nil {
		o.count = make(map[string]int)
	}
	o.count[outcome]++
}

func (o *outcomes) of(outcome string) int {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.count[outcome]
}

// rig is a connector between a broker and a gateway.
type rig struct {
	t        *testing.T
	broker   *embedded.Broker
	bus      *bus.Bus
	outcomes *outcomes
	stop     func()
	*connector.Connector
}

func start(t *testing.T, gatewayURL string) *rig { return startAuthorized(t, gatewayURL, "") }

// startAuthorized starts a connector that finds the gateway's password in a folder.
func startAuthorized(t *testing.T, gatewayURL, credentialsFolder string) *rig {
	return startConnector(t, gatewayURL, func(c *connector.Connector) { c.CredentialsFolder = credentialsFolder })
}

// startConnector starts a connector that differs from the others.
func startConnector(t *testing.T, gatewayURL string, differ func(c *connector.Connector)) *rig {
	logger := slog.New(slog.NewTextHandler(t.Output(), nil))
	broker, err := embedded.StartBroker(t.Context(), embedded.BrokerConfig{Dir: t.TempDir(), Logger: logger})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Close)
	b, err := bus.Connect(t.Context(), bus.Config{InProcess: broker, Name: "connector", Streams: event.Streams(time.Minute), Logger: logger})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	if err := b.EnsureStreams(t.Context()); err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, broker: broker, bus: b, outcomes: &outcomes{}}
	r.Connector = &connector.Connector{
		Bus: b, GatewayURL: gatewayURL, Streams: []string{event.StreamRequests}, Concurrency: 8,
		CallTimeout: 5 * time.Second, AckWait: 2 * time.Second, LookupInterval: 50 * time.Millisecond,
		Outcomes: r.outcomes, Logger: logger,
	}
	differ(r.Connector)
	r.stop = run(t, r.Connector)
	return r
}

// run runs a connector until the test ends or stop is called.
func run(t *testing.T, c *connector.Connector) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); c.Run(ctx) }()
	stop = sync.OnceFunc(func() { cancel(); <-done })
	t.Cleanup(stop)
	return stop
}

func (r *rig) publish(id, body string, attributes event.Attributes) {
	r.t.Helper()
	attributes.ID, attributes.Type = id, event.TypeAdded
	header := attributes.Header()
	header["Accept"] = []string{"text/event-stream"}
	if err := r.bus.Publish(r.t.Context(), event.SubjectAdded, header, []byte(body)); err != nil {
		r.t.Fatal(err)
	}
}

// eventually waits until what holds; the test's own deadline ends it.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !holds() {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// pending is how many events a consumer has not settled.
func (r *rig) pending(durable string) int {
	r.t.Helper()
	js := r.jetStream()
	consumer, err := js.Consumer(r.t.Context(), event.StreamRequests, durable)
	if err != nil {
		return -1
	}
	info, err := consumer.Info(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	return int(info.NumPending) + info.NumAckPending
}

func (r *rig) jetStream() jetstream.JetStream {
	r.t.Helper()
	conn, err := r.broker.Connect()
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(conn.Close)
	js, err := jetstream.New(conn)
	if err != nil {
		r.t.Fatal(err)
	}
	return js
}

// dead is the first dead letter.
func (r *rig) dead() *jetstream.RawStreamMsg {
	r.t.Helper()
	stream, err := r.jetStream().Stream(r.t.Context(), event.StreamDead)
	if err != nil {
		r.t.Fatal(err)
	}
	var letter *jetstream.RawStreamMsg
	eventually(r.t, "a dead letter", func() bool {
		letter, err = stream.GetMsg(r.t.Context(), 1)
		return err == nil
	})
	return letter
}

const durable = "link-checker_openfaas-fn__link_added"

func TestEachFunctionGetsEachEventOnce(t *testing.T) {
	g := newGateway(t, map[string]string{"link-checker": "link.added", "archiver": "link.added", "other": "orders"}, accept)
	r := start(t, g.URL)
	for i := range 20 {
		r.publish(fmt.Sprint("id", i), fmt.Sprint("body", i), event.Attributes{})
	}
	eventually(t, "40 calls are done", func() bool { return r.outcomes.of("ack") == 40 })
	count := map[string]int{}
	for _, c := range g.seen() {
		count[c.function]++
	}
	if count["link-checker.openfaas-fn"] != 20 || count["archiver.openfaas-fn"] != 20 || len(count) != 2 {
		t.Errorf("calls by function: %v", count)
	}
	eventually(t, "nothing is pending", func() bool {
		return r.pending(durable) == 0 && r.pending("archiver_openfaas-fn__link_added") == 0
	})
}

func TestAFunctionIsToldWhereItsEventComesFrom(t *testing.T) {
	g := newGateway(t, map[string]string{"link-checker": "link.added"}, accept)
	r := start(t, g.URL)
	r.publish("id1", `{"url":"https://example.com"}`, event.Attributes{Source: "link-manager", Time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)})
	eventually(t, "the call is done", func() bool { return r.outcomes.of("ack") == 1 })
	got := g.seen()[0]
	if got.body != `{"url":"https://example.com"}` {
		t.Errorf("body is %s", got.body)
	}
	for name, want := range map[string]string{
		"Ce-Id": "id1", "Ce-Type": event.TypeAdded, "Ce-Source": "link-manager", "Ce-Specversion": "1.0", "Ce-Time": "2026-01-02T03:04:05Z",
		"Content-Type": "application/json", "X-Topic": "link.added", "X-Connector": "connector-sdk", "User-Agent": "linkwell-connector",
		"X-Call-Id": "id1", "Idempotency-Key": "id1",
		"X-Nats-Subject": "link.added", "X-Nats-Stream": event.StreamRequests, "X-Nats-Stream-Seq": "1", "X-Nats-Consumer": durable,
		"X-Nats-Msg-Id": "id1", "X-Nats-Delivery-Attempt": "1",
	} {
		if values := got.header.Values(name); len(values) != 1 || values[0] != want {
			t.Errorf("%s is %q, want %q once", name, values, want)
		}
	}
	if accepts := got.header.Get("Accept"); accepts != "" {
		t.Errorf("the event's own Accept %q went through; a watchdog acts on it", accepts)
	}
}

func TestAnEventTheFunctionCannotHandleNowComesAgain(t *testing.T) {
	var mutex sync.Mutex
	tries := 0
	g := newGateway(t, map[string]string{"link-checker": "link.added"}, func(w http.ResponseWriter, c call) {
		mutex.Lock()
		defer mutex.Unlock()
		accept(w, c)
		if tries++; tries < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	r := start(t, g.URL)
	r.publish("id1", "a", event.Attributes{})
	eventually(t, "the third try is done", func() bool { return r.outcomes.of("ack") == 1 })
	if retries := r.outcomes.of("retry"); retries != 2 {
		t.Errorf("%d retries", retries)
	}
}

func TestAnEventTheFunctionRefusesIsKeptAsADeadLetter(t *testing.T) {
	g := newGateway(t, map[string]string{"link-checker": "link.added"}, func(w http.ResponseWriter, c call) {
		accept(w, c)
		w.WriteHeader(http.StatusBadRequest)
	})
	r := start(t, g.URL)
	r.publish("id1", "nonsense", event.Attributes{})
	letter := r.dead()
	if letter.Subject != "link.dead.link-checker_openfaas-fn" || string(letter.Data) != "nonsense" {
		t.Errorf("%s: %s", letter.Subject, letter.Data)
	}
	for name, want := range map[string]string{
		"Nats-Msg-Id":            "id1/link-checker.openfaas-fn/1",
		"ce-id":                  "id1",
		"Linkwell-Dead-Reason":   "the function answered 400",
		"Linkwell-Dead-Function": "link-checker.openfaas-fn",
		"Linkwell-Dead-Subject":  "link.added",
		"Linkwell-Dead-Stream":   event.StreamRequests,
		"Linkwell-Dead-Sequence": "1",
		"Linkwell-Dead-Attempts": "1",
		"Linkwell-Dead-Status":   "400",
	} {
		if got := letter.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	eventually(t, "the event is ended", func() bool { return r.pending(durable) == 0 })
	if calls := len(g.seen()); calls != 1 {
		t.Errorf("%d calls", calls)
	}
}

func TestAnExpiredEventIsDroppedUncalled(t *testing.T) {
	g := newGateway(t, map[string]string{"link-checker": "link.added"}, accept)
	r := start(t, g.URL)
	r.publish("id1", "a", event.Attributes{Expires: time.Now().Add(-time.Second)})
	r.publish("id2", "b", event.Attributes{Expires: time.Now().Add(time.Minute)})
	eventually(t, "both are settled", func() bool { return r.outcomes.of("expired") == 1 && r.outcomes.of("ack") == 1 })
	if calls := g.seen(); len(calls) != 1 || calls[0].body != "b" {
		t.Errorf("calls are %v", calls)
	}
}

func TestNoEventIsLostWhileTheGatewayIsAway(t *testing.T) {
	g := newGateway(t, map[string]string{"link-checker": "link.added"}, accept)
	r := start(t, g.URL)
	r.publish("id0", "a", event.Attributes{})
	eventually(t, "the first call is done", func() bool { return r.outcomes.of("ack") == 1 })

	address := g.Listener.Addr().String()
	g.Server.Close()
	for i := range 10 {
		r.publish(fmt.Sprint("id", i+1), "a", event.Attributes{})
	}
	eventually(t, "the connector notices", func() bool { return r.State().Err != nil && r.outcomes.of("infrastructure") > 0 })

	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatalf("somebody took the gateway's port meanwhile: %v", err)
	}
	back := httptest.NewUnstartedServer(g)
	_ = back.Listener.Close()
	back.Listener = listener
	back.Start()
	t.Cleanup(back.Close)
	eventually(t, "all events are done", func() bool { return r.outcomes.of("ack") == 11 })
	eventually(t, "the state is good again", func() bool { return r.State().Err == nil })
}

func TestAGatewayThatBreaksItsListKeepsTheLastGoodMap(t *testing.T) {
	g := newGateway(t, map[string]string{"link-checker": "link.added"}, accept)
	r := start(t, g.URL)
	eventually(t, "the function is found", func() bool { return r.State().Functions == 1 })
	for _, status := range []int{http.StatusInternalServerError, http.StatusUnauthorized, http.StatusNotFound} {
		g.set(func(g *gateway) { g.listing = status })
		eventually(t, "the connector notices "+strconv.Itoa(status), func() bool {
			err := r.State().Err
			return err != nil && strings.Contains(err.Error(), strconv.Itoa(status))
		})
	}
	r.publish("id1", "a", event.Attributes{})
	eventually(t, "the event is done", func() bool { return r.outcomes.of("ack") == 1 })
}

func TestAGatewayThatAnswersAPageIsToldInALine(t *testing.T) {
	g := newGateway(t, map[string]string{"link-checker": "link.added"}, accept)
	g.page = "<html>" + strings.Repeat("é", 1<<20)
	r := start(t, g.URL)
	eventually(t, "the connector says so", func() bool { return r.State().Err != nil })
	if said := r.State().Err.Error(); len(said) > 500 || !utf8.ValidString(said) {
		t.Errorf("it says %d bytes: %.200q", len(said), said)
	}
}

func TestTheGatewaysPasswordMayChange(t *testing.T) {
	folder := t.TempDir()
	write := func(password string) {
		for name, content := range map[string]string{"basic-auth-user": "admin", "basic-auth-password": password} {
			if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	write("first")
	g := newGateway(t, map[string]string{"link-checker": "link.added"}, accept)
	g.set(func(g *gateway) { g.password = "first" })
	r := startAuthorized(t, g.URL, folder)
	eventually(t, "the function is found", func() bool { return r.State().Functions == 1 })
	g.set(func(g *gateway) { g.password = "second" })
	eventually(t, "the connector is refused", func() bool { return r.State().Err != nil })
	write("second")
	eventually(t, "the connector is let in again", func() bool { return r.State().Err == nil })
}

// NATS allows what HTTP does not; with it in a header no call would leave the process, and its event would be tried for ever.
func TestAnEventWithAHeaderThatHTTPCannotCarryIsDelivered(t *testing.T) {
	for name, header := range map[string]map[string][]string{
		"a control character in an attribute": {"ce-bad": {"a\x01b"}},
		"one in the id":                       {event.HeaderMessageID: {"a\x7fb"}},
		"one in the content type":             {"content-type": {"text/\x01"}},
	} {
		t.Run(name, func(t *testing.T) {
			g := newGateway(t, map[string]string{"link-checker": "link.added"}, accept)
			r := start(t, g.URL)
			if err := r.bus.Publish(t.Context(), event.SubjectAdded, header, []byte("body")); err != nil {
				t.Fatal(err)
			}
			eventually(t, "the event is done", func() bool { return r.outcomes.of("ack") == 1 })
			if calls := g.seen(); len(calls) != 1 || calls[0].body != "body" || calls[0].header.Get("Ce-Bad") != "" || calls[0].header.Get("X-Call-Id") == "" {
				t.Errorf("the function saw %+v", calls)
			}
		})
	}
}

func TestAFunctionThatComesLaterGetsWhatWaited(t *testing.T) {
	g := newGateway(t, nil, accept)
	r := start(t, g.URL)
	r.publish("id1", "a", event.Attributes{})
	eventually(t, "the gateway was asked", func() bool { return !r.State().At.IsZero() })
	if calls := len(g.seen()); calls != 0 {
		t.Fatalf("%d calls of nobody", calls)
	}
	g.set(func(g *gateway) { g.functions = map[string]string{"link-checker": "link.added"} })
	eventually(t, "the event is done", func() bool { return r.outcomes.of("ack") == 1 })
}

func TestAFunctionThatIsGoneIsNoLongerCalled(t *testing.T) {
	g := newGateway(t, map[string]string{"link-checker": "link.added", "archiver": "link.added"}, accept)
	r := start(t, g.URL)
	eventually(t, "both functions are served", func() bool { return r.State().Functions == 2 })
	g.set(func(g *gateway) { delete(g.functions, "link-checker") })
	eventually(t, "one function is gone", func() bool { return r.State().Functions == 1 })
	r.publish("id1", "a", event.Attributes{})
	eventually(t, "the other has its event", func() bool { return r.outcomes.of("ack") == 1 })
	for _, c := range g.seen() {
		if strings.HasPrefix(c.function, "link-checker") {
			t.Error("the function that is gone was called")
		}
	}
	g.set(func(g *gateway) { g.functions["link-checker"] = "link.added" })
	eventually(t, "it has its event when it is back", func() bool { return r.outcomes.of("ack") == 2 })
}

func TestOnlyTopicsThatAStreamKeepsAreServed(t *testing.T) {
	g := newGateway(t, map[string]string{"link-checker": "orders", "both": "link.added, link.due"}, accept)
	r := start(t, g.URL)
	eventually(t, "the gateway was asked", func() bool { return !r.State().At.IsZero() })
	if got := r.State().Functions; got != 2 {
		t.Errorf("%d (function, topic) pairs are served, want the two of the function with two topics", got)
	}
}

func TestAHungGatewayDoesNotHoldUpTheEnd(t *testing.T) {
	release := make(chan struct{})
	hung := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	t.Cleanup(hung.Close)
	t.Cleanup(func() { close(release) })
	c := &connector.Connector{GatewayURL: hung.URL, LookupInterval: time.Hour, Logger: slog.New(slog.DiscardHandler)}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); c.Run(ctx) }()
	cancel()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		t.Error("it waits for the gateway")
	}
}

func TestADeadLetterIsKeptWhateverItsEventAskedOfJetStream(t *testing.T) {
	g := newGateway(t, map[string]string{"link-checker": "link.added"}, func(w http.ResponseWriter, c call) {
		accept(w, c)
		w.WriteHeader(http.StatusBadRequest)
	})
	r := start(t, g.URL)
	if err := r.bus.Publish(t.Context(), event.SubjectAdded, map[string][]string{"Nats-Expected-Stream": {event.StreamRequests}}, []byte("a")); err != nil {
		t.Fatal(err)
	}
	letter := r.dead()
	if got := letter.Header.Get("Linkwell-Dead-Nats-Expected-Stream"); got != event.StreamRequests {
		t.Errorf("the event's own header is kept as %q", got)
	}
	if id := letter.Header.Get("Nats-Msg-Id"); !strings.HasPrefix(id, event.StreamRequests+"-1-") {
		t.Errorf("the id of an event that had none is %q", id)
	}
	eventually(t, "the event is ended", func() bool { return r.pending(durable) == 0 && r.outcomes.of("dead") == 1 })
}

func TestParseGatewayURL(t *testing.T) {
	for text, want := range map[string]string{
		"http://gateway.openfaas:8080":  "http://gateway.openfaas:8080",
		"http://gateway.openfaas:8080/": "http://gateway.openfaas:8080",
		"https://faas.example.com":      "https://faas.example.com",
	} {
		if got, err := connector.ParseGatewayURL(text); err != nil || got != want {
			t.Errorf("%q is %q, %v", text, got, err)
		}
	}
	for _, text := range []string{"gateway:8080", "http://", "http://gateway/path", "ftp://gateway", "http://admin:secret@gateway", "http://gateway?a=b", "%"} {
		if got, err := connector.ParseGatewayURL(text); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q is %q, %v", text, got, err)
		}
	}
}

func TestReadCredentials(t *testing.T) {
	folder := t.TempDir()
	if _, err := connector.ReadCredentials(folder); err == nil || !strings.Contains(err.Error(), "basic-auth-user") {
		t.Errorf("error is %v, want one that names the missing file", err)
	}
	for name, content := range map[string]string{"basic-auth-user": "admin\n", "basic-auth-password": "secret\n"} {
		if err := os.WriteFile(folder+"/"+name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := connector.ReadCredentials(folder)
	if err != nil || got.User != "admin" || got.Password != "secret" {
		t.Errorf("got %v, %v", got, err)
	}
	if none, err := connector.ReadCredentials(""); none != nil || err != nil {
		t.Errorf("got %v, %v", none, err)
	}
}
