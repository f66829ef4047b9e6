package main

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	function "github.com/linkwell/linkwell/link-checker"
	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/event"
)

var update = flag.Bool("update", false, "write what is answered into the golden files")

// asked is when the requests in testdata/homes are made.
var asked = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// fine is a web on which every page is there.
type fine struct{}

func (fine) Check(_ context.Context, url string, _ bool) check.Result {
	result := check.Result{URL: url, HTTPStatus: http.StatusOK, Method: http.MethodHead, DurationMS: 83, CheckedAt: asked}
	result.Decide(check.OK)
	return result
}

// keeping is a broker that keeps every answer.
type keeping struct{ kept []byte }

func (*keeping) Ready() error { return nil }

func (k *keeping) Publish(_ context.Context, checked event.Checked) error {
	k.kept = append(k.kept, checked.Encode()...)
	return nil
}

// TestEveryHome holds what the function answers where it is at home: each file of testdata/homes is a call as that home makes
// it, byte by byte, then what is answered, and what the broker is given. charts/linkwell/HOMES.md says where the calls come from.
func TestEveryHome(t *testing.T) {
	files, err := filepath.Glob("testdata/homes/*.http")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no homes: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".http"), func(t *testing.T) {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			call, _, _ := strings.Cut(string(content), answerBegins)
			broker := &keeping{}
			checker := &function.Checker{Prober: fine{}, Publisher: broker, Now: func() time.Time { return asked }, Logger: slog.New(slog.NewTextHandler(t.Output(), nil))}
			got := call + answerBegins + answered(t, adapter{Handle: checker.Handle, Logger: checker.Logger}, call) + keptBegins + string(broker.kept) + "\n"
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(content), got); diff != "" && !*update {
				t.Error(diff)
			}
		})
	}
}

const (
	answerBegins = "\n--- is answered ---\n"
	keptBegins   = "--- and the broker is given ---\n"
)

// answered is what a process answers to a call, over TCP, without the date.
func answered(t *testing.T, h http.Handler, call string) string {
	t.Helper()
	head, body, _ := strings.Cut(call, "\n\n")
	request, err := http.ReadRequest(bufio.NewReader(strings.NewReader(strings.ReplaceAll(head, "\n", "\r\n") + "\r\n\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	defer server.Close()
	to, err := http.NewRequestWithContext(t.Context(), request.Method, server.URL+request.RequestURI, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	to.Header, to.Host = request.Header, request.Host
	if strings.EqualFold(strings.Join(request.TransferEncoding, ""), "chunked") {
		to.ContentLength = -1
	}
	answer, err := server.Client().Do(to)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	answer.Header.Del("Date")
	said, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	text.WriteString(answer.Proto + " " + answer.Status + "\n")
	if err := answer.Header.Write(&text); err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(text.String(), "\r\n", "\n") + "\n" + string(said)
}
