//go:build !openfaas

package e2e_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	handler "github.com/openfaas/templates-sdk/go-http"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/api"
	"github.com/linkwell/linkwell/link-manager/deadletter"
	"github.com/linkwell/linkwell/link-manager/embedded"
)

// refusal is a function that says of every event that it will never handle it, until it is mended.
type refusal struct {
	mended atomic.Bool
	handle func(handler.Request) (handler.Response, error)
}

func (r *refusal) Handle(req handler.Request) (handler.Response, error) {
	if r.mended.Load() {
		return r.handle(req)
	}
	return handler.Response{StatusCode: http.StatusBadRequest, Header: http.Header{event.HeaderFunction: {"link-checker"}}, Body: []byte("no")}, nil
}

// startRefusal starts a gateway whose checker refuses everything.
func startRefusal(t *testing.T, b *broker) (*gateway, *refusal) {
	r := &refusal{handle: hostChecker(t, b)}
	return hostFunctions(t,
		embedded.Function{Name: "link-checker", Topic: "link.added", Handle: r.Handle},
		embedded.Function{Name: "link-rechecker", Topic: "link.due", Handle: r.Handle},
	), r
}

// deadLetters reads every dead letter there is.
func (l *linkwell) deadLetters() []api.DeadLetter {
	l.t.Helper()
	var page struct {
		Items      []api.DeadLetter `json:"items"`
		NextCursor *string          `json:"next_cursor"`
	}
	l.call("GET", "/v1/dead-letters?limit=1000", "", http.StatusOK, &page)
	return page.Items
}

// redrive redrives one and returns what that did.
func (l *linkwell) redrive(id uint64) deadletter.Redriven {
	l.t.Helper()
	var r api.Redriven
	l.call("POST", fmt.Sprintf("/v1/dead-letters/%d/redrive", id), "", http.StatusOK, &r)
	return r.Redriven
}

func (l *linkwell) metricsText() string {
	l.t.Helper()
	res, err := http.Get(l.Metrics)
	if err != nil {
		l.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		l.t.Fatal(err)
	}
	return string(text)
}

func TestALinkWhoseCheckWasRefusedIsCheckedOnceItsLetterIsRedriven(t *testing.T) {
	w, b := startWeb(t), startBroker(t)
	g, function := startRefusal(t, b)
	l := start(t, outside(t, b, g))
	saved, deleted := l.save(w.URL+"/page"), l.save(w.URL+"/deleted")
	var letters []api.DeadLetter
	eventually(t, "both leases have ended", func() bool {
		letters = l.deadLetters()
		return len(letters) == 2 && restsFor(l.get(saved.ID), 9*time.Minute) && restsFor(l.get(deleted.ID), 9*time.Minute)
	})
	if text := l.metricsText(); !strings.Contains(text, `linkwell_dead_letters{function="link-checker.openfaas-fn"} 2`+"\n") {
		t.Error("the metrics do not tell of them")
	}
	function.mended.Store(true)
	l.call("DELETE", "/v1/links/"+deleted.ID, "", http.StatusNoContent, nil)
	done := map[deadletter.Redriven]int{}
	for _, letter := range letters {
		done[l.redrive(letter.ID)]++
		l.call("POST", fmt.Sprintf("/v1/dead-letters/%d/redrive", letter.ID), "", http.StatusNotFound, nil)
	}
	if done[deadletter.Due] != 1 || done[deadletter.NobodyWaits] != 1 {
		t.Errorf("redriving did %v", done)
	}
	if got := l.settled(saved.ID); got.Status != check.Valid {
		t.Errorf("it is %s: %s", got.Status, got.Explanation)
	}
	if left := l.deadLetters(); len(left) != 0 {
		t.Errorf("left are %+v", left)
	}
	if text := l.metricsText(); strings.Contains(text, `linkwell_dead_letters{`) {
		t.Error("the metrics tell of letters that are gone")
	}
	if n := w.asked("/deleted"); n != 0 {
		t.Errorf("the deleted link's page was asked for %d times", n)
	}
}

// restsFor reports whether the link is to be checked again no sooner than after d.
func restsFor(l api.Link, d time.Duration) bool { return time.Until(*l.NextCheckAt) > d }

// The archiver's letter must not end the lease of the check that the checker is about to answer.
func TestAFunctionThatRefusesOurRequestsDoesNotKeepTheCheckerFromAnswering(t *testing.T) {
	w, b := startWeb(t), startBroker(t)
	refused := make(chan struct{})
	w.answer("/page", func(http.ResponseWriter, *http.Request) { <-refused })
	archiver := &refusal{}
	g := hostFunctions(t,
		embedded.Function{Name: "link-checker", Topic: "link.added", Handle: hostChecker(t, b)},
		embedded.Function{Name: "archiver", Topic: "link.added", Handle: archiver.Handle},
	)
	l := start(t, outside(t, b, g))
	saved, inside := l.save(w.URL+"/page"), b.look()
	eventually(t, "the archiver's letter is handled", func() bool {
		return len(l.deadLetters()) == 1 && inside.unhandledLetters() == 0
	})
	close(refused)
	if got := l.settled(saved.ID); got.Status != check.Valid {
		t.Errorf("it is %s: %s", got.Status, got.Explanation)
	}
}

func TestALetterThatIsWrittenOrLostWhileNobodyReadsLettersLeavesNoLinkStuck(t *testing.T) {
	for name, lost := range map[string]bool{"written": false, "lost": true} {
		t.Run(name, func(t *testing.T) {
			w, b := startWeb(t), startBroker(t)
			g, function := startRefusal(t, b)
			var later clock
			c := outside(t, b, g)
			c.NoConnector, c.Now = true, later.now
			l := start(t, c)
			id, inside := l.save(w.URL+"/page").ID, b.look()
			eventually(t, "the request is out", func() bool { return inside.kept(event.StreamRequests) == 1 })
			l.stop()
			startConnector(t, c, b)
			eventually(t, "the letter is written", func() bool { return inside.kept(event.StreamDead) == 1 })
			if lost {
				if err := inside.DeleteStream(t.Context(), event.StreamDead); err != nil {
					t.Fatal(err)
				}
			}
			function.mended.Store(true)
			l = start(t, c)
			if !lost {
				eventually(t, "the letter ends the lease", func() bool { return restsFor(l.get(id), 9*time.Minute) })
			}
			later.forward(11 * time.Minute)
			if got := l.settled(id); got.Status != check.Valid {
				t.Errorf("it is %s: %s", got.Status, got.Explanation)
			}
		})
	}
}

func TestALetterAboutACheckThatNobodyWaitsForChangesNothing(t *testing.T) {
	w, b := startWeb(t), startBroker(t)
	l := start(t, outside(t, b, startGateway(t, b)))
	before := l.settled(l.save(w.URL + "/page").ID)
	inside := b.look()
	for i, checkID := range []string{event.NewCheckID(), inside.request().CheckID} {
		subject, header := deadletter.Letter{
			Function: "link-checker.openfaas-fn", EventID: checkID, Subject: "link.added", Stream: event.StreamRequests, Sequence: uint64(i + 1),
		}.Encode()
		body := event.Request{CheckID: checkID, URL: before.URL, Attempt: 1}.Encode()
		if _, err := inside.PublishMsg(t.Context(), &nats.Msg{Subject: subject, Header: header, Data: body}); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "the letters are handled", func() bool { return inside.kept(event.StreamDead) == 2 && inside.unhandledLetters() == 0 })
	after := l.get(before.ID)
	if !after.NextCheckAt.Equal(*before.NextCheckAt) || after.Status != before.Status || !after.CheckedAt.Equal(*before.CheckedAt) {
		t.Errorf("it was %+v and is %+v", before, after)
	}
}

// insight is an operator's view of a broker.
type insight struct {
	t *testing.T
	jetstream.JetStream
}

// look connects to the broker as somebody who may do everything, until the test ends.
func (b *broker) look() insight {
	b.t.Helper()
	conn, err := nats.Connect(b.url(), nats.UserCredentials(b.anything))
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(conn.Close)
	js, err := jetstream.New(conn)
	if err != nil {
		b.t.Fatal(err)
	}
	return insight{b.t, js}
}

// kept is how many events a stream keeps.
func (i insight) kept(stream string) int {
	i.t.Helper()
	s, err := i.Stream(i.t.Context(), stream)
	if err != nil {
		i.t.Fatal(err)
	}
	return int(s.CachedInfo().State.Msgs)
}

// unhandledLetters is how many letters the manager has not acknowledged.
func (i insight) unhandledLetters() int {
	i.t.Helper()
	consumer, err := i.Consumer(i.t.Context(), event.StreamDead, "link-manager")
	if err != nil {
		i.t.Fatal(err)
	}
	return int(consumer.CachedInfo().NumPending) + consumer.CachedInfo().NumAckPending
}

// request is the first request that was published.
func (i insight) request() event.Request {
	i.t.Helper()
	s, err := i.Stream(i.t.Context(), event.StreamRequests)
	if err != nil {
		i.t.Fatal(err)
	}
	m, err := s.GetMsg(i.t.Context(), s.CachedInfo().State.FirstSeq)
	if err != nil {
		i.t.Fatal(err)
	}
	request, err := event.DecodeRequest(m.Data)
	if err != nil {
		i.t.Fatal(err)
	}
	return request
}
