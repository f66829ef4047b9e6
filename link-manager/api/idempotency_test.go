package api_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestARequestWithAKeyIsDoneOnceAndAnsweredAgain(t *testing.T) {
	r := newRig(t)
	const body = `{"url":"https://example.com/a"}`
	first := r.do("POST", "/v1/links", body, "Idempotency-Key", "k").is(http.StatusCreated, nil)
	path := first.header.Get("Location")
	r.do("PATCH", path, `{"title":"changed"}`).is(http.StatusOK, nil)
	again := r.do("POST", "/v1/links", body, "Idempotency-Key", "k").is(http.StatusCreated, nil)
	if diff := cmp.Diff(string(first.body), string(again.body)); diff != "" {
		t.Error(diff)
	}
	if again.header.Get("Location") != path || again.etag() != first.etag() || again.header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("headers are %v", again.header)
	}
	r.do("POST", "/v1/links", `{"url":"https://example.com/b"}`, "Idempotency-Key", "k").problem(http.StatusUnprocessableEntity, "another request")
	r.do("POST", path+"/check", "", "Idempotency-Key", "k").problem(http.StatusUnprocessableEntity, "another request")
	r.do("POST", "/v1/links", body, "Idempotency-Key", "other").problem(http.StatusConflict, "already saved")
	r.do("POST", "/v1/links", body, "Idempotency-Key", strings.Repeat("k", 256)).problem(http.StatusBadRequest, "header.Idempotency-Key")
	r.clock = r.clock.Add(24 * time.Hour)
	r.do("POST", "/v1/links", body, "Idempotency-Key", "k").problem(http.StatusConflict, "already saved")
}

func TestAProblemIsAnsweredAgainToo(t *testing.T) {
	r := newRig(t)
	for range 2 {
		r.do("POST", "/v1/links", `{"url":"nonsense"}`, "Idempotency-Key", "k").problem(http.StatusUnprocessableEntity, "url")
	}
	r.do("POST", "/v1/links", `{"title":"`+strings.Repeat("a", 64<<10)+`"}`, "Idempotency-Key", "large").problem(http.StatusRequestEntityTooLarge, "")
}

func TestOfTheSameRequestAtOnceOneIsDone(t *testing.T) {
	r := newRig(t)
	var mutex sync.Mutex
	statuses := map[int]int{}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			a := r.do("POST", "/v1/links", `{"url":"https://example.com/a"}`, "Idempotency-Key", "k")
			mutex.Lock()
			defer mutex.Unlock()
			statuses[a.status]++
		})
	}
	all.Wait()
	if statuses[http.StatusCreated] == 0 || statuses[http.StatusCreated]+statuses[http.StatusConflict] != 8 || len(r.list("").Items) != 1 {
		t.Errorf("answers: %v", statuses)
	}
}
