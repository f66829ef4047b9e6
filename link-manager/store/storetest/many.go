package storetest

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// manyAtOnce is how many links saveMany makes in one transaction.
const manyAtOnce = 50_000

// samples are what the links that saveMany makes look like, and which of them do, by the number of their target. Where a sample
// has nnnn, each link has a number.
var samples = []struct {
	when, title string
	tags        []string
}{
	{"% 2 = 0", "number nnnn plenty of other things", []string{"plenty"}},
	{"% 20000 = 7", "number nnnn nothing much scarce", []string{"scarce"}},
	{"% 20000 = 9", "number nnnn nothing much rare", nil},
	{"% 100 = 3", "number nnnn nothing much some", nil},
	{"% 1 = 0", "number nnnn nothing much", nil},
}

// saveMany makes n links of the owner past the store, though each sample is saved by it first and then copied, so that they are
// what it would have written. Every second is plenty, one in 20,000 invalid.
func (f *fixture) saveMany(owner string, n int) {
	f.t.Helper()
	f.crowd("due", owner, n)
	first := f.number(`SELECT min(id) FROM targets WHERE host = 'example.com' AND queued_by = '` + owner + `'`)
	var title, text strings.Builder
	for i, s := range samples {
		l := f.addDraft(owner, link.Draft{
			URL: fmt.Sprintf("https://hosthhhh.example/page/pppp?%d", i), Title: s.title, Tags: s.tags,
			Description: "a page about aaaa that somebody wanted to keep for later",
		})
		fmt.Fprintf(&title, "WHEN t.id %s THEN '%s' ", s.when, s.title)
		fmt.Fprintf(&text, "WHEN t.id %s THEN (SELECT search_text FROM links WHERE id = '%s') ", s.when, l.ID)
		defer f.delete(l)
	}
	id := "printf('00000000-0000-7000-8000-%012x', t.id)"
	if f.config.URL != "" {
		id = "CAST('00000000-0000-7000-8000-' || lpad(to_hex(t.id), 12, '0') AS UUID)"
	}
	numbered := func(text, sample, value string) string {
		return "replace(" + text + ", '" + sample + "', '' || (" + value + "))"
	}
	words := "CASE " + text.String() + "END"
	for sample, value := range map[string]string{"hhhh": "t.id % 1000", "pppp": "t.id", "nnnn": "t.id % 5000", "aaaa": "t.id % 777"} {
		words = numbered(words, sample, value)
	}
	for from := first; from < first+n; from += manyAtOnce {
		these := fmt.Sprintf("BETWEEN %d AND %d", from, min(from+manyAtOnce, first+n)-1)
		f.raw(`
			INSERT INTO links (id, owner, target_id, url, title, description, search_text, status, reason, http_status, failing_since,
			                   target_version, linked_at, created_at, updated_at)
			SELECT ` + id + `, t.queued_by, t.id, 'https://host' || t.id % 1000 || '.example/page/' || t.id,
			       ` + numbered("CASE "+title.String()+"END", "nnnn", "t.id % 5000") + `,
			       'a page about ' || t.id % 777 || ' that somebody wanted to keep for later', ` + words + `,
			       CASE WHEN t.id % 20000 = 8 THEN 'invalid' WHEN t.id % 10 = 1 THEN 'pending' ELSE 'valid' END,
			       CASE WHEN t.id % 20000 = 8 THEN 'gone' WHEN t.id % 10 = 1 THEN 'server_error' ELSE 'ok' END,
			       CASE WHEN t.id % 20000 = 8 THEN 410 WHEN t.id % 10 = 1 THEN 503 ELSE 200 END,
			       CASE WHEN t.id % 20000 = 8 OR t.id % 10 = 1 THEN 1 END,
			       1, 0, ` + fmt.Sprint(start.UnixMicro()) + ` - (` + fmt.Sprint(2*n) + ` - t.id) * 1000000, 0
			FROM targets t
			WHERE t.id ` + these)
		for _, s := range samples {
			for _, tag := range s.tags {
				f.raw(fmt.Sprintf(`INSERT INTO link_tags (link_id, owner, tag) SELECT id, owner, '%s' FROM links WHERE target_id %s AND target_id %s`,
					tag, these, s.when))
			}
		}
	}
	if f.config.URL != "" {
		f.raw(`VACUUM ANALYZE`) // as autovacuum would
	}
}

// Many is a store with many links.
type Many struct{ *fixture }

// SaveMany has ann save n links, and bob a tenth of that, of which the lists that BenchmarkList times are.
func SaveMany(t testing.TB, c store.Config, n int) *Many {
	t.Helper()
	f := newFixture(t, c)
	f.saveMany("ann", n)
	f.saveMany("bob", n/10)
	return &Many{f}
}

// NamedLists are ann's lists that BenchmarkList times, by their names.
func (m *Many) NamedLists() map[string]store.Filter {
	lists := map[string]store.Filter{}
	for _, l := range namedLists {
		lists[l.name] = m.named(l.text)
	}
	return lists
}

// Filter is what a list of this text wants.
func (m *Many) Filter(text string) store.Filter { return m.named(text) }

// IDs reads ids past the store.
func (m *Many) IDs(query string) (ids []string) {
	m.t.Helper()
	m.past(func(db *sql.DB) error {
		rows, err := db.QueryContext(m.t.Context(), query)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var id string
			if err := rows.Scan(&id); err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return rows.Err()
	})
	return ids
}

// GiveChecks gives ann's newest links as many answers each, every tenth of them invalid.
func (m *Many) GiveChecks(links, each int) {
	m.t.Helper()
	m.raw(fmt.Sprintf(`
		WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < %d)
		INSERT INTO checks (check_id, target_id, lane, attempt, status, reason, http_status, checked_at, result)
		SELECT l.target_id || ' ' || i, l.target_id, 'due', 1, CASE WHEN i %% 10 = 0 THEN 'invalid' ELSE 'valid' END, 'ok', 200, l.linked_at + i,
		       '{"url":"https://example.com/a/page/of/some/length","status":"valid","reason":"ok","http_status":200,"final_url":"https://example.com/a/page/of/some/length","method":"GET","duration_ms":83}'
		FROM (SELECT target_id, linked_at FROM links WHERE owner = 'ann' ORDER BY created_at DESC LIMIT %d) AS l, numbers`, each, links))
	if m.config.URL != "" {
		m.raw(`VACUUM ANALYZE checks`)
	}
}
