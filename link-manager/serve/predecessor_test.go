package serve

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// The defects of the predecessor that a server can have, by their numbers.

func TestD30WhatTook5MillisecondsIsCountedAs5Milliseconds(t *testing.T) {
	registry := prometheus.NewRegistry()
	newRequestTimer(registry).answered("GET", "/v1/links", http.StatusOK, 5*time.Millisecond)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	if sum := families[0].GetMetric()[0].GetHistogram().GetSampleSum(); sum != 0.005 {
		t.Errorf("5 ms are counted as %v seconds", sum)
	}
}

func TestD32AServerFinishesWhatItHasBeforeItStops(t *testing.T) {
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m := &manager{}
	m.Logger = slog.New(slog.DiscardHandler)
	asked, stopping := make(chan struct{}), make(chan struct{})
	m.serve("LISTEN", listener, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(asked)
		<-stopping
		_, _ = io.WriteString(w, "whole")
	}), func() { close(stopping) })
	answered := make(chan string, 1)
	go func() {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+listener.Addr().String(), nil)
		if err != nil {
			answered <- err.Error()
			return
		}
		response, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
		if err != nil {
			answered <- err.Error()
			return
		}
		body, _ := io.ReadAll(response.Body)
		_ = response.Body.Close()
		answered <- string(body)
	}()
	<-asked
	m.stop()
	if got := <-answered; got != "whole" {
		t.Errorf("who asked before the end got %q", got)
	}
}
