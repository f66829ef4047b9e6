//go:build openfaas

package e2e_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/connector"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

var (
	eventsOfPath      = flag.Int("events", 300, "how many events TestTheEventPath brings to its function; 10000 is the long form")
	concurrencyOfPath = flag.Int("concurrency", 64, "how many calls TestTheEventPath has out at a time; 64 is CONNECTOR_CONCURRENCY's default")
)

// TestTheEventPath brings events that were published beforehand to a function on the real gateway, without a manager. A plain
// load generator makes as many such calls by itself, half of them before and half after. Then a whole Linkwell has as many
// links checked by the same function.
func TestTheEventPath(t *testing.T) {
	for _, always := range []bool{false, true} {
		name := "the broker syncs every 2 min"
		if always {
			name = "the broker syncs always"
		}
		t.Run(name, func(t *testing.T) {
			p := startPath(t, &server.Options{SyncAlways: always})
			n := *eventsOfPath
			ids := p.publish(n)
			var plain, connected flight
			ids = append(ids, p.callPlainly(&plain, n/2)...)
			p.connect(&connected, n)
			ids = append(ids, p.callPlainly(&plain, n-n/2)...)
			p.publishedOnce(ids)
			loop, firstHalf, secondHalf := p.wholeLoop(n)
			t.Logf("%d events for a function that takes %v and publishes, at most %d calls at a time, %s: the connector brings %s; a plain load generator %s; the connector reaches %.0f %% of it; the whole loop, from a due link to its status in SQLite, does %.0f/s (%.0f/s the first half, %.0f/s the second)",
				n, standinTakes, *concurrencyOfPath, name, &connected, &plain, 100*connected.rate()/plain.rate(), loop, firstHalf, secondHalf)
		})
	}
}

// publish publishes n requests, as a manager does, and returns their ids.
func (p *path) publish(n int) (ids []string) {
	p.t.Helper()
	js := p.bus("manager", p.broker.managerAlone)
	if err := js.EnsureStreams(p.t.Context()); err != nil {
		p.t.Fatal(err)
	}
	return p.each(n, func(ctx context.Context, r event.Request) error {
		header := event.Attributes{ID: r.CheckID, Type: event.TypeAdded, Source: "link-manager", Time: time.Now()}.Header()
		return js.Publish(ctx, event.SubjectAdded, header, r.Encode())
	})
}

// callPlainly calls the function n times, as a load generator does, and returns the ids.
func (p *path) callPlainly(f *flight, n int) (ids []string) {
	p.t.Helper()
	defer f.land()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: *concurrencyOfPath}}
	defer client.CloseIdleConnections()
	address := p.gateway.cluster.URL + "/function/" + p.function
	return p.each(n, func(_ context.Context, r event.Request) error {
		defer f.begin()()
		response, err := client.Post(address, "application/json", bytes.NewReader(r.Encode()))
		if err != nil {
			return err
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return fmt.Errorf("the function answers %s", response.Status)
		}
		_, err = io.Copy(io.Discard, response.Body)
		return err
	})
}

// each does something with n requests, as many at a time as the connector may, and returns their ids.
func (p *path) each(n int, do func(context.Context, event.Request) error) (ids []string) {
	p.t.Helper()
	group, ctx := errgroup.WithContext(p.t.Context())
	group.SetLimit(*concurrencyOfPath)
	for range n {
		r := p.request()
		ids = append(ids, r.CheckID)
		group.Go(func() error { return do(ctx, r) })
	}
	if err := group.Wait(); err != nil {
		p.t.Fatal(err)
	}
	return ids
}

// connect runs the connector until the broker keeps no event any more that it has not heard of.
func (p *path) connect(f *flight, n int) {
	p.t.Helper()
	c := &connector.Connector{
		Bus:               watchedBus{p.bus("connector", p.broker.connector), f},
		GatewayURL:        p.gateway.cluster.URL,
		CredentialsFolder: p.gateway.cluster.AuthFolder,
		Streams:           []string{event.StreamRequests},
		Concurrency:       *concurrencyOfPath,
		CallTimeout:       25 * time.Second,
		AckWait:           time.Minute,
		LookupInterval:    5 * time.Second,
		Outcomes:          uncounted{},
		Logger:            quiet(p.t),
	}
	ctx, stop := context.WithCancel(p.t.Context())
	var running sync.WaitGroup
	running.Go(func() { c.Run(ctx) })
	defer running.Wait()
	defer stop()
	js := p.jetStream()
	eventuallyForEach(p.t, n, "every event is acknowledged", func() bool {
		if f.landed() < n {
			return false
		}
		consumer, err := js.Consumer(p.t.Context(), event.StreamRequests, p.function+"_openfaas-fn__link_added")
		if err != nil {
			p.t.Fatal(err)
		}
		info := consumer.CachedInfo()
		return info.NumPending == 0 && info.NumAckPending == 0
	})
	f.land()
}

// uncounted counts no calls: the flight does.
type uncounted struct{}

func (uncounted) Count(_, _, _ string) {}

// publishedOnce fails the test unless the answers to these checks were published, each once and no others. None is left
// after it.
func (p *path) publishedOnce(ids []string) {
	p.t.Helper()
	stream, err := p.jetStream().Stream(p.t.Context(), event.StreamChecked)
	if err != nil {
		p.t.Fatal(err)
	}
	consumer, err := stream.OrderedConsumer(p.t.Context(), jetstream.OrderedConsumerConfig{})
	if err != nil {
		p.t.Fatal(err)
	}
	batch, err := consumer.FetchNoWait(len(ids) + 1)
	if err != nil {
		p.t.Fatal(err)
	}
	var answered []string
	for m := range batch.Messages() {
		checked, err := event.DecodeChecked(m.Data())
		if err != nil {
			p.t.Fatal(err)
		}
		answered = append(answered, checked.CheckID)
	}
	slices.Sort(answered)
	slices.Sort(ids)
	if !slices.Equal(answered, ids) {
		p.t.Errorf("%d answers to %d checks were published, or others", len(answered), len(ids))
	}
	if err := stream.Purge(p.t.Context()); err != nil {
		p.t.Fatal(err)
	}
}

// wholeLoop has n links saved before Linkwell starts, and returns how many of them turn in a second from then on, and how
// many of either half do.
func (p *path) wholeLoop(n int) (rate, firstHalf, secondHalf float64) {
	p.t.Helper()
	c := outside(p.t, p.broker, p.gateway)
	c.Connector.Concurrency, c.Logger = *concurrencyOfPath, quiet(p.t)
	seeded, err := store.Open(p.t.Context(), store.Config{Path: filepath.Join(c.DataDir, "linkwell.db")})
	if err != nil {
		p.t.Fatal(err)
	}
	p.each(n, func(ctx context.Context, r event.Request) error {
		_, err := seeded.Add(ctx, "ann", link.Draft{URL: r.URL})
		return err
	})
	if err := seeded.Close(); err != nil {
		p.t.Fatal(err)
	}
	began := time.Now()
	start(p.t, c)
	ledger := openLedger(p.t, c.DataDir, "")
	ledger.waitUntilSettled()
	rate = float64(n) / time.Since(began).Seconds()
	if valid := ledger.count(`SELECT count(*) FROM links WHERE status = 'valid'`); valid != n {
		p.t.Errorf("%d of %d links are valid", valid, n)
	}
	if again := ledger.count(`SELECT count(*) FROM checks`); again != n {
		p.t.Errorf("%d answers were applied to %d links", again, n)
	}
	middle := time.UnixMicro(int64(ledger.count(fmt.Sprintf(`SELECT checked_at FROM checks ORDER BY checked_at LIMIT 1 OFFSET %d`, n/2))))
	end := time.UnixMicro(int64(ledger.count(`SELECT max(checked_at) FROM checks`)))
	return rate, float64(n/2) / middle.Sub(began).Seconds(), float64(n-n/2) / end.Sub(middle).Seconds()
}
