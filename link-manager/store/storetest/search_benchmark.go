package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// withoutSearch takes away what links are searched and counted by.
const withoutSearch = `
	DROP INDEX links_owner_title; DROP INDEX links_owner_reason_created; DROP INDEX links_owner_code_created;
	DROP INDEX links_owner_failing_created; DROP INDEX links_owner_moved_created; DROP INDEX links_owner_muted_created;
	DROP INDEX links_unwritten; `

// BenchmarkSearchCost tells what a link costs when it is added, and one of 1,000 that are written at once, in a store that can
// be searched, and in one without the triggers and indexes for that. They take turns.
func BenchmarkSearchCost(b *testing.B, fresh func(t testing.TB) store.Config) {
	const added, rounds, atOnce = 300, 7, 1_000
	with, without := newFixture(b, fresh(b)), newFixture(b, fresh(b))
	for _, f := range []*fixture{with, without} {
		f.saveMany("ann", 20_000)
		f.crowd("due", "cleo", rounds*atOnce)
	}
	if without.config.URL != "" {
		without.raw(withoutSearch + `DROP TRIGGER links_found ON links; DROP TRIGGER links_lost ON links; DROP TRIGGER links_restated ON links; DROP INDEX links_words`)
	} else {
		without.raw(withoutSearch + `DROP TRIGGER links_found; DROP TRIGGER links_lost; DROP TRIGGER links_reworded; DROP TRIGGER links_restated; DROP INDEX links_number`)
	}
	for b.Loop() {
		var one, many [2][]time.Duration
		for i := range added {
			for k, f := range []*fixture{with, without} {
				began := time.Now()
				f.addDraft("bob", link.Draft{URL: page(i), Title: fmt.Sprintf("number %d of some things", i), Tags: []string{"plenty", "other"}})
				one[k] = append(one[k], time.Since(began))
			}
		}
		for i := range rounds {
			for k, f := range []*fixture{with, without} {
				began := time.Now()
				f.raw(fmt.Sprintf(`
					INSERT INTO links (id, owner, target_id, url, title, description, search_text, status, reason, target_version, linked_at, created_at, updated_at)
					SELECT l.id, t.queued_by, t.id, l.url, l.title, l.description, l.search_text, 'pending', '', 0, 0, %d, 0
					FROM (SELECT CAST('00000000-0000-7001-8000-' || substr(CAST(id AS TEXT), 25) AS %s) AS id, url, title, description, search_text, target_id
					      FROM links WHERE owner = 'ann') l
					JOIN (SELECT id, queued_by, row_number() OVER (ORDER BY id) AS place FROM targets WHERE queued_by = 'cleo') t ON t.place = l.target_id
					WHERE t.place > %d AND t.place <= %d`, start.UnixMicro()+int64(i), f.uuid(), i*atOnce, (i+1)*atOnce))
				many[k] = append(many[k], time.Since(began))
			}
		}
		for k, name := range []string{"with search", "without"} {
			slices.Sort(one[k])
			slices.Sort(many[k])
			fmt.Printf("%s, %s: one link p50 %.2f ms, p95 %.2f ms; 1,000 at once p50 %.1f ms\n", b.Name(), name,
				one[k][added/2].Seconds()*1e3, one[k][added*95/100].Seconds()*1e3, many[k][rounds/2].Seconds()*1e3)
		}
		b.ReportMetric(float64(one[0][added/2])/float64(one[1][added/2]), "one/without")
		b.ReportMetric(float64(many[0][rounds/2])/float64(many[1][rounds/2]), "many/without")
	}
}

// uuid is the type of ids.
func (f *fixture) uuid() string {
	if f.config.URL != "" {
		return "UUID"
	}
	return "TEXT"
}
