package connector

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/bus"
)

// A gateway, a watchdog or a proxy would act on each of these.
func TestNoHeaderOfAnEventThatOthersActOnReachesTheFunction(t *testing.T) {
	for _, name := range []string{
		"Accept", "Accept-Encoding", "Authorization", "Connection", "Content-Encoding", "Content-Length", "Cookie", "Expect", "Forwarded", "Host",
		"Keep-Alive", "Linkwell-Function", "Nats-Msg-Id", "Nats-Rollup", "Proxy-Authorization", "Te", "Trailer", "Transfer-Encoding", "Upgrade",
		"User-Agent", "X-Callback-Url", "X-Connector", "X-Duration-Seconds", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto",
		"X-Http-Method-Override", "X-Openfaas-Internal", "X-Real-Ip", "X-Start-Time", "X-Timeout", "X-Topic",
	} {
		for _, spelled := range []string{name, lower(name)} {
			got := callHeader(bus.Message{Header: map[string][]string{spelled: {"event's own"}}, Published: time.Unix(0, 0)})
			if values := got.Values(name); len(values) != 0 {
				t.Errorf("%s reaches the function as %q", spelled, values)
			}
		}
	}
}

// What names the event cannot be set by the event.
func TestAnEventCannotSayWhereItComesFrom(t *testing.T) {
	m := bus.Message{Subject: "orders", Stream: "ORDERS", Sequence: 7, Consumer: "f__orders", Deliveries: 2, Published: time.Unix(0, 0)}
	names := []string{"X-Call-Id", "Idempotency-Key", "X-Nats-Subject", "X-Nats-Stream", "X-Nats-Stream-Seq", "X-Nats-Consumer", "X-Nats-Msg-Id", "X-Nats-Delivery-Attempt", "X-Nats-Published"}
	m.Header = make(map[string][]string)
	for _, name := range names {
		m.Header[name] = []string{"forged"}
		m.Header[lower(name)] = []string{"forged"}
	}
	got := callHeader(m)
	for _, name := range names {
		if values := got.Values(name); len(values) != 1 || values[0] == "forged" {
			t.Errorf("%s is %q", name, values)
		}
	}
}

func TestWhatAFunctionNeedsOfAnEventsHeaderReachesIt(t *testing.T) {
	header := map[string][]string{"ce-id": {"1"}, "Ce-Type": {"t"}, "content-type": {"application/json"}, "traceparent": {"00-a-b-01"}, "tracestate": {"a=b"}}
	got := callHeader(bus.Message{Header: header})
	for name, values := range header {
		if got.Get(name) != values[0] {
			t.Errorf("%s is %q, want %q", name, got.Get(name), values[0])
		}
	}
}

func lower(name string) string { return strings.ToLower(name) }

// The function's golden file of this call must be the call that is made.
func TestTheGoldenCallOfOpenFaaSIsOurs(t *testing.T) {
	golden, err := os.ReadFile("../../template/golang-http/testdata/homes/openfaas_event.http")
	if err != nil {
		t.Fatal(err)
	}
	id := "0f6c0f6c0f6c0f6c0f6c0f6c0f6c0f6c"
	m := bus.Message{
		Subject: event.SubjectAdded, Stream: event.StreamRequests, Sequence: 7, Consumer: "link-checker_openfaas-fn__link_added", Deliveries: 1, Published: now,
		Header: event.Attributes{ID: id, Type: event.TypeAdded, Source: "link-manager", Time: now, Expires: now.Add(5 * time.Minute)}.Header(),
	}
	m.Header[event.HeaderTraceParent] = []string{"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
	for name, values := range callHeader(m) {
		if !strings.Contains(string(golden), "\n"+name+": "+values[0]+"\n") {
			t.Errorf("it has no %s: %s", name, values[0])
		}
	}
}
