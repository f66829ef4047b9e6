package e2e_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// web is a web server of the test: each path answers what the test says, and every connection and request is counted.
type web struct {
	*httptest.Server
	mutex       sync.Mutex
	answers     map[string]http.HandlerFunc
	gets        map[string]int
	connections int
}

func startWeb(t *testing.T) *web {
	w := &web{answers: map[string]http.HandlerFunc{}, gets: map[string]int{}}
	listener, err := net.Listen("tcp", net.JoinHostPort(hostAddress(t), "0"))
	if err != nil {
		t.Fatal(err)
	}
	w.Server = &httptest.Server{Listener: listener, Config: &http.Server{Handler: w}}
	w.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			w.mutex.Lock()
			defer w.mutex.Unlock()
			w.connections++
		}
	}
	w.Start()
	t.Cleanup(w.Close)
	return w
}

// ServeHTTP answers 200 where the test said nothing.
func (w *web) ServeHTTP(res http.ResponseWriter, req *http.Request) {
	w.mutex.Lock()
	answer := w.answers[req.URL.Path]
	if req.Method == http.MethodGet {
		w.gets[req.URL.Path]++
	}
	w.mutex.Unlock()
	if answer != nil {
		answer(res, req)
	}
}

// answer says what path answers from now on.
func (w *web) answer(path string, answer http.HandlerFunc) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.answers[path] = answer
}

// asked is how often path was asked for with GET: once for each confirmed check.
func (w *web) asked(path string) int {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.gets[path]
}

// connected is how many connections were made.
func (w *web) connected() int {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.connections
}

// status answers with a status code and nothing else.
func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}
