package event_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/event"
)

var update = flag.Bool("update", false, "write the golden files")

var (
	asked   = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	checkID = "0f6c0f6c0f6c0f6c0f6c0f6c0f6c0f6c"
)

func request() event.Request {
	return event.Request{CheckID: checkID, URL: "https://example.com/a?b=1&c=<2>", Attempt: 1, Confirm: true, ExpiresAt: asked.Add(5 * time.Minute)}
}

func checked() event.Checked {
	return event.Checked{CheckID: checkID, Result: check.Result{
		URL: "https://example.com/a", Status: check.Valid, Reason: check.OK, HTTPStatus: 200,
		FinalURL: "https://example.com/b", Redirects: []check.Redirect{{URL: "https://example.com/a", HTTPStatus: 301}},
		MovedTo: "https://example.com/b", Method: "HEAD", Notes: []check.Note{check.MovedPermanently},
		RetryAfterSeconds:    120,
		CertificateExpiresAt: time.Date(2026, 12, 31, 23, 59, 59, 0, time.UTC),
		Timings:              check.Timings{DNS: 3, Connect: 12, TLS: 25, FirstByte: 40},
		DurationMS:           83, CheckedAt: asked,
	}}
}

func TestWireBytes(t *testing.T) {
	attributes := event.Attributes{ID: checkID, Source: "link-manager", Time: asked}
	requested, checkedAs := attributes, attributes
	requested.Type, requested.Expires = event.TypeAdded, asked.Add(5*time.Minute)
	checkedAs.Type, checkedAs.Source = event.TypeChecked, "link-checker"
	minimal := event.Checked{Result: check.Result{URL: "https://example.com", Status: check.Pending, Reason: check.TimeoutDNS, DurationMS: 10000, CheckedAt: asked}}

	golden(t, "request.json", request().Encode())
	golden(t, "request.headers", headers(requested.Header()))
	golden(t, "checked.json", checked().Encode())
	golden(t, "checked.headers", headers(checkedAs.Header()))
	golden(t, "checked_by_hand.json", minimal.Encode())
}

func TestDecodingTheWireGivesWhatWasSent(t *testing.T) {
	gotRequest, err := event.DecodeRequest(readGolden(t, "request.json"))
	if diff := cmp.Diff(request(), gotRequest); err != nil || diff != "" {
		t.Errorf("request: %v\n%s", err, diff)
	}
	gotChecked, err := event.DecodeChecked(readGolden(t, "checked.json"))
	if diff := cmp.Diff(checked(), gotChecked); err != nil || diff != "" {
		t.Errorf("checked: %v\n%s", err, diff)
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(filepath.Join("testdata", name), append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want := readGolden(t, name); !bytes.Equal(got, want) {
		t.Errorf("%s (write it with -update):\n%s", name, cmp.Diff(string(want), string(got)))
	}
}

func readGolden(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return bytes.TrimSuffix(content, []byte("\n"))
}

// headers are header lines, sorted.
func headers(h map[string][]string) []byte {
	var lines []string
	for name, values := range h {
		lines = append(lines, name+": "+strings.Join(values, ", "))
	}
	slices.Sort(lines)
	return []byte(strings.Join(lines, "\n"))
}
