package connector_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/bus"
	"github.com/linkwell/linkwell/link-manager/connector"
	"github.com/linkwell/linkwell/link-manager/embedded"
)

// BenchmarkConnector holds the connector beside a plain HTTP load generator with as many calls at a time, on the same
// stand-in for a gateway in the same run. Its events are published beforehand.
//
//	go test ./link-manager/connector -run '^$' -bench Connector -benchtime 10000x
func BenchmarkConnector(b *testing.B) {
	for _, delay := range []time.Duration{50 * time.Millisecond, 0} {
		b.Run(fmt.Sprintf("a function of %v", delay), func(b *testing.B) { benchmarkConnector(b, delay) })
	}
}

// benchmarkConcurrency is CONNECTOR_CONCURRENCY's default.
const benchmarkConcurrency = 64

func benchmarkConnector(b *testing.B, delay time.Duration) {
	f := &timedFunction{delay: delay}
	gateway := httptest.NewServer(f)
	defer gateway.Close()
	broker, err := embedded.StartBroker(b.Context(), embedded.BrokerConfig{Dir: b.TempDir(), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	defer broker.Close()
	js, err := bus.Connect(b.Context(), bus.Config{InProcess: broker, Name: "connector", Streams: event.Streams(time.Hour), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	defer js.Close()
	if err := js.EnsureStreams(b.Context()); err != nil {
		b.Fatal(err)
	}
	inParallel(b, func(i int) error {
		id := fmt.Sprint("id", i)
		return js.Publish(b.Context(), event.SubjectAdded, event.Attributes{ID: id, Type: event.TypeAdded}.Header(), []byte(benchmarkBody))
	})

	acked := &countdown{left: int64(b.N), done: make(chan struct{})}
	c := &connector.Connector{
		Bus: js, GatewayURL: gateway.URL, Streams: []string{event.StreamRequests}, Concurrency: benchmarkConcurrency,
		CallTimeout: 30 * time.Second, AckWait: time.Minute, LookupInterval: time.Minute,
		Outcomes: acked, Logger: slog.New(slog.DiscardHandler),
	}
	ctx, stop := context.WithCancel(b.Context())
	ended := make(chan struct{})
	b.ResetTimer()
	begun := time.Now()
	go func() { defer close(ended); c.Run(ctx) }()
	<-acked.done
	connected := time.Since(begun)
	b.StopTimer()
	stop()
	<-ended
	peak := f.peak.Swap(0)

	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: benchmarkConcurrency}}
	defer client.CloseIdleConnections()
	begun = time.Now()
	inParallel(b, func(int) error {
		res, err := client.Post(gateway.URL+"/function/link-checker", "application/json", strings.NewReader(benchmarkBody))
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
		return err
	})
	plain := time.Since(begun)

	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(b.N)/connected.Seconds(), "events/s")
	b.ReportMetric(float64(peak), "in-flight")
	b.ReportMetric(float64(b.N)/plain.Seconds(), "plain/s")
	b.ReportMetric(100*plain.Seconds()/connected.Seconds(), "%-of-plain")
}

const benchmarkBody = `{"check_id":"0123456789abcdef0123456789abcdef","url":"https://example.com/a","attempt":1,"confirm":true}`

// inParallel does something b.N times, as many at a time as the connector may.
func inParallel(b *testing.B, do func(i int) error) {
	b.Helper()
	var workers sync.WaitGroup
	var next atomic.Int64
	for range benchmarkConcurrency {
		workers.Go(func() {
			for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
				if err := do(int(i)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	workers.Wait()
}

// timedFunction is a gateway with one function that takes its time.
type timedFunction struct {
	delay     time.Duration
	out, peak atomic.Int64
}

func (f *timedFunction) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/system/namespaces":
		_, _ = io.WriteString(w, `["openfaas-fn"]`)
	case "/system/functions":
		_, _ = io.WriteString(w, `[{"name":"link-checker","annotations":{"topic":"link.added"}}]`)
	default:
		out := f.out.Add(1)
		defer f.out.Add(-1)
		for peak := f.peak.Load(); out > peak && !f.peak.CompareAndSwap(peak, out); peak = f.peak.Load() {
		}
		_, _ = io.Copy(io.Discard, r.Body)
		time.Sleep(f.delay)
		w.Header().Set(event.HeaderFunction, "test")
	}
}

// countdown tells when so many events were acked.
type countdown struct {
	left int64
	done chan struct{}
}

func (c *countdown) Count(_, _, outcome string) {
	if outcome == "ack" && atomic.AddInt64(&c.left, -1) == 0 {
		close(c.done)
	}
}
