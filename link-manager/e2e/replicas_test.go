//go:build !openfaas

package e2e_test

import (
	"flag"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/store/storetest/postgrestest"
)

var pagesEach = flag.Int("pages", 4, "how many pages of each host TestReplicasTogetherHammerNobody saves; 100 is the long form")

// TestReplicasTogetherHammerNobody has two managers and two connectors, each a process, on one PostgreSQL and one broker:
// together they ask once for each target, and keep what HOST_CONCURRENCY and HOST_INTERVAL_ALLOWED say of each host.
func TestReplicasTogetherHammerNobody(t *testing.T) {
	beside(t)
	const mostAtOnce = 2
	p := &parts{t: t, databaseURL: postgrestest.URL(t), settings: []string{
		// HEAD gets three tenths of it. Were that no more than the slowest answer takes, a check would give HEAD up and ask with GET
		// while its host is still busy with the first.
		"CHECK_ALLOW=127.0.0.0/8", "CHECK_TIMEOUT=10s", fmt.Sprint("HOST_CONCURRENCY=", mostAtOnce), "HOST_INTERVAL_ALLOWED=1s",
	}}
	p.startBroker()
	p.startFunction()
	managers := []*child{p.startManager(), p.startManager()}
	p.startConnector()
	p.startConnector()
	for _, m := range managers {
		eventually(t, "both managers are there", func() bool { return m.where() != "" })
	}
	asked := watchRequests(t, p.natsURL)
	asked.waitForConsumers(2)
	hosts := startSlowHosts(t, 6, 300*time.Millisecond, 1500*time.Millisecond)

	saved := 0
	for i := range *pagesEach {
		for _, h := range hosts {
			l := &linkwell{t: t}
			l.API = managers[saved%len(managers)].where()
			l.save(h.URL + page(i))
			saved++
		}
	}
	began := time.Now()
	ledger := openLedger(t, "", p.databaseURL)
	mostOut := ledger.mostOut(saved)

	var all seen
	for _, h := range hosts {
		s := h.seen()
		all.checks, all.requests, all.again = all.checks+s.checks, all.requests+s.requests, all.again+s.again
		all.atOnce, all.requestsAtOnce = max(all.atOnce, s.atOnce), max(all.requestsAtOnce, s.requestsAtOnce)
		all.gaps = append(all.gaps, s.gaps...)
	}
	if all.checks != saved || all.again > 0 {
		t.Errorf("%d of %d pages were asked for, %d of them more than once", all.checks, saved, all.again)
	}
	if all.atOnce > mostAtOnce || all.requestsAtOnce > mostAtOnce || mostOut > mostAtOnce {
		t.Errorf("a host had to bear %d checks, with %d requests, at once; %d were out", all.atOnce, all.requestsAtOnce, mostOut)
	}
	requests, mostOfATarget := asked.counts()
	if requests != saved || mostOfATarget != 1 {
		t.Errorf("%d checks of %d targets were asked for, %d at once of one", requests, saved, mostOfATarget)
	}
	early := 0
	for _, gap := range all.gaps {
		if gap < time.Second {
			early++
		}
	}
	t.Logf("2 managers, 2 connectors, %d hosts, %d links settled after %.1f s: %d checks asked for, at most %d outstanding of one target; at the web servers %d checks with %d requests, at most %d checks of a host at once; the shortest gap between two checks of a host is %.3f s, %.1f %% of %d gaps are under 1 s (HOST_INTERVAL_ALLOWED=1s, answers take 0.3 to 1.5 s)",
		len(hosts), saved, time.Since(began).Seconds(), requests, mostOfATarget, all.checks, all.requests, all.atOnce,
		slices.Min(all.gaps).Seconds(), 100*float64(early)/float64(len(all.gaps)), len(all.gaps))
}

// mostOut waits until n targets are settled, and returns the most checks of one host that were out meanwhile.
func (l *ledger) mostOut(n int) (most int) {
	l.t.Helper()
	deadline := time.Now().Add(patience + 2*time.Second*time.Duration(n))
	for l.count(`SELECT count(*) FROM targets WHERE last_checked_at IS NOT NULL`) < n {
		most = max(most, l.count(`
			SELECT COALESCE(max(out), 0) FROM (SELECT count(*) AS out FROM targets WHERE check_id IS NOT NULL GROUP BY host) AS hosts`))
		if time.Now().After(deadline) {
			l.t.Fatal("not all links are settled")
		}
		time.Sleep(20 * time.Millisecond)
	}
	return most
}

// waitForConsumers waits until n connectors wait for events of each topic: what comes sooner would wait for them in the
// broker, and be brought to its host together.
func (w *requestWatch) waitForConsumers(n int) {
	w.t.Helper()
	js, err := jetstream.New(w.conn)
	if err != nil {
		w.t.Fatal(err)
	}
	eventually(w.t, "connectors wait for events", func() bool {
		stream, err := js.Stream(w.t.Context(), event.StreamRequests)
		if err != nil {
			return false
		}
		topics := 0
		for consumer := range stream.ListConsumers(w.t.Context()).Info() {
			if consumer.NumWaiting >= n {
				topics++
			}
		}
		return topics == 2
	})
}

// requestWatch counts requests to check, and which of them are unanswered, by what goes over the broker.
type requestWatch struct {
	t    *testing.T
	conn *nats.Conn

	mutex       sync.Mutex
	requests    int
	outstanding map[string]int // by URL
	most        int
}

func watchRequests(t *testing.T, natsURL string) *requestWatch {
	t.Helper()
	conn, err := nats.Connect(natsURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	w := &requestWatch{t: t, conn: conn, outstanding: map[string]int{}}
	for _, subject := range []string{event.SubjectAdded, event.SubjectDue, event.SubjectChecked} {
		if _, err := conn.Subscribe(subject, w.hear); err != nil {
			t.Fatal(err)
		}
	}
	if err := conn.Flush(); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *requestWatch) hear(m *nats.Msg) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if m.Subject == event.SubjectChecked {
		if checked, err := event.DecodeChecked(m.Data); err == nil {
			w.outstanding[checked.URL]--
		}
		return
	}
	if request, err := event.DecodeRequest(m.Data); err == nil {
		w.requests++
		w.outstanding[request.URL]++
		w.most = max(w.most, w.outstanding[request.URL])
	}
}

// counts are how many requests there were, and how many were outstanding of one target, at most.
func (w *requestWatch) counts() (requests, most int) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.requests, w.most
}
