package connector

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/bus"
)

// letters keeps what is published.
type letters struct {
	Bus
	mutex sync.Mutex
	kept  []map[string][]string
}

func (l *letters) Publish(_ context.Context, _ string, header map[string][]string, _ []byte) error {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.kept = append(l.kept, header)
	return nil
}

func (l *letters) reasons() (reasons []string) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for _, header := range l.kept {
		reasons = append(reasons, first(header["Linkwell-Dead-Reason"]))
	}
	return reasons
}

type uncounted struct{}

func (uncounted) Count(_, _, _ string) {}

// desk delivers events one by one, on a clock that is moved by hand.
type desk struct {
	*serving
	clock   *ticking
	letters *letters
}

// newDesk has a gateway whose function does what its events' bodies say: a status, or crash.
func newDesk(t *testing.T) *desk {
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body string
		_, _ = fmt.Fscan(r.Body, &body)
		if body == "crash" {
			panic(http.ErrAbortHandler)
		}
		var status int
		_, _ = fmt.Sscan(body, &status)
		if status != http.StatusUnauthorized {
			w.Header().Set(event.HeaderFunction, "test")
		}
		w.WriteHeader(status)
	}))
	t.Cleanup(gateway.Close)
	d := &desk{clock: &ticking{now}, letters: &letters{}}
	calls := newCallClient(8, 10*time.Second)
	t.Cleanup(calls.CloseIdleConnections)
	d.serving = newServing(&Connector{
		Bus: d.letters, GatewayURL: gateway.URL, Concurrency: 8, Now: d.clock.now, Outcomes: uncounted{},
		Logger: slog.New(slog.NewTextHandler(t.Output(), nil)),
	}, calls)
	return d
}

// to is a delivery to a function of that name.
func (d *desk) to(name string, annotations map[string]string) *delivery {
	d.notices.begin()
	d.readPolicy(name, annotations)
	return d.delivery(subscription{name, "orders"}, "ORDERS")
}

func sent(sequence uint64, body string) bus.Message {
	return bus.Message{Subject: "orders", Stream: "ORDERS", Sequence: sequence, Body: []byte(body)}
}

func TestAnEventThatFailsAloneTenTimesIsPoison(t *testing.T) {
	d := newDesk(t)
	to := d.to("function", nil)
	for failure := 1; ; failure++ {
		disposition, counted := to.deliver(t.Context(), sent(1, "crash"))
		if failure <= poisonFailures { // nobody succeeded before the first
			if counted != string(unanswered) {
				t.Fatalf("failure %d is counted as %s", failure, counted)
			}
		} else {
			if counted != string(hopeless) || disposition.String() != "drop: poison" {
				t.Fatalf("failure %d: %v, %s", failure, disposition, counted)
			}
			break
		}
		if _, counted := to.deliver(t.Context(), sent(2, "200")); counted != string(done) {
			t.Fatalf("another event is %s", counted)
		}
		d.clock.pass(time.Minute)
	}
	if got := d.letters.reasons(); len(got) != 1 || got[0] != "poison" {
		t.Errorf("dead letters: %v", got)
	}
}

func TestAnEventThatFailsLikeAllOthersIsNoPoison(t *testing.T) {
	d := newDesk(t)
	to := d.to("function", nil)
	for range 10 * poisonFailures {
		for sequence := range uint64(3) {
			if _, counted := to.deliver(t.Context(), sent(sequence, "crash")); counted != string(unanswered) && counted != "held" {
				t.Fatalf("an event is counted as %s", counted)
			}
		}
		d.clock.pass(time.Minute)
	}
	if got := d.letters.reasons(); len(got) != 0 {
		t.Errorf("dead letters: %v", got)
	}
}

func TestAGatewayThatLetsNobodyInKeepsTheEventsOfAllFunctions(t *testing.T) {
	d := newDesk(t)
	one, other := d.to("one", nil), d.to("other", nil)
	one.deliver(t.Context(), sent(1, "401"))
	if more, again := other.Admit(0); more != 0 || again <= 0 {
		t.Errorf("another function's events are asked for: %d", more)
	}
	if disposition, counted := other.deliver(t.Context(), sent(2, "200")); counted != "held" {
		t.Errorf("another function was called: %v, %s", disposition, counted)
	}
	d.clock.pass(circuitWaitMax)
	if more, _ := other.Admit(0); more != 1 {
		t.Errorf("%d events are tried", more)
	}
	if _, counted := other.deliver(t.Context(), sent(2, "200")); counted != string(done) {
		t.Errorf("the try is counted as %s", counted)
	}
	if more, _ := one.Admit(0); more != 8 {
		t.Errorf("after it %d events are asked for", more)
	}
}

func TestAFunctionThatIsNotReachedKeepsOnlyItsOwnEvents(t *testing.T) {
	d := newDesk(t)
	one, other := d.to("one", nil), d.to("other", nil)
	for sequence := range uint64(circuitFailures) {
		one.deliver(t.Context(), sent(sequence, "crash"))
	}
	if more, _ := one.Admit(0); more != 0 {
		t.Errorf("%d events are asked for", more)
	}
	if more, _ := other.Admit(0); more != 8 {
		t.Errorf("%d events of another function are asked for", more)
	}
}

func TestTheFunctionsConcurrencyLimitsWhatIsAskedFor(t *testing.T) {
	d := newDesk(t)
	to := d.to("function", nil)
	to.deliver(t.Context(), sent(1, "503"))
	if more, _ := to.Admit(0); more != 4 {
		t.Errorf("after an overload %d events are asked for, want 4", more)
	}
	if more, again := to.Admit(4); more != 0 || again <= 0 {
		t.Errorf("%d more are asked for while 4 are out; ask again in %v", more, again)
	}
}

func TestAFunctionsAnnotationsSayHowItsEventsAreTriedAgain(t *testing.T) {
	d := newDesk(t)
	to := d.to("function", map[string]string{annotationAttempts: "2", annotationCodes: "400", annotationMinWait: "1m"})
	disposition, counted := to.deliver(t.Context(), sent(1, "400"))
	if wait := disposition.String(); counted != string(again) || !strings.HasPrefix(wait, "retry after 1m") {
		t.Errorf("the first answer: %s, %s", wait, counted)
	}
	if _, counted := to.deliver(t.Context(), sent(1, "400")); counted != string(hopeless) {
		t.Errorf("the second answer is counted as %s", counted)
	}
	if _, counted := to.deliver(t.Context(), sent(2, "500")); counted != string(hopeless) {
		t.Errorf("a code that is not listed is counted as %s", counted)
	}
}

func TestAnEventOfAStreamThatWasMadeAnewHasAllItsAttempts(t *testing.T) {
	d := newDesk(t)
	to := d.to("function", map[string]string{annotationAttempts: "2"})
	before, after := sent(1, "500"), sent(1, "500")
	before.Published, after.Published = now, now.Add(time.Minute)
	if _, counted := to.deliver(t.Context(), before); counted != string(again) {
		t.Fatalf("the first answer is counted as %s", counted)
	}
	if _, counted := to.deliver(t.Context(), after); counted != string(again) {
		t.Errorf("the first answer to another event in its place is counted as %s", counted)
	}
}

func TestRetriesEndBeforeTheEventExpires(t *testing.T) {
	d := newDesk(t)
	to := d.to("function", map[string]string{annotationMinWait: "10s"})
	for after, want := range map[time.Duration]string{time.Minute: string(again), 5 * time.Second: "expired"} {
		m := sent(uint64(after), "500")
		m.Header = event.Attributes{Expires: d.clock.now().Add(after)}.Header()
		if _, counted := to.deliver(t.Context(), m); counted != want {
			t.Errorf("an event that expires in %v is counted as %s, want %s", after, counted, want)
		}
	}
}

func TestACallThatIsCutAtTheEndGoesBackAtOnce(t *testing.T) {
	d := newDesk(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if disposition, _ := d.to("function", nil).deliver(ctx, sent(1, "200")); disposition != bus.Retry(0) {
		t.Errorf("it is %v", disposition)
	}
}
