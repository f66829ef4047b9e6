package storetest

import (
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// BenchmarkClaim compares claiming ten targets where 10,000 are due with where 1,000,000 are, of 5,000 hosts each, with
// manners; "ratio" should stay near 1.
func BenchmarkClaim(b *testing.B, fresh func(t testing.TB) store.Config) {
	few, many := withDue(b, fresh, 10_000), withDue(b, fresh, 1_000_000)
	var took [2]time.Duration
	for b.Loop() {
		for i, f := range []*fixture{few, many} {
			f.clock.pass(time.Second)
			began := time.Now()
			claims := f.claimAs(store.ClaimRequest{Lane: store.LaneDue, Limit: 10, Manners: polite}).Claims
			took[i] += time.Since(began)
			f.equal("claims", len(claims), 10)
			for _, c := range claims {
				if _, err := f.Release(b.Context(), c.CheckID, f.clock.Now()); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
	b.ReportMetric(float64(took[0].Microseconds())/float64(b.N), "µs/10,000-due")
	b.ReportMetric(float64(took[1].Microseconds())/float64(b.N), "µs/1,000,000-due")
	b.ReportMetric(float64(took[1])/float64(took[0]), "ratio")
	b.ReportMetric(0, "ns/op") // claiming and releasing together say nothing
}

// withDue is a store with n targets due in LaneDue, which nobody but the benchmark knows.
func withDue(b *testing.B, fresh func(t testing.TB) store.Config, n int) *fixture {
	f := newFixture(b, fresh(b))
	f.crowd(store.LaneDue, "ann", n)
	f.raw(`UPDATE targets SET host = 'host' || (id % 5000) || '.example'`)
	if f.config.URL != "" {
		f.raw(`VACUUM ANALYZE targets`) // as autovacuum would
	}
	return f
}

// BenchmarkApply measures applying an answer to targets that have as much history as is kept.
func BenchmarkApply(b *testing.B, fresh func(t testing.TB) store.Config) {
	const targets, answers = 20, 100
	f := newFixture(b, fresh(b))
	links := make([]link.Link, targets)
	for i := range links {
		links[i] = f.add("ann", page(i))
	}
	for range answers {
		f.applyAll(links)
	}
	var took time.Duration
	for b.Loop() {
		took += f.applyAll(links)
	}
	b.ReportMetric(float64(took.Microseconds())/float64(b.N*targets), "µs/answer")
	b.ReportMetric(0, "ns/op") // that would be asking and claiming, too
}

// applyAll has each link checked, and returns how long applying took.
func (f *fixture) applyAll(links []link.Link) (took time.Duration) {
	f.clock.pass(time.Second)
	for _, l := range links {
		if _, err := f.CheckNow(f.t.Context(), l.Owner, l.ID); err != nil {
			f.t.Fatal(err)
		}
	}
	for _, c := range f.claim(store.LaneAdded, len(links)) {
		began := time.Now()
		f.answer(c, check.OK)
		took += time.Since(began)
	}
	return took
}
