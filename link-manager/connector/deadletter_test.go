package connector_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/bus"
	"github.com/linkwell/linkwell/link-manager/connector"
	"github.com/linkwell/linkwell/link-manager/deadletter"
)

func refuse(w http.ResponseWriter, c call) {
	accept(w, c)
	w.WriteHeader(http.StatusBadRequest)
}

// A letter is the event and some headers more, so what just fits as an event does not fit as a letter.
func TestAnEventThatIsTooLargeForALetterIsGivenUpAllTheSame(t *testing.T) {
	const most = 1 << 20 // the broker's limit
	for name, large := range map[string]func(n int) (header map[string][]string, body string){
		"its body": func(n int) (map[string][]string, string) {
			return event.Attributes{ID: "id1", Type: event.TypeAdded}.Header(), strings.Repeat("a", n)
		},
		"its headers": func(n int) (map[string][]string, string) {
			header := event.Attributes{ID: "id1", Type: event.TypeAdded}.Header()
			header["note"] = []string{strings.Repeat("a", n/16)}
			return header, "a"
		},
		"its id": func(n int) (map[string][]string, string) {
			return event.Attributes{ID: strings.Repeat("a", n/64), Type: event.TypeAdded}.Header(), "a"
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := newGateway(t, map[string]string{"link-checker": "link.added"}, refuse)
			r := start(t, g.URL)
			for n := most; ; n -= 100 {
				if n < most/2 {
					t.Fatal("no event fits")
				}
				header, body := large(n)
				if r.bus.Publish(t.Context(), event.SubjectAdded, header, []byte(body)) == nil {
					break
				}
			}
			got := r.dead()
			letter := deadletter.Decode(bus.Message{Header: got.Header, Body: got.Data})
			if want := "the function answered 400"; !strings.Contains(letter.Reason, want) || letter.Stream != event.StreamRequests || letter.Sequence != 1 {
				t.Errorf("the letter says %q, %s %d", letter.Reason, letter.Stream, letter.Sequence)
			}
			eventually(t, "nothing is pending", func() bool { return r.pending(durable) == 0 })
			if calls := len(g.seen()); calls != 1 {
				t.Errorf("the function was called %d times", calls)
			}
		})
	}
}

// It is the way of a connector that runs alone before somebody made a stream for letters.
func TestAnEventWhoseLetterIsNotKeptStaysAndItsFunctionIsNotCalledAgain(t *testing.T) {
	g := newGateway(t, map[string]string{"link-checker": "link.added"}, refuse)
	var alone *connector.Connector
	r := startConnector(t, g.URL, func(c *connector.Connector) { alone = c })
	r.stop()
	js := r.jetStream()
	if err := js.DeleteStream(t.Context(), event.StreamDead); err != nil {
		t.Fatal(err)
	}
	guest, err := bus.Connect(t.Context(), bus.Config{InProcess: r.broker, Name: "connector", Logger: r.Logger})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(guest.Close)
	c := &connector.Connector{
		Bus: guest, GatewayURL: alone.GatewayURL, Streams: alone.Streams, Concurrency: 8, CallTimeout: alone.CallTimeout,
		AckWait: alone.AckWait, LookupInterval: alone.LookupInterval, Outcomes: r.outcomes, Logger: alone.Logger,
	}
	run(t, c)
	r.publish("id1", "a", event.Attributes{})
	eventually(t, "it was tried to keep the letter twice", func() bool { return r.outcomes.of("retry") >= 2 })
	if calls, pending := len(g.seen()), r.pending(durable); calls != 1 || pending != 1 {
		t.Errorf("%d calls, %d events are pending", calls, pending)
	}
	if _, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: event.StreamDead, Subjects: []string{"link.dead.>"}}); err != nil {
		t.Fatal(err)
	}
	if reason := r.dead().Header.Get("Linkwell-Dead-Reason"); reason != "the function answered 400" {
		t.Errorf("the reason is %q", reason)
	}
	eventually(t, "nothing is pending", func() bool { return r.pending(durable) == 0 })
	if calls := len(g.seen()); calls != 1 {
		t.Errorf("the function was called %d times", calls)
	}
}

// NATS allows control characters in subjects, HTTP none in headers: such an event never reached its function, and a few of
// them opened its circuit for all others.
func TestAnEventWhoseSubjectHTTPCannotCarryIsADeadLetter(t *testing.T) {
	g := newGateway(t, map[string]string{"shipper": "orders.*"}, accept)
	r := startConnector(t, g.URL, func(c *connector.Connector) { c.Streams = []string{"ORDERS"} })
	js := r.jetStream()
	if _, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "ORDERS", Subjects: []string{"orders.>"}}); err != nil {
		t.Fatal(err)
	}
	for _, subject := range []string{"orders.\x01", "orders.\u00e9", "orders.7,8"} {
		if _, err := js.Publish(t.Context(), subject, []byte("a")); err != nil {
			t.Fatal(err)
		}
	}
	if letter := r.dead().Header; letter.Get("Linkwell-Dead-Subject") != "orders.\x01" || letter.Get("Linkwell-Dead-Attempts") != "0" {
		t.Errorf("the letter is %v", letter)
	}
	eventually(t, "the others are done", func() bool { return r.outcomes.of("ack") == 2 })
	if failed := r.outcomes.of("infrastructure"); failed != 0 {
		t.Errorf("%d calls did not leave this process", failed)
	}
}

// The body holds a URL that somebody saved, and the answer may repeat it; letters are listed, logged and told to the
// broker's operators.
func TestTheReasonOfALetterTellsNoBodyAndNoURL(t *testing.T) {
	const secret = "s3cr3t"
	g := newGateway(t, map[string]string{"link-checker": "link.added"}, func(w http.ResponseWriter, c call) {
		accept(w, c)
		w.Header().Set("X-Why", c.body)
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte("cannot read " + c.body))
	})
	r := start(t, g.URL)
	r.publish("id1", `{"url":"https://user:`+secret+`@example.com/?token=`+secret+`"}`, event.Attributes{})
	letter := r.dead()
	for name, values := range letter.Header {
		if strings.Contains(strings.Join(values, " "), secret) {
			t.Errorf("%s is %q", name, values)
		}
	}
	if reason := letter.Header.Get("Linkwell-Dead-Reason"); reason != "the function answered 400" {
		t.Errorf("reason is %q", reason)
	}
}

func TestAnEventForOneFunctionIsBroughtToNoOther(t *testing.T) {
	g := newGateway(t, map[string]string{"link-checker": "link.added", "archiver": "link.added"}, accept)
	r := start(t, g.URL)
	header := event.Attributes{ID: "id1", Type: event.TypeAdded}.Header()
	header[event.HeaderOnly] = []string{"archiver.openfaas-fn"}
	if err := r.bus.Publish(t.Context(), event.SubjectAdded, header, []byte("again")); err != nil {
		t.Fatal(err)
	}
	r.publish("id2", "for both", event.Attributes{})
	eventually(t, "all is settled", func() bool { return r.outcomes.of("ack") == 3 && r.outcomes.of("skipped") == 1 })
	for _, c := range g.seen() {
		if c.body == "again" && c.function != "archiver.openfaas-fn" {
			t.Errorf("%s was called", c.function)
		}
	}
	eventually(t, "nothing is pending", func() bool {
		return r.pending(durable) == 0 && r.pending("archiver_openfaas-fn__link_added") == 0
	})
}
