//go:build !openfaas

package e2e_test

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"
)

// slowHost is a host of its own, whose pages take their time, and that notes who asked for what and when.
type slowHost struct {
	*httptest.Server
	shortest, longest time.Duration

	mutex  sync.Mutex
	visits map[string]*visit // by path
	out    int
	// most is the most requests that were answered at the same time.
	most int
}

// visit is one check as its host sees it: all requests for one path. A check of one of these pages asks with HEAD and,
// because its target was never checked, with GET, one after the other; it has no reason to ask once more.
type visit struct {
	began, ended time.Time
	heads, gets  int
}

// startSlowHosts starts at most n hosts, as many as this machine has addresses for: on Linux all of 127.0.0.0/8 are its own,
// elsewhere perhaps one.
func startSlowHosts(t *testing.T, n int, shortest, longest time.Duration) []*slowHost {
	t.Helper()
	var hosts []*slowHost
	for i := range n {
		listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.%d:0", i+1))
		if err != nil {
			break
		}
		h := &slowHost{shortest: shortest, longest: longest, visits: map[string]*visit{}}
		h.Server = &httptest.Server{Listener: listener, Config: &http.Server{Handler: h}}
		h.Start()
		t.Cleanup(h.Close)
		hosts = append(hosts, h)
	}
	return hosts
}

// ServeHTTP answers 200 after a while.
func (h *slowHost) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	h.comes(r)
	time.Sleep(h.shortest + rand.N(h.longest-h.shortest))
	h.leaves(r)
}

func (h *slowHost) comes(r *http.Request) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	v := h.visits[r.URL.Path]
	if v == nil {
		v = &visit{began: time.Now()}
		h.visits[r.URL.Path] = v
	}
	if r.Method == http.MethodHead {
		v.heads++
	} else {
		v.gets++
	}
	h.out++
	h.most = max(h.most, h.out)
}

func (h *slowHost) leaves(r *http.Request) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.visits[r.URL.Path].ended = time.Now()
	h.out--
}

// seen is how a host was treated.
type seen struct {
	checks   int
	requests int
	// atOnce is the most checks, and requests, that it had to bear at a time.
	atOnce, requestsAtOnce int
	// gaps are the times from the beginning of one check to that of the next.
	gaps []time.Duration
	// again is how many pages were asked for more than once with the same method.
	again int
}

func (h *slowHost) seen() seen {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	s := seen{checks: len(h.visits), requestsAtOnce: h.most}
	visits := make([]visit, 0, len(h.visits))
	for _, v := range h.visits {
		visits = append(visits, *v)
		s.requests += v.heads + v.gets
		if v.heads > 1 || v.gets > 1 {
			s.again++
		}
	}
	slices.SortFunc(visits, func(a, b visit) int { return a.began.Compare(b.began) })
	for i, v := range visits {
		if i > 0 {
			s.gaps = append(s.gaps, v.began.Sub(visits[i-1].began))
		}
		atOnce := 1
		for _, before := range visits[:i] {
			if before.ended.After(v.began) {
				atOnce++
			}
		}
		s.atOnce = max(s.atOnce, atOnce)
	}
	return s
}
