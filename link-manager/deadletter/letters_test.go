package deadletter_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/bus"
	"github.com/linkwell/linkwell/link-manager/deadletter"
	"github.com/linkwell/linkwell/link-manager/embedded"
)

// targets is a store that remembers what it was asked.
type targets struct {
	kept bool
	err  error
	due  []string
	// meanwhile happens while the store is asked; nil means nothing.
	meanwhile func()
}

func (s *targets) DueNow(_ context.Context, url, checkID string) (bool, error) {
	s.due = append(s.due, url+" "+checkID)
	if s.meanwhile != nil {
		s.meanwhile()
	}
	return s.kept, s.err
}

// rig is a real broker with our streams, and one of somebody else's.
type rig struct {
	t       *testing.T
	broker  *embedded.Broker
	bus     *bus.Bus
	targets *targets
	*deadletter.Letters
}

func newRig(t *testing.T) *rig {
	logger := slog.New(slog.NewTextHandler(t.Output(), nil))
	broker, err := embedded.StartBroker(t.Context(), embedded.BrokerConfig{Dir: t.TempDir(), Logger: logger})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Close)
	streams := append(event.Streams(time.Minute), jetstream.StreamConfig{Name: "ORDERS", Subjects: []string{"orders.>"}})
	b, err := bus.Connect(t.Context(), bus.Config{InProcess: broker, Name: "manager", Streams: streams, Logger: logger})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	if err := b.EnsureStreams(t.Context()); err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, broker: broker, bus: b, targets: &targets{kept: true}}
	r.Letters = &deadletter.Letters{Bus: b, Targets: r.targets}
	return r
}

// bury keeps a letter as the connector does.
func (r *rig) bury(l deadletter.Letter) {
	r.t.Helper()
	subject, header := l.Encode()
	if err := r.bus.Publish(r.t.Context(), subject, header, l.Body); err != nil {
		r.t.Fatal(err)
	}
}

// about is a letter of the function about an event of its own.
func about(function string, sequence uint64) deadletter.Letter {
	l := theirs()
	l.Function, l.Sequence, l.Body, l.Size = function, sequence, []byte("order"), 5
	return l
}

func (r *rig) list(f deadletter.Filter) (ids []uint64, more bool) {
	r.t.Helper()
	letters, more, err := r.List(r.t.Context(), f)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, l := range letters {
		ids = append(ids, l.ID)
	}
	return ids, more
}

func TestLettersAreListedOldestFirst(t *testing.T) {
	r := newRig(t)
	for i, function := range []string{"printer.shop", "printer.shop", "printer", "printer.office", "print.shop", "printer.shop"} {
		r.bury(about(function, uint64(i)))
	}
	letters, more, err := r.List(t.Context(), deadletter.Filter{Limit: 1})
	if err != nil || !more || len(letters) != 1 {
		t.Fatalf("%v, more: %v, %v", letters, more, err)
	}
	want := about("printer.shop", 0)
	want.ID, want.KeptAt, want.Body = 1, letters[0].KeptAt, []byte{}
	if diff := cmp.Diff(want, letters[0]); diff != "" || letters[0].KeptAt.IsZero() {
		t.Errorf("the first is not as it should be: %s", diff)
	}
	fourth, err := r.Get(t.Context(), 4)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		filter deadletter.Filter
		want   []uint64
		more   bool
	}{
		"all":                             {deadletter.Filter{Limit: 10}, []uint64{1, 2, 3, 4, 5, 6}, false},
		"a page":                          {deadletter.Filter{Limit: 2, After: 2}, []uint64{3, 4}, true},
		"the last page":                   {deadletter.Filter{Limit: 2, After: 4}, []uint64{5, 6}, false},
		"behind the last":                 {deadletter.Filter{Limit: 2, After: 6}, nil, false},
		"of a function with namespace":    {deadletter.Filter{Limit: 10, Function: "printer.shop"}, []uint64{1, 2, 6}, false},
		"a page of one":                   {deadletter.Filter{Limit: 2, Function: "printer.shop"}, []uint64{1, 2}, true},
		"of a function in any namespace":  {deadletter.Filter{Limit: 10, Function: "printer"}, []uint64{1, 2, 3, 4, 6}, false},
		"of nobody":                       {deadletter.Filter{Limit: 10, Function: "print"}, []uint64{5}, false},
		"of a function that has none":     {deadletter.Filter{Limit: 10, Function: "scanner"}, nil, false},
		"of what would be many":           {deadletter.Filter{Limit: 10, Function: "*"}, nil, false},
		"kept before the fourth":          {deadletter.Filter{Limit: 10, Before: fourth.KeptAt}, []uint64{1, 2, 3}, false},
		"the last page before the fourth": {deadletter.Filter{Limit: 2, After: 2, Before: fourth.KeptAt}, []uint64{3}, false},
	} {
		if ids, more := r.list(test.filter); !cmp.Equal(ids, test.want) || more != test.more {
			t.Errorf("%s: %v, more: %v", name, ids, more)
		}
	}
	counts, err := r.Count(t.Context())
	if err != nil || !maps.Equal(counts, map[string]uint64{"printer.shop": 3, "printer": 1, "printer.office": 1, "print.shop": 1}) {
		t.Errorf("counts are %v, %v", counts, err)
	}
}

func TestALetterThatIsPurgedIsGone(t *testing.T) {
	r := newRig(t)
	r.bury(about("printer", 1))
	r.bury(about("printer", 2))
	if err := r.Purge(t.Context(), 1); err != nil {
		t.Error(err)
	}
	_, err := r.Get(t.Context(), 1)
	for what, err := range map[string]error{"show": err, "purge again": r.Purge(t.Context(), 1)} {
		if !errors.Is(err, deadletter.ErrNotFound) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if ids, _ := r.list(deadletter.Filter{Limit: 10}); !cmp.Equal(ids, []uint64{2}) {
		t.Errorf("left are %v", ids)
	}
}

func TestRedrivingARequestMakesItsTargetDue(t *testing.T) {
	r := newRig(t)
	r.bury(ours())
	if redriven, err := r.Redrive(t.Context(), 1); err != nil || redriven != deadletter.Due {
		t.Errorf("%s, %v", redriven, err)
	}
	if want := []string{"https://example.com/a?b=1&c=<2> " + checkID}; !cmp.Equal(r.targets.due, want) {
		t.Errorf("the store was asked for %v", r.targets.due)
	}
	if _, err := r.Redrive(t.Context(), 1); !errors.Is(err, deadletter.ErrNotFound) || len(r.targets.due) != 1 {
		t.Errorf("again: %v, the store was asked for %v", err, r.targets.due)
	}
	if counts, err := r.bus.Subjects(t.Context(), event.StreamRequests, "link.>"); err != nil || len(counts) != 0 {
		t.Errorf("published was %v, %v", counts, err)
	}
}

func TestRedrivingARequestOfALinkThatIsGoneOnlyEndsTheLetter(t *testing.T) {
	r := newRig(t)
	r.targets.kept = false
	r.bury(ours())
	if redriven, err := r.Redrive(t.Context(), 1); err != nil || redriven != deadletter.NobodyWaits {
		t.Errorf("%s, %v", redriven, err)
	}
	if ids, _ := r.list(deadletter.Filter{Limit: 10}); len(ids) != 0 {
		t.Errorf("left are %v", ids)
	}
}

func TestALetterStaysUntilItsEffectIsKept(t *testing.T) {
	r := newRig(t)
	r.targets.err = errors.New("disk full")
	r.bury(ours())
	if err := r.bus.Publish(t.Context(), "link.dead.somebody", nil, []byte("a")); err != nil {
		t.Fatal(err)
	}
	nowhere, forged := about("printer", 1), about("printer", 2)
	nowhere.Subject, nowhere.Stream = "orders.new", "NO_STREAM"
	forged.Subject = "$JS.API.STREAM.DELETE.ORDERS"
	r.bury(nowhere)
	r.bury(forged)
	for id, want := range map[uint64]error{1: r.targets.err, 2: deadletter.ErrNoWayBack, 3: deadletter.ErrNoWayBack, 4: deadletter.ErrNoWayBack} {
		if _, err := r.Redrive(t.Context(), id); !errors.Is(err, want) {
			t.Errorf("letter %d: %v, want %v", id, err, want)
		}
	}
	if ids, _ := r.list(deadletter.Filter{Limit: 10}); !cmp.Equal(ids, []uint64{1, 2, 3, 4}) {
		t.Errorf("left are %v", ids)
	}
}

func TestALetterWithoutItsEventSaysWhereThatIs(t *testing.T) {
	r := newRig(t)
	l := about("shipper.openfaas-fn", 7)
	l.Stream, l.Subject, l.Reason, l.Body = "ORDERS", "orders.new", "the function answered 400", []byte("too large")
	r.bury(l.WithoutEvent())
	got, err := r.Get(t.Context(), 1)
	if err != nil || !got.LeftOut || len(got.Body) != 0 || got.Reason != "too large to be kept whole: the function answered 400" {
		t.Fatalf("%+v, %v", got, err)
	}
	if _, err := r.Redrive(t.Context(), 1); !errors.Is(err, deadletter.ErrNoWayBack) || !strings.Contains(err.Error(), "stream ORDERS still has it, it is number 7") {
		t.Errorf("redriving it says %v", err)
	}
	if _, err := r.Get(t.Context(), 1); err != nil {
		t.Errorf("it is lost: %v", err)
	}
}

func TestALetterThatSomebodyPurgesMeanwhileIsRedriven(t *testing.T) {
	r := newRig(t)
	r.bury(ours())
	r.targets.meanwhile = func() {
		if err := r.Purge(t.Context(), 1); err != nil {
			t.Error(err)
		}
	}
	if redriven, err := r.Redrive(t.Context(), 1); err != nil || redriven != deadletter.Due {
		t.Errorf("%s, %v", redriven, err)
	}
}

func TestRedrivingSomebodyElsesEventPublishesItForOneFunction(t *testing.T) {
	r := newRig(t)
	l := about("printer.shop", 7)
	l.Header[event.HeaderExpiryTime] = []string{"2026-01-02T03:08:05Z"}
	l.Header["Nats-Expected-Last-Sequence"] = []string{"6"}
	r.bury(l)
	if redriven, err := r.Redrive(t.Context(), 1); err != nil || redriven != deadletter.Republished {
		t.Errorf("%s, %v", redriven, err)
	}
	m, err := r.bus.Event(t.Context(), "ORDERS", 1)
	if err != nil || m.Subject != "orders.eu.new" || string(m.Body) != "order" {
		t.Fatalf("published was %+v, %v", m, err)
	}
	golden(t, "again.headers", lines(m.Header))

	// The function gives it up again; its second letter is another one, and its third life has an id of its own.
	l.EventID, l.Header, l.Sequence = m.Header[event.HeaderMessageID][0], m.Header, 1
	r.bury(l)
	if redriven, err := r.Redrive(t.Context(), 2); err != nil || redriven != deadletter.Republished {
		t.Errorf("%s, %v", redriven, err)
	}
	m, err = r.bus.Event(t.Context(), "ORDERS", 2)
	if err != nil || m.Header[event.HeaderMessageID][0] != "ORDERS-7-1767323045000000000/redriven/printer_shop/2" {
		t.Errorf("published was %+v, %v", m, err)
	}
	if ids, _ := r.list(deadletter.Filter{Limit: 10}); len(ids) != 0 {
		t.Errorf("left are %v", ids)
	}
}

func TestRedrivingALetterManyTimesAtOncePublishesOnce(t *testing.T) {
	r := newRig(t)
	r.bury(about("printer", 7))
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			if _, err := r.Redrive(t.Context(), 1); err != nil && !errors.Is(err, deadletter.ErrNotFound) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if counts, err := r.bus.Subjects(t.Context(), "ORDERS", ">"); err != nil || counts["orders.eu.new"] != 1 {
		t.Errorf("published was %v, %v", counts, err)
	}
}

func TestABrokerThatIsAwayIsSaid(t *testing.T) {
	r := newRig(t)
	r.bury(ours())
	r.bus.Close()
	_, listed := errorOf(r.List(t.Context(), deadletter.Filter{Limit: 1}))
	_, ofOne := errorOf(r.List(t.Context(), deadletter.Filter{Limit: 1, Function: "printer"}))
	_, counted := r.Count(t.Context())
	_, shown := r.Get(t.Context(), 1)
	_, redriven := r.Redrive(t.Context(), 1)
	for what, err := range map[string]error{
		"list": listed, "list of one": ofOne, "count": counted, "show": shown, "redrive": redriven, "purge": r.Purge(t.Context(), 1),
	} {
		if !errors.Is(err, deadletter.ErrBroker) || errors.Is(err, deadletter.ErrNotFound) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func errorOf(letters []deadletter.Letter, _ bool, err error) ([]deadletter.Letter, error) {
	return letters, err
}

var letterCount = flag.Int("letters", 1_500, "how many letters the test of many keeps")

// One page of very many costs what one page of few does, and none is passed over.
func TestManyLettersAreListedPageByPage(t *testing.T) {
	r := newRig(t)
	conn, err := r.broker.Connect()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	for i := range *letterCount {
		l := about(fmt.Sprint("printer-", i%10), uint64(i))
		subject, header := l.Encode()
		if _, err := js.PublishMsgAsync(&nats.Msg{Subject: subject, Header: header, Data: l.Body}); err != nil {
			t.Fatal(err)
		}
		if i%1000 == 999 {
			<-js.PublishAsyncComplete()
		}
	}
	<-js.PublishAsyncComplete()
	for function, want := range map[string]int{"": *letterCount, "printer-3": *letterCount / 10} {
		began, seen, pages, slowest := time.Now(), 0, 0, time.Duration(0)
		for filter := (deadletter.Filter{Function: function, Limit: min(1000, *letterCount/5)}); ; {
			asked := time.Now()
			letters, more, err := r.List(t.Context(), filter)
			if err != nil {
				t.Fatal(err)
			}
			slowest = max(slowest, time.Since(asked))
			for _, l := range letters {
				if l.ID <= filter.After || !strings.HasPrefix(l.Function, function) {
					t.Fatalf("letter %d of %s came behind %d", l.ID, l.Function, filter.After)
				}
				filter.After = l.ID
			}
			seen, pages = seen+len(letters), pages+1
			if !more {
				break
			}
		}
		t.Logf("%d letters of %q in %d pages in %v, the slowest page %v", seen, function, pages, time.Since(began).Round(time.Millisecond), slowest.Round(time.Millisecond))
		if seen != want {
			t.Errorf("%d letters of %q were listed, there are %d", seen, function, want)
		}
	}
}
