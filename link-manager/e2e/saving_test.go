package e2e_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
)

// page is the path of the n-th page of a web; every third is not there.
func page(n int) string { return fmt.Sprintf("/page/%d", n) }

// pageStatus is what a link to it is.
func pageStatus(n int) check.Status {
	if n%3 == 0 {
		return check.Invalid
	}
	return check.Valid
}

// notThere is a page for people that says so, so that a check asks for it with one GET and not with two.
func notThere(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(http.StatusNotFound)
	_, _ = io.WriteString(w, "<!doctype html><title>Not found</title><p>There is no such page.")
}

// saving saves links to the pages of a web through a Linkwell that may die at any moment. Like a person, it tries until it
// is told that the link is there.
type saving struct {
	t        *testing.T
	web      *web
	api      func() string
	client   *http.Client
	pages    chan int
	released int
	accepted atomic.Int64
}

// savers is how many links are being saved at a time.
const savers = 4

// startSaving saves those of n pages that are released. api is where Linkwell is now; empty while nobody knows.
func startSaving(t *testing.T, w *web, n int, api func() string) *saving {
	s := &saving{t: t, web: w, api: api, client: &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{}}, pages: make(chan int, n)}
	for i := 0; i < n; i += 3 {
		w.answer(page(i), notThere)
	}
	var running sync.WaitGroup
	for range savers {
		running.Go(func() {
			for i := range s.pages {
				if err := s.save(page(i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	t.Cleanup(func() {
		close(s.pages)
		running.Wait()
		s.client.CloseIdleConnections()
	})
	return s
}

// release lets the pages up to n be saved.
func (s *saving) release(n int) {
	for ; s.released < n; s.released++ {
		s.pages <- s.released
	}
}

// waitFor waits until n links were accepted.
func (s *saving) waitFor(n int) {
	s.t.Helper()
	eventuallyForEach(s.t, n, fmt.Sprintf("%d links are accepted", n), func() bool { return int(s.accepted.Load()) >= n })
}

// save saves one link. A conflict means that it was saved before, by a try whose answer got lost.
func (s *saving) save(path string) error {
	body := fmt.Sprintf(`{"url":%q}`, s.web.URL+path)
	for lost := 0; s.t.Context().Err() == nil; lost++ {
		status, err := s.post(body)
		switch {
		case err != nil || status == http.StatusServiceUnavailable:
			time.Sleep(20 * time.Millisecond)
		case status == http.StatusCreated || status == http.StatusConflict && lost > 0:
			s.accepted.Add(1)
			return nil
		default:
			return fmt.Errorf("%s is answered %d", path, status)
		}
	}
	return nil
}

func (s *saving) post(body string) (status int, err error) {
	api := s.api()
	if api == "" {
		return 0, errors.New("nobody knows where Linkwell is")
	}
	res, err := s.client.Post(api+"/v1/links", "application/json", bytes.NewReader([]byte(body)))
	if err != nil {
		return 0, err
	}
	defer func() { _ = res.Body.Close() }()
	_, err = io.Copy(io.Discard, res.Body)
	return res.StatusCode, err
}
