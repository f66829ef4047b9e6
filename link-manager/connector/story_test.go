package connector_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/connector"
)

func TestAFunctionGetsTheEventsOfItsPattern(t *testing.T) {
	for pattern, want := range map[string][]string{
		"orders.*.paid":                 {"orders.7.paid", "orders.8.paid"},
		"orders.>":                      {"orders.7.made", "orders.7.paid", "orders.8.paid"},
		"orders.7.made, orders.8.*":     {"orders.7.made", "orders.8.paid"},
		">":                             {"orders.7.made", "orders.7.paid", "orders.8.paid"},
		"*.7.*":                         {"orders.7.made", "orders.7.paid"},
		"link.>, orders.8.paid, orders": {"orders.8.paid"},
	} {
		t.Run(pattern, func(t *testing.T) {
			g := newGateway(t, map[string]string{"shipper": "none"}, accept)
			r := startConnector(t, g.URL, func(c *connector.Connector) { c.Streams = []string{"ORDERS"} })
			if _, err := r.jetStream().CreateStream(t.Context(), jetstream.StreamConfig{Name: "ORDERS", Subjects: []string{"orders.>"}}); err != nil {
				t.Fatal(err)
			}
			g.set(func(g *gateway) { g.functions = map[string]string{"shipper": pattern} })
			for _, subject := range []string{"orders.7.made", "orders.7.paid", "orders.8.paid"} {
				if err := r.bus.Publish(t.Context(), subject, nil, []byte(subject)); err != nil {
					t.Fatal(err)
				}
			}
			eventually(t, "the events are done", func() bool { return r.outcomes.of("ack") >= len(want) })
			r.stop()
			got := make(map[string]bool)
			for _, c := range g.seen() {
				got[c.body] = true
				if topic, subject := c.header.Values("X-Topic"), c.header.Get("X-Nats-Subject"); len(topic) != 1 || topic[0] != c.body || subject != c.body {
					t.Errorf("the event of %s says its topic is %q and its subject %q", c.body, topic, subject)
				}
			}
			if len(got) != len(want) || len(g.seen()) != len(want) {
				t.Errorf("the function saw %v, want %v", got, want)
			}
			for _, subject := range want {
				if !got[subject] {
					t.Errorf("the function did not see %s", subject)
				}
			}
		})
	}
}

// More events hang than there may be calls, and they come again before all others.
func TestEventsThatBreakTheFunctionHoldUpNobody(t *testing.T) {
	for name, breaks := range map[string]func(w http.ResponseWriter, r *http.Request){
		"they hang it": func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // net/http notices that the caller is gone only after the body
			<-r.Context().Done()
		},
		"they crash it": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // most of it is waiting
			g := newGateway(t, map[string]string{"link-checker": "link.added"}, nil)
			g.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.Header.Get("X-Call-Id"), "-breaks") {
					breaks(w, r)
					return
				}
				g.ServeHTTP(w, r)
			})
			g.answer = accept
			r := startConnector(t, g.URL, func(c *connector.Connector) { c.CallTimeout, c.Concurrency = 300*time.Millisecond, 4 })
			for i := range 12 {
				r.publish(fmt.Sprint(i, "-breaks"), "a", event.Attributes{})
			}
			eventually(t, "the circuit had reason to open", func() bool { return r.outcomes.of("infrastructure") >= 8 })
			for i := range 3 {
				begun := time.Now()
				r.publish(fmt.Sprint(i), "a", event.Attributes{})
				eventually(t, "a good event is done", func() bool { return r.outcomes.of("ack") == i+1 })
				if took := time.Since(begun); took > 20*time.Second {
					t.Errorf("good event %d took %v", i, took)
				}
			}
		})
	}
}

// The first of two connectors is stopped in the middle; what it had goes to the second long before its AckWait is over.
func TestAConnectorThatStopsHandsOver(t *testing.T) {
	const events, ackWait = 2000, 10 * time.Minute
	slow := make(chan struct{})
	var mutex sync.Mutex
	done := make(map[string]int)
	g := newGateway(t, map[string]string{"link-checker": "link.added"}, nil)
	g.answer = func(w http.ResponseWriter, c call) {
		mutex.Lock()
		done[c.body]++
		n := len(done)
		mutex.Unlock()
		if n%20 == 0 { // some calls are under way when the first connector stops, and outlast its grace
			select {
			case <-slow:
			case <-time.After(time.Second):
			}
		}
		accept(w, c)
	}
	r := startConnector(t, g.URL, func(c *connector.Connector) { c.AckWait, c.Grace = ackWait, 100*time.Millisecond })
	for i := range events {
		r.publish(fmt.Sprint("id", i), fmt.Sprint(i), event.Attributes{})
	}
	eventually(t, "some events are done", func() bool { return r.outcomes.of("ack") > events/10 })
	outcomes := &outcomes{}
	second := &connector.Connector{
		Bus: r.bus, GatewayURL: g.URL, Streams: r.Streams, Concurrency: 8, CallTimeout: r.CallTimeout,
		AckWait: ackWait, LookupInterval: r.LookupInterval, Outcomes: outcomes, Logger: r.Logger,
	}
	run(t, second)
	eventually(t, "the second connector has events too", func() bool { return outcomes.of("ack") > 0 })
	begun := time.Now()
	r.stop()
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("the first connector took %v to stop", took)
	}
	close(slow)
	eventually(t, "nothing is pending", func() bool { return r.pending(durable) == 0 })
	mutex.Lock()
	defer mutex.Unlock()
	if len(done) != events {
		t.Errorf("%d events of %d reached the function", len(done), events)
	}
}

func TestAGatewayThatSuddenlyListsNothingIsNotBelieved(t *testing.T) {
	for name, page := range map[string]string{"an empty list": "[]", "null": "null", "another function": `[{"name":"other"}]`} {
		t.Run(name, func(t *testing.T) {
			g := newGateway(t, map[string]string{"link-checker": "link.added"}, accept)
			r := start(t, g.URL)
			eventually(t, "the function is found", func() bool { return r.State().Functions == 1 })
			g.set(func(g *gateway) { g.page = page })
			asked := r.State().At
			eventually(t, "the gateway was asked again", func() bool { return r.State().At.Sub(asked) > 4*r.LookupInterval })
			r.publish("id1", "a", event.Attributes{})
			eventually(t, "the event is done", func() bool { return r.outcomes.of("ack") == 1 })
			if state := r.State(); state.Functions != 1 || state.Err != nil {
				t.Errorf("the state is %+v", state)
			}
		})
	}
}

// lines is a log.
type lines struct {
	mutex sync.Mutex
	bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.Buffer.Write(p)
}

func (l *lines) count(text string) int {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return strings.Count(l.String(), text)
}

func TestWhatIsWrongWithAFunctionIsSaidOnceAndAgainIfItChanges(t *testing.T) {
	g := newGateway(t, map[string]string{"bad name": "link.added", "link-checker": "link.added", strings.Repeat("a", 300): "link.added", "elsewhere": "orders"}, accept)
	g.annotated = map[string]string{"com.openfaas.retry.attempts": "ten"}
	var log lines
	r := startConnector(t, g.URL, func(c *connector.Connector) {
		c.Logger, c.LookupInterval = slog.New(slog.NewTextHandler(&log, nil)), 5*time.Millisecond
	})
	several := func() {
		t.Helper()
		asked := r.State().At
		eventually(t, "the gateway was asked again and again", func() bool { return r.State().At.Sub(asked) > 20*r.LookupInterval })
	}
	several()
	if got := r.State().Functions; got != 1 {
		t.Errorf("%d functions are served", got)
	}
	for text, want := range map[string]int{
		"a function's name has only":          1,
		"NATS allows 255":                     1,
		"keeps the subject":                   1,
		"com.openfaas.retry.attempts is":      4, // once for each function
		"function=link-checker.openfaas-fn\n": 1,
	} {
		if got := log.count(text); got != want {
			t.Errorf("%q is said %d times, want %d", text, got, want)
		}
	}
	g.set(func(g *gateway) { g.annotated = map[string]string{"com.openfaas.retry.attempts": "eleven"} })
	several()
	if got := log.count("eleven"); got != 4 {
		t.Errorf("the change is said %d times", got)
	}
}
