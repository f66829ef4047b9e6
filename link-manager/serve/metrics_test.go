package serve_test

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/serve"
)

var update = flag.Bool("update", false, "write the golden files")

// scrape is what /metrics says.
func scrape(t *testing.T, at serve.Addresses) string {
	t.Helper()
	res, err := http.Get(at.Metrics)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("the metrics are answered %d: %v", res.StatusCode, err)
	}
	return string(body)
}

// says waits until the metrics have a line.
func says(t *testing.T, at serve.Addresses, line string) {
	t.Helper()
	var text string
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if text = scrape(t, at); strings.Contains(text, "\n"+line+"\n") {
			return
		}
	}
	t.Errorf("the metrics never say %s, but\n%s", line, text)
}

// save saves a link.
func save(t *testing.T, at serve.Addresses, url string) {
	t.Helper()
	res, err := http.Post(at.API+"/v1/links", "application/json", strings.NewReader(fmt.Sprintf(`{"url":%q}`, url)))
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusCreated {
		t.Fatalf("saving is answered %d", res.StatusCode)
	}
}

func TestTheMetricsOfALinkwellThatChecks(t *testing.T) {
	web := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer web.Close()
	defer http.DefaultClient.CloseIdleConnections()
	var seen string
	c := config(t)
	c.Checks.CheckAllow = "127.0.0.0/8"
	if err := run(t, c, func(at serve.Addresses) {
		save(t, at, web.URL+"/page")
		for _, line := range []string{
			`linkwell_checks_total{reason="ok",status="valid"} 1`,
			`linkwell_checks_total{reason="gone",status="invalid"} 0`,
			`linkwell_check_duration_seconds_bucket{status="valid",le="10"} 1`,
			`linkwell_checks_requested_total{lane="added"} 1`,
			`linkwell_leases_expired_total{lane="added"} 0`,
			`linkwell_results_total{outcome="applied"} 1`,
			`linkwell_connector_calls_total{function="link-checker.openfaas-fn",outcome="ack",topic="link.added"} 1`,
			`linkwell_events_fetched_total{consumer="link-checker_openfaas-fn__link_added",stream="LINK_REQUESTS"} 1`,
			`linkwell_events_fetched_total{consumer="link-manager",stream="LINK_CHECKED"} 1`,
			`linkwell_events_handled_total{consumer="link-checker_openfaas-fn__link_added",disposition="ack",stream="LINK_REQUESTS"} 1`,
			`linkwell_event_deliveries_bucket{consumer="link-checker_openfaas-fn__link_added",stream="LINK_REQUESTS",le="1"} 1`,
			`linkwell_consumer_pending_events{consumer="link-checker_openfaas-fn__link_added",stream="LINK_REQUESTS",subject="link.added"} 0`,
			`linkwell_consumer_unacknowledged_events{consumer="link-manager",stream="LINK_CHECKED",subject="link.checked"} 0`,
			`linkwell_publish_failures_total{class="refused",subject="link.added"} 0`,
			`linkwell_api_request_duration_seconds_count{method="POST",route="/v1/links",status="2xx"} 1`,
		} {
			says(t, at, line)
		}
		seen = scrape(t, at)
	}); err != nil {
		t.Error(err)
	}

	// A dead letter is an event that the function refuses; it takes a broker that somebody else can publish to.
	c = config(t)
	c.Broker.NATSURL = startServer(t)
	if err := run(t, c, func(at serve.Addresses) {
		conn, err := nats.Connect(c.Broker.NATSURL)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		js, err := jetstream.New(conn)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := js.Publish(t.Context(), event.SubjectAdded, []byte("no event")); err != nil {
			t.Fatal(err)
		}
		says(t, at, `linkwell_dead_letters{function="link-checker.openfaas-fn"} 1`)
		seen += scrape(t, at)
	}); err != nil {
		t.Error(err)
	}
	golden(t, "metrics.txt", described(seen))
}

// startServer runs a NATS server with JetStream until the test ends, and returns its address.
func startServer(t *testing.T) string {
	t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true, JetStream: true, StoreDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(30 * time.Second) {
		t.Fatal("the server does not start")
	}
	return s.ClientURL()
}

func TestStrangersMakeNoSeries(t *testing.T) {
	defer http.DefaultClient.CloseIdleConnections()
	if err := run(t, config(t), func(at serve.Addresses) {
		for i, request := range [][2]string{
			{"GET", "/v1/links/https:%2F%2Fexample.com"}, {"GET", "/v1/links/another"}, {"GET", "/nowhere"}, {"GET", "/nowhere/else"},
			{"INVENTED", "/v1/links"}, {"INVENTED2", "/nowhere"}, {"PUT", "/v1/links"},
		} {
			req, err := http.NewRequestWithContext(t.Context(), request[0], at.API+request[1], http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(i, err)
			}
			_ = res.Body.Close()
		}
		var counts []string
		for line := range strings.Lines(scrape(t, at)) {
			if strings.HasPrefix(line, "linkwell_api_request_duration_seconds_count") {
				counts = append(counts, strings.TrimSpace(strings.TrimPrefix(line, "linkwell_api_request_duration_seconds_count")))
			}
		}
		if diff := cmp.Diff([]string{
			`{method="GET",route="/v1/links/{id}",status="4xx"} 2`,
			`{method="GET",route="none",status="4xx"} 2`,
			`{method="HTTP",route="none",status="4xx"} 2`,
			`{method="PUT",route="none",status="4xx"} 1`,
		}, counts); diff != "" {
			t.Error(diff)
		}
	}); err != nil {
		t.Error(err)
	}
}

// described is each metric of ours, sorted: its name, its type and what it means.
func described(text string) string {
	var lines []string
	helps := map[string]string{}
	for scanner := bufio.NewScanner(strings.NewReader(text)); scanner.Scan(); {
		words := strings.SplitN(scanner.Text(), " ", 4)
		switch {
		case len(words) < 4 || !strings.HasPrefix(words[2], "linkwell_"):
		case words[1] == "HELP":
			helps[words[2]] = words[3]
		case words[1] == "TYPE":
			lines = append(lines, fmt.Sprintf("%s (%s)\n    %s\n", words[2], words[3], helps[words[2]]))
		}
	}
	slices.Sort(lines)
	return strings.Join(slices.Compact(lines), "")
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := "testdata/" + name
	if *update {
		write(t, path, got)
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (write it with -update):\n%s", name, diff)
	}
}

func TestTheMetricsListenerSaysThatTheProcessLives(t *testing.T) {
	defer http.DefaultClient.CloseIdleConnections()
	if err := run(t, config(t), func(at serve.Addresses) {
		res, err := http.Get(strings.TrimSuffix(at.Metrics, "/metrics") + "/healthz")
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Errorf("it is answered %d", res.StatusCode)
		}
	}); err != nil {
		t.Error(err)
	}
}
