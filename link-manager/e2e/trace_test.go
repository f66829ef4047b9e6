//go:build !openfaas

package e2e_test

import (
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/logging"
)

// theWay is every span between a person and what they learn, from its end to its beginning.
var theWay = []string{
	"fold", "process link.checked", "publish link.checked", "check", "POST /function/link-checker.openfaas-fn",
	"process link.added", "publish link.added", "POST /v1/links",
}

func TestOneTraceLeadsFromThePersonToTheFold(t *testing.T) {
	w := startWeb(t)
	w.answer("/page", func(_ http.ResponseWriter, req *http.Request) {
		if req.Header.Get("traceparent") != "" {
			t.Error("a checked site is told the trace")
		}
	})
	spans := startCollector(t)
	l := start(t, config(t))
	saved := l.save(w.URL + "/page")
	if got := l.settled(saved.ID); got.Status != check.Valid {
		t.Fatalf("it is %s", got.Status)
	}

	trace, way := spans.way("fold", "POST /v1/links")
	if diff := cmp.Diff(theWay, way); diff != "" {
		t.Errorf("the way is not whole:\n%s", diff)
	}
	eventually(t, "every span is sent", func() bool { return len(spans.of(trace)) >= len(theWay) })
	if n := len(spans.of(trace)); n != len(theWay) {
		t.Errorf("the trace has %d spans, want %d", n, len(theWay))
	}
	kinds := map[string]tracepb.Span_SpanKind{}
	for _, span := range spans.of(trace) {
		kinds[span.GetName()] = span.GetKind()
		if span.GetStatus().GetCode() == tracepb.Status_STATUS_CODE_ERROR {
			t.Errorf("%s failed: %s", span.GetName(), span.GetStatus().GetMessage())
		}
	}
	if diff := cmp.Diff(map[string]tracepb.Span_SpanKind{
		"POST /v1/links":                          tracepb.Span_SPAN_KIND_SERVER,
		"publish link.added":                      tracepb.Span_SPAN_KIND_PRODUCER,
		"process link.added":                      tracepb.Span_SPAN_KIND_CONSUMER,
		"POST /function/link-checker.openfaas-fn": tracepb.Span_SPAN_KIND_CLIENT,
		"check":                tracepb.Span_SPAN_KIND_SERVER,
		"publish link.checked": tracepb.Span_SPAN_KIND_PRODUCER,
		"process link.checked": tracepb.Span_SPAN_KIND_CONSUMER,
		"fold":                 tracepb.Span_SPAN_KIND_INTERNAL,
	}, kinds); diff != "" {
		t.Errorf("kinds:\n%s", diff)
	}
	if text := spans.everything(); !strings.Contains(text, `"link-manager"`) {
		t.Error("nobody says who sent the spans")
	}

	// Who asks for another check has a trace of their own.
	l.call("POST", "/v1/links/"+saved.ID+"/check", "", http.StatusAccepted, nil)
	again, _ := spans.way("POST /v1/links/{id}/check", "POST /v1/links/{id}/check")
	eventually(t, "the second check is in the second trace", func() bool { return len(spans.of(again)) == len(theWay) })
}

func TestATraceOfTheCallerIsContinued(t *testing.T) {
	w := startWeb(t)
	spans := startCollector(t)
	l := start(t, config(t))
	save := func(path, traceParent string) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, l.API+"/v1/links", strings.NewReader(fmt.Sprintf(`{"url":%q}`, w.URL+path)))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("traceparent", traceParent)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
	}
	save("/page", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
	if trace, way := spans.way("fold", "POST /v1/links"); trace != "4bf92f3577b34da6a3ce929d0e0e4736" || len(way) != len(theWay) {
		t.Errorf("the trace is %s: %q", trace, way)
	}

	// What its caller does not want to be recorded is not.
	save("/other", "00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-00f067aa0ba902b7-00")
	l.allSettled()
	l.stop()
	if n := len(spans.of("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")); n != 0 {
		t.Errorf("%d spans were sent", n)
	}
}

// The secrets a URL can hold, and what a person writes beside it.
var canaries = []string{"canaryquery", "canaryfragment", "canarytitle", "canarydescription", "canarypath", "canarysearch", "canaryhost"}

func TestNoSecretOfALinkIsSeen(t *testing.T) {
	w := startWeb(t)
	// It leads on to an address of secrets too, and to one that cannot be asked for.
	w.answer("/canarypath/moved", func(res http.ResponseWriter, req *http.Request) {
		http.Redirect(res, req, "/canarypath/page?token=canaryquery2#canaryfragment2", http.StatusFound)
	})
	w.answer("/canarypath/broken", func(res http.ResponseWriter, _ *http.Request) {
		res.Header().Set("Location", "http://canaryhost.invalid/%zz?token=canaryquery3")
		res.WriteHeader(http.StatusFound)
	})
	w.answer("/canarypath/hangup", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	spans := startCollector(t)
	var logs lockedBuffer
	c := config(t)
	logger, err := logging.New(io.MultiWriter(&logs, t.Output()), "json", slog.LevelDebug)
	if err != nil {
		t.Fatal(err)
	}
	c.Logger = logger
	before := slog.Default() // libraries' lines too
	slog.SetDefault(logger)
	t.Cleanup(func() { slog.SetDefault(before); log.SetOutput(io.Discard) })
	l := start(t, c)
	for _, path := range []string{"page", "moved", "broken", "hangup"} {
		body := fmt.Sprintf(`{"url":%q,"title":"canarytitle","description":"canarydescription"}`, w.URL+"/canarypath/"+path+"?token=canaryquery#canaryfragment")
		l.call("POST", "/v1/links", body, http.StatusCreated, nil)
		l.call("POST", "/v1/links", body, http.StatusConflict, nil)
	}
	l.call("POST", "/v1/links", `{"url":"https://canaryhost.invalid/canarypath?token=canaryquery"}`, http.StatusCreated, nil)
	l.call("POST", "/v1/links", `{"url":"https://canaryuser:canaryquery@canaryhost.invalid/canarypath"}`, http.StatusUnprocessableEntity, nil)
	l.call("POST", "/v1/links", `{"url":"https://canaryhost.invalid/canarypath?token=canaryquery"`, http.StatusBadRequest, nil)
	l.call("GET", "/v1/links?q=canarysearch", "", http.StatusOK, nil)
	l.call("GET", "/v1/links/https:%2F%2Fcanaryhost.invalid%2Fcanarypath%3Ftoken=canaryquery", "", http.StatusNotFound, nil)
	l.call("GET", "/https://canaryhost.invalid/canarypath?token=canaryquery", "", http.StatusNotFound, nil)
	l.allSettled()

	// The function has a log of its own.
	told := map[string]string{"the metrics": readAll(t, l.Metrics)}
	for _, function := range []string{"link-checker", "link-rechecker"} {
		told["the log of "+function] = readAll(t, l.Gateway+"/system/logs?name="+function)
	}
	l.stop()
	told["the log"], told["the traces"] = logs.String(), spans.everything()
	for where, text := range told {
		if text == "" && where != "the log of link-rechecker" {
			t.Errorf("%s is empty", where)
		}
		for _, canary := range canaries {
			if i := strings.Index(text, canary); i >= 0 {
				t.Errorf("%s tells %s: …%s…", where, canary, text[max(0, i-200):min(len(text), i+100)])
			}
		}
	}
	if trace, _ := spans.way("check", "check"); !regexp.MustCompile(`checked.* trace_id=`).MatchString(told["the log of link-checker"]) {
		t.Errorf("the function's lines do not lead to traces such as %s", trace)
	}
}

// readAll is what a page says.
func readAll(t *testing.T, url string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s is answered %d %s: %v", url, res.StatusCode, body, err)
	}
	return string(body)
}
