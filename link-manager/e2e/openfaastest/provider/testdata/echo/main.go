// Command echo is the function that the provider's test deploys. It stops as of-watchdog does: on SIGTERM it takes calls for a
// while longer, because some may be on their way, and finishes them.
package main

import (
	"context"
	"io"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	if os.Getenv("version") == "broken" {
		log.Fatal("broken from the start")
	}
	http.HandleFunc("/_/health", func(http.ResponseWriter, *http.Request) {})
	http.HandleFunc("/who", func(w http.ResponseWriter, r *http.Request) {
		host, _ := os.Hostname()
		log.Print("asked who with ", r.URL.RawQuery)
		_, _ = io.WriteString(w, os.Getenv("version")+" "+host)
	})
	http.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) })
	http.HandleFunc("/environment", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, os.Getenv(r.URL.RawQuery))
	})
	http.HandleFunc("/read", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, r.URL.RawQuery) })
	http.HandleFunc("/write", func(w http.ResponseWriter, r *http.Request) {
		if err := os.WriteFile(r.URL.RawQuery, []byte("written"), 0o600); err != nil {
			http.Error(w, err.Error(), http.StatusForbidden)
		}
	})
	http.HandleFunc("/slow", func(http.ResponseWriter, *http.Request) { time.Sleep(2 * time.Second) })
	http.HandleFunc("/crash", func(http.ResponseWriter, *http.Request) { log.Fatal("crashed as told") })

	server := &http.Server{Addr: ":8080"}
	stopped, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	go func() { _ = server.ListenAndServe() }()
	<-stopped.Done()
	time.Sleep(500 * time.Millisecond)
	_ = server.Shutdown(context.Background())
}
