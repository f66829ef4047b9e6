package dispatch_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/dispatch"
	"github.com/linkwell/linkwell/link-manager/manners"
	"github.com/linkwell/linkwell/link-manager/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// due is a store with a number of due targets in each lane.
type due struct {
	mutex       sync.Mutex
	waiting     map[store.Lane]int
	outstanding map[store.Lane]int
	applied     map[store.Lane]int
	unsettled   int
	claimed     int
	asked       []store.ClaimRequest
	next        time.Time
	ticks       int
	full        bool
	refused     int
}

// refuse fails while the disk is full. It is called with the mutex held.
func (d *due) refuse() error {
	if !d.full {
		return nil
	}
	d.refused++
	return store.ErrDiskFull
}

func (d *due) Claim(_ context.Context, r store.ClaimRequest) (store.Claimed, error) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if err := d.refuse(); err != nil {
		return store.Claimed{}, err
	}
	lane := r.Lane
	d.asked = append(d.asked, r)
	claims := make([]store.Claim, min(r.Limit, d.waiting[lane]))
	for i := range claims {
		d.claimed++
		claims[i] = store.Claim{
			CheckID: fmt.Sprintf("%032x", d.claimed), URL: "https://example.com/", Attempt: 2, Confirm: true, Lane: lane, LeaseUntil: now.Add(r.Lease),
		}
	}
	d.waiting[lane] -= len(claims)
	d.outstanding[lane] += len(claims)
	return store.Claimed{Claims: claims, More: d.waiting[lane] > 0, Next: d.next, Turn: fmt.Sprint("owner ", d.claimed)}, nil
}

func (d *due) Outstanding(_ context.Context, lane store.Lane) (int, error) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.ticks++
	return d.outstanding[lane], nil
}

func (d *due) Applied(_ context.Context, lane store.Lane, since time.Time) (int, error) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if want := now.Add(-600 * time.Millisecond); !since.Equal(want) {
		return 0, fmt.Errorf("asked for results since %v, want a hundredth of a lease", since)
	}
	return d.applied[lane], nil
}

func (d *due) Settle(_ context.Context, limit int) (int, error) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if err := d.refuse(); err != nil {
		return 0, err
	}
	settled := min(limit, d.unsettled)
	d.unsettled -= settled
	return settled, nil
}

func (d *due) look(look func()) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	look()
}

// published is a broker that keeps what it is given, or fails.
type published struct {
	mutex  sync.Mutex
	fails  bool
	failed int
	kept   []message
	before func() // called first by each Publish
}

type message struct {
	subject string
	header  map[string][]string
	request event.Request
}

func (p *published) Publish(ctx context.Context, subject string, header map[string][]string, body []byte) error {
	if p.before != nil {
		p.before()
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.fails {
		p.failed++
		return errors.New("the broker is away")
	}
	request, err := event.DecodeRequest(body)
	if err != nil {
		return err
	}
	p.kept = append(p.kept, message{subject, header, request})
	return nil
}

func (p *published) count() int {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return len(p.kept)
}

func newStore() *due {
	return &due{waiting: map[store.Lane]int{}, outstanding: map[store.Lane]int{}, applied: map[store.Lane]int{}}
}

func run(t *testing.T, s *due, p *published, interval time.Duration) *dispatch.Dispatcher {
	d := dispatch.New(dispatch.Dispatcher{
		Store: s, Publisher: p, Lease: time.Minute, Interval: interval,
		Now: func() time.Time { return now }, Logger: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); d.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	return d
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !holds() {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
		time.Sleep(time.Millisecond)
	}
}

func TestWhatIsDueIsAskedForOnItsLane(t *testing.T) {
	s, p := newStore(), &published{}
	s.waiting[store.LaneAdded], s.waiting[store.LaneDue] = 1, 1
	run(t, s, p, time.Millisecond)
	eventually(t, "both are published", func() bool { return p.count() == 2 })
	for _, m := range p.kept {
		want := map[string]string{event.SubjectAdded: event.TypeAdded, event.SubjectDue: event.TypeDue}[m.subject]
		if got := m.header[event.HeaderType]; len(got) != 1 || got[0] != want {
			t.Errorf("%s has the type %q", m.subject, got)
		}
		request := event.Request{CheckID: m.request.CheckID, URL: "https://example.com/", Attempt: 2, Confirm: true, ExpiresAt: now.Add(time.Minute)}
		if diff := cmp.Diff(request, m.request); diff != "" {
			t.Error(diff)
		}
		if id := m.header[event.HeaderMessageID]; len(id) != 1 || id[0] != m.request.CheckID {
			t.Errorf("the broker would recognise a repeat by %q, want the check_id", id)
		}
		if !event.Expired(m.header, now.Add(time.Minute)) {
			t.Error("the headers do not say when it expires")
		}
	}
}

func TestClaimsAreBounded(t *testing.T) {
	for name, test := range map[string]struct{ applied, want int }{
		"by 256 when nothing came back": {0, 256},
		"by what came back lately":      {1000, 1000},
	} {
		t.Run(name, func(t *testing.T) {
			s, p := newStore(), &published{}
			s.waiting[store.LaneAdded], s.applied[store.LaneAdded] = 10_000, test.applied
			run(t, s, p, time.Millisecond)
			eventually(t, "the bound is reached", func() bool { return p.count() >= test.want })
			var ticks int
			s.look(func() { ticks = s.ticks })
			eventually(t, "it looked again", func() bool { s.mutex.Lock(); defer s.mutex.Unlock(); return s.ticks > ticks+4 })
			if got := p.count(); got != test.want {
				t.Errorf("%d are out, want %d", got, test.want)
			}
			s.look(func() { s.outstanding[store.LaneAdded] -= 10 })
			eventually(t, "what came back makes room", func() bool { return p.count() == test.want+10 })
		})
	}
}

func TestOneLaneDoesNotStarveTheOther(t *testing.T) {
	s, p := newStore(), &published{}
	s.waiting[store.LaneDue] = 10_000
	d := run(t, s, p, time.Millisecond)
	eventually(t, "the routine lane is full", func() bool { return p.count() == 256 })
	s.look(func() { s.waiting[store.LaneAdded] = 1 })
	d.Wake()
	eventually(t, "the new link is asked for", func() bool { return p.count() == 257 })
}

func TestWhatTheBrokerDidNotTakeIsPublishedAgainUnderItsID(t *testing.T) {
	s, p := newStore(), &published{fails: true}
	s.waiting[store.LaneAdded] = 3
	run(t, s, p, time.Millisecond)
	eventually(t, "the broker refused a few times", func() bool { p.mutex.Lock(); defer p.mutex.Unlock(); return p.failed > 6 })
	s.look(func() {
		s.waiting[store.LaneAdded] = 5
		if s.claimed != 3 {
			t.Errorf("%d are claimed while the broker takes none", s.claimed)
		}
	})
	p.mutex.Lock()
	p.fails = false
	p.mutex.Unlock()
	eventually(t, "all eight are published", func() bool { return p.count() == 8 })
	ids := map[string]bool{}
	for _, m := range p.kept {
		ids[m.request.CheckID] = true
	}
	if len(ids) != 8 || !ids[fmt.Sprintf("%032x", 1)] {
		t.Errorf("ids are %v", ids)
	}
}

// A full disk is looked at twice a second, perhaps for days.
func TestTroubleThatLastsIsToldOnceAndThatItIsOver(t *testing.T) {
	s, p := newStore(), &published{fails: true}
	s.waiting[store.LaneAdded] = 3
	var log lines
	d := dispatch.New(dispatch.Dispatcher{
		Store: s, Publisher: p, Lease: time.Minute, Interval: time.Millisecond,
		Now: func() time.Time { return now }, Logger: slog.New(slog.NewTextHandler(&log, nil)),
	})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); d.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	eventually(t, "the broker refused a few times", func() bool { p.mutex.Lock(); defer p.mutex.Unlock(); return p.failed > 20 })
	s.look(func() { s.full, s.refused = true, 0 })
	eventually(t, "so did the store", func() bool { s.mutex.Lock(); defer s.mutex.Unlock(); return s.refused > 20 })
	p.mutex.Lock()
	p.fails = false
	p.mutex.Unlock()
	eventually(t, "all are published", func() bool { return p.count() == 3 })
	s.look(func() { s.refused = 0 })
	eventually(t, "the store refused claims too", func() bool { s.mutex.Lock(); defer s.mutex.Unlock(); return s.refused > 20 })
	s.look(func() { s.full = false })
	for text, want := range map[string]int{
		`msg="requests wait for the broker" lane=added`: 1, `msg="requests wait for the broker: that is over" lane=added`: 1,
		`msg="settle links"`: 1, `msg="settle links: that is over"`: 1,
		`msg=dispatch lane=added`: 1, `msg="dispatch: that is over" lane=added`: 1,
		`msg=dispatch lane=due`: 1, `msg="dispatch: that is over" lane=due`: 1,
	} {
		eventually(t, text, func() bool { return log.count(text) >= want })
		if got := log.count(text); got != want {
			t.Errorf("%s is said %d times", text, got)
		}
	}
}

// lines is a log.
type lines struct {
	mutex sync.Mutex
	strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.Builder.Write(p)
}

func (l *lines) count(text string) int {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return strings.Count(l.String(), text)
}

func TestWakeIsSoonerThanTheInterval(t *testing.T) {
	s, p := newStore(), &published{}
	d := run(t, s, p, time.Hour)
	s.look(func() { s.waiting[store.LaneAdded], s.unsettled = 1, 1200 })
	d.Wake()
	d.Wake()
	eventually(t, "it is published and settled", func() bool {
		s.mutex.Lock()
		defer s.mutex.Unlock()
		return p.count() == 1 && s.unsettled == 0
	})
}

func TestAClaimIsPublishedAlthoughTheEndHasCome(t *testing.T) {
	s, p := newStore(), &published{}
	s.waiting[store.LaneAdded] = 3
	ctx, end := context.WithCancel(t.Context())
	p.before = end
	dispatch.New(dispatch.Dispatcher{
		Store: s, Publisher: p, Lease: time.Minute, Interval: time.Millisecond,
		Now: func() time.Time { return now }, Logger: slog.New(slog.DiscardHandler),
	}).Run(ctx)
	if s.claimed != p.count() || s.claimed != 3 {
		t.Errorf("%d were claimed and %d published", s.claimed, p.count())
	}
}

func TestAClaimKeepsTheMannersAndTheTurn(t *testing.T) {
	s, p := newStore(), &published{}
	s.waiting[store.LaneAdded] = 300
	rules := manners.Manners{Limits: manners.Limits{Concurrency: 2, Interval: time.Second}}
	ctx, end := context.WithCancel(t.Context())
	defer end()
	running := make(chan struct{})
	go func() {
		defer close(running)
		dispatch.New(dispatch.Dispatcher{
			Store: s, Publisher: p, Lease: time.Minute, Manners: rules, Interval: time.Millisecond,
			Now: func() time.Time { return now }, Logger: slog.New(slog.DiscardHandler),
		}).Run(ctx)
	}()
	eventually(t, "all there is room for is published", func() bool { return p.count() == 256 })
	s.look(func() { s.outstanding[store.LaneAdded] = 0 })
	eventually(t, "the rest is published", func() bool { return p.count() == 300 })
	end()
	<-running
	var turns []string
	for _, r := range s.asked {
		if r.Lane == store.LaneAdded {
			turns = append(turns, r.After)
			if diff := cmp.Diff(rules, r.Manners); diff != "" {
				t.Error(diff)
			}
		}
	}
	if turns[0] != "" || turns[1] != "owner 256" {
		t.Errorf("claims begin after %q", turns[:2])
	}
}

func TestWhatComesDueIsNotLeftToTheInterval(t *testing.T) {
	s, p := newStore(), &published{}
	s.next = now.Add(10 * time.Millisecond)
	run(t, s, p, time.Hour)
	eventually(t, "it looks again", func() bool {
		s.mutex.Lock()
		defer s.mutex.Unlock()
		return len(s.asked) > 4
	})
}
