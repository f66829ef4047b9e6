//go:build unix

package probe_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/probe"
	"github.com/linkwell/linkwell/link-checker/probe/probetest"
)

// BenchmarkProbe holds a Prober beside a plain net/http client that does the least it can: one HEAD request over a
// connection of its own, as each check has, with the same certificate. 64 workers ask one server, in this process, that
// answers after 50 ms, first by the one and then by the other. It reports:
//
//	checks/s     of the Prober, at most 1,280
//	%ofnethttp   that rate, in per cent of net/http's
//	…-cpu-µs/op  processor time of a check, and of net/http's request, the server's share included
//	…-allocs/op  likewise
//
// Run it with, for example, -bench Probe -benchtime 5120x.
func BenchmarkProbe(b *testing.B) {
	authority := probetest.NewAuthority(b)
	for _, name := range []string{"http", "https"} {
		b.Run(name, func(b *testing.B) {
			site := httptest.NewUnstartedServer(http.HandlerFunc(afterAWhile))
			defer site.Close()
			if name == "https" {
				site.TLS = &tls.Config{Certificates: []tls.Certificate{authority.Issue(b, probetest.Leaf{})}}
				site.EnableHTTP2 = true
				site.StartTLS()
			} else {
				site.Start()
			}
			roots := authority.Pool()
			prober := &probe.Prober{Allow: probetest.Loopback, RootCAs: roots}
			plain := func(ctx context.Context) bool { return headOnce(ctx, roots, site.URL) }
			checked := func(ctx context.Context) bool { return prober.Check(ctx, site.URL, false).Reason == check.OK }

			var ours, theirs cost
			for range rounds { // in turn, so that whatever else the machine does is shared
				theirs.add(ask(b, plain))
				ours.add(ask(b, checked))
			}

			b.ReportMetric(0, "ns/op") // says more about the 50 ms than about us
			n := float64(rounds * perRound(b))
			b.ReportMetric(n/ours.time.Seconds(), "checks/s")
			b.ReportMetric(100*theirs.time.Seconds()/ours.time.Seconds(), "%ofnethttp")
			b.ReportMetric(float64(ours.processor.Microseconds())/n, "probe-cpu-µs/op")
			b.ReportMetric(float64(theirs.processor.Microseconds())/n, "nethttp-cpu-µs/op")
			b.ReportMetric(float64(ours.allocations)/n, "probe-allocs/op")
			b.ReportMetric(float64(theirs.allocations)/n, "nethttp-allocs/op")
		})
	}
}

func afterAWhile(http.ResponseWriter, *http.Request) { time.Sleep(50 * time.Millisecond) }

// headOnce is what a plain client does.
func headOnce(ctx context.Context, roots *x509.CertPool, url string) bool {
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	request, err := http.NewRequestWithContext(ctx, http.MethodHead, url, nil)
	if err != nil {
		return false
	}
	response, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		return false
	}
	return response.Body.Close() == nil && response.StatusCode == http.StatusOK
}

const rounds = 8

func perRound(b *testing.B) int { return max(1, b.N/rounds) }

// cost is what some rounds of questions took.
type cost struct {
	time, processor time.Duration
	allocations     uint64
}

func (c *cost) add(round cost) {
	c.time += round.time
	c.processor += round.processor
	c.allocations += round.allocations
}

// ask has 64 workers ask perRound times in all.
func ask(b *testing.B, question func(context.Context) bool) cost {
	var left atomic.Int64
	left.Store(int64(perRound(b)))
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	processor, began := processorTime(b), time.Now()
	var workers sync.WaitGroup
	for range 64 {
		workers.Go(func() {
			for left.Add(-1) >= 0 {
				if !question(b.Context()) {
					b.Error("the page does not answer")
				}
			}
		})
	}
	workers.Wait()
	spent := cost{time: time.Since(began), processor: processorTime(b) - processor}
	runtime.ReadMemStats(&after)
	spent.allocations = after.Mallocs - before.Mallocs
	return spent
}

// processorTime is what this process has used so far.
func processorTime(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
