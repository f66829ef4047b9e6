package pages_test

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/linkwell/linkwell/link-manager/account"
	"github.com/linkwell/linkwell/link-manager/api"
	"github.com/linkwell/linkwell/link-manager/pages"
	"github.com/linkwell/linkwell/link-manager/store"
	"github.com/linkwell/linkwell/link-manager/store/storetest"
	"github.com/linkwell/linkwell/link-manager/store/storetest/postgrestest"
)

var (
	pageLinks  = flag.Int("page-links", 20_000, "links of the owner whose pages BenchmarkPages asks for")
	pageRounds = flag.Int("page-rounds", 200, "how often BenchmarkPages asks for each")
)

func BenchmarkPagesSQLite(b *testing.B) {
	benchmarkPages(b, store.Config{Path: b.TempDir() + "/linkwell.db"})
}

func BenchmarkPagesPostgreSQL(b *testing.B) {
	benchmarkPages(b, store.Config{URL: postgrestest.URL(b)})
}

// benchmarkPages tells how long pages take over HTTP, in gzip, of an owner with -page-links links, of whom the newest have
// as many checks as are kept.
func benchmarkPages(b *testing.B, c store.Config) {
	began := time.Now()
	many := storetest.SaveMany(b, c, *pageLinks)
	many.GiveChecks(2_000, store.ChecksKept)
	fmt.Printf("%s: made %d links in %.0f s\n\n| page | p50 ms | p95 ms |\n|---|---|---|\n", b.Name(), *pageLinks*11/10, time.Since(began).Seconds())
	logger := slog.New(slog.DiscardHandler)
	server := httptest.NewServer(api.New(api.Config{
		Store: many.Store, Accounts: account.New(account.Config{Store: many.Store, Now: time.Now, Logger: logger}), Logger: logger,
		Wake: func() {}, Owner: func(context.Context) string { return "ann" },
		Pages: func(router chi.Router) {
			pages.Routes(router, pages.Config{Store: many.Store, Asks: api.Asks, Wake: func() {}, Now: time.Now, Logger: logger})
		},
	}))
	b.Cleanup(server.Close)
	s := &site{t: b, store: many.Store}
	for b.Loop() {
		for _, path := range []string{"/", "/?q=is%3Ainvalid", "/?q=%23plenty", "/?q=scarce"} {
			s.fetch(server.URL, path) // once for the caches
			took := make([]time.Duration, *pageRounds)
			for i := range took {
				asked := time.Now()
				s.fetch(server.URL, path)
				took[i] = time.Since(asked)
			}
			slices.Sort(took)
			fmt.Printf("| %s | %.1f | %.1f |\n", path, took[len(took)/2].Seconds()*1e3, took[len(took)*95/100].Seconds()*1e3)
		}
	}
	http.DefaultClient.CloseIdleConnections()
}
