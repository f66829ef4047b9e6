package storetest

import (
	"flag"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-manager/store"
)

var (
	listLinks  = flag.Int("links", 20_000, "links of the owner whose lists BenchmarkList reads")
	listRounds = flag.Int("rounds", 40, "how often BenchmarkList reads each")
)

// BenchmarkList tells how long pages of 50 take of an owner with -links links, beside another owner with a tenth of that, and how
// much longer than the same with a tenth of the links. What is rare is one in 20,000; what is common every second.
func BenchmarkList(b *testing.B, fresh func(t testing.TB) store.Config) {
	few, many := withLinks(b, fresh, *listLinks/10), withLinks(b, fresh, *listLinks)
	lists := []struct{ name, text string }{
		{"no filter", ""},
		{"rarest status", "is:invalid"},
		{"commonest status", "is:valid"},
		{"rare word", "scarce"},
		{"common word", "plenty"},
		{"word of one in a hundred", "some"},
		{"rare tag", "#scarce"},
		{"common tag", "#plenty"},
		{"common word, rarest status", "plenty is:invalid"},
		{"rare word, commonest status", "scarce is:valid"},
		{"two common words", "plenty other"},
		{"two words that never meet", "plenty -plenty"},
		{"phrase", `"plenty of other"`},
		{"either of two rare words", "scarce or rare"},
		{"host", "host:host7.example"},
		{"reason", "reason:gone"},
		{"code", "code:410"},
		{"added lately", "added:<1d plenty"},
		{"sorted by title", "sort:title"},
		{"common word, sorted by title", "plenty sort:title"},
		{"last page", "last"},
		{"last page of a common word", "plenty last"},
	}
	for b.Loop() {
		for _, l := range lists {
			fewP50, fewP95 := few.timed(l.text)
			p50, p95 := many.timed(l.text)
			// Not a log, of which the benchmark would print the first lines only.
			fmt.Printf("%-30s p50 %8.2f ms   p95 %8.2f ms   %5.1f times (p95 %.1f times) that of a tenth\n", l.name,
				p50.Seconds()*1e3, p95.Seconds()*1e3, float64(p50)/float64(fewP50), float64(p95)/float64(fewP95))
		}
	}
}

// timed lists several times, and returns how long half and 95 % of them took at most. A query that ends in last is about the
// last page.
func (f *fixture) timed(text string) (p50, p95 time.Duration) {
	f.t.Helper()
	filter := store.Filter{Limit: 51}
	if text == "last" || text == "plenty last" {
		text = text[:len(text)-len("last")]
		first := f.list("ann", store.Filter{Query: query(f.t, "sort:added "+text), Limit: 40})
		filter.After = store.Filter{}.PositionOf(first[len(first)-1])
	}
	filter.Query = query(f.t, text)
	f.list("ann", filter) // once for the caches
	took := make([]time.Duration, *listRounds)
	for i := range took {
		began := time.Now()
		f.list("ann", filter)
		took[i] = time.Since(began)
	}
	slices.Sort(took)
	return took[len(took)/2], took[len(took)*95/100]
}

// withLinks is a store in which ann has n links and bob a tenth of that. They are made past the store, and then made
// searchable by it, as after a migration.
func withLinks(b *testing.B, fresh func(t testing.TB) store.Config, n int) *fixture {
	b.Helper()
	f := newFixture(b, fresh(b))
	f.config.Logger = nil
	began := time.Now()
	f.crowd(store.LaneDue, "ann", n)
	f.crowd(store.LaneDue, "bob", n/10)
	id := "printf('00000000-0000-7000-8000-%012x', t.id)"
	if f.config.URL != "" {
		id = "CAST('00000000-0000-7000-8000-' || lpad(to_hex(t.id), 12, '0') AS UUID)"
	}
	f.raw(`
		INSERT INTO links (id, owner, target_id, url, title, description, search_text, status, reason, http_status, failing_since,
		                   target_version, linked_at, created_at, updated_at)
		SELECT ` + id + `, t.queued_by, t.id, 'https://host' || t.id % 1000 || '.example/page/' || t.id,
		       'number ' || t.id % 5000 || CASE WHEN t.id % 2 = 0 THEN ' plenty of other things' ELSE ' nothing much' END
		       || CASE WHEN t.id % 20000 = 7 THEN ' scarce' WHEN t.id % 20000 = 9 THEN ' rare' WHEN t.id % 100 = 3 THEN ' some' ELSE '' END,
		       'a page about ' || t.id % 777 || ' that somebody wanted to keep for later', '',
		       CASE WHEN t.id % 20000 = 8 THEN 'invalid' WHEN t.id % 10 = 1 THEN 'pending' ELSE 'valid' END,
		       CASE WHEN t.id % 20000 = 8 THEN 'gone' WHEN t.id % 10 = 1 THEN 'server_error' ELSE 'ok' END,
		       CASE WHEN t.id % 20000 = 8 THEN 410 WHEN t.id % 10 = 1 THEN 503 ELSE 200 END,
		       CASE WHEN t.id % 20000 = 8 OR t.id % 10 = 1 THEN 1 END,
		       1, 0, ` + fmt.Sprint(start.UnixMicro()) + ` - (` + fmt.Sprint(2*n) + ` - t.id) * 1000000, 0
		FROM targets t`)
	f.raw(`INSERT INTO link_tags (link_id, owner, tag) SELECT id, owner, 'plenty' FROM links WHERE target_id % 2 = 0`)
	f.raw(`INSERT INTO link_tags (link_id, owner, tag) SELECT id, owner, 'scarce' FROM links WHERE target_id % 20000 = 7`)
	made := time.Now()
	f.Store = f.open()
	written := time.Now()
	if f.config.URL != "" {
		f.raw(`VACUUM ANALYZE`) // as autovacuum would
	}
	fmt.Printf("made %d links in %.0f s, and searchable in %.0f s\n", n, made.Sub(began).Seconds(), written.Sub(made).Seconds())
	return f
}
