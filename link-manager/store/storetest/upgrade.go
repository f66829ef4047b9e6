package storetest

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pressly/goose/v3"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

var upgradeTests = map[string]func(*testing.T, *fixture){
	"links saved before there was a search are found, and nothing else of them is another": func(t *testing.T, f *fixture) {
		f.downTo(t, 9)
		f.raw(strings.NewReplacer("BLOB", f.blob()).Replace(filledBefore))
		f.Store = f.open()

		var titles []string
		for _, l := range f.list("ann", store.Filter{}) {
			titles = append(titles, l.Title)
		}
		f.equal("newest first", titles, []string{"Müde", "", "Zebra", "Bär"})
		for text, want := range map[string][]string{
			"bär":              {"Bär"},
			"#animals":         {"Zebra", "Bär"},
			"striped":          {"Zebra"},
			"host:example.com": {"Müde", "", "Zebra", "Bär"},
			"sort:title":       {"Bär", "", "Müde", "Zebra"}, // the second is sorted by example.com
			"is:untagged":      {"Müde", ""},
			"is:invalid":       {"Müde", "Zebra"},
			"is:failing":       {},
			"is:muted":         {"Müde"},
			"code:410":         {"Müde"},
			"is:moved":         {},
		} {
			titles := []string{}
			for _, l := range f.list("ann", store.Filter{Query: query(t, text)}) {
				titles = append(titles, l.Title)
			}
			f.equal(text, titles, want)
		}
		f.equal("totals", f.stats("ann"), store.Stats{Links: 4, Valid: 1, Invalid: 2, Pending: 1, Muted: 1})
		f.settle() // what could not be copied before: since when it fails, and whether it was moved
		f.equal("settled totals", f.stats("ann"), store.Stats{Links: 4, Valid: 1, Invalid: 2, Pending: 1, Moved: 1, Muted: 1})

		bear := f.list("ann", store.Filter{Query: query(t, "is:moved")})[0]
		f.equal("tags", bear.Tags, []string{"animals", "brown"})
		f.equal("revision", bear.Revision, int64(3))
		f.equal("bob's", len(f.list("bob", store.Filter{})), 1)
		f.equal("in the trash", trashIDs(f.trashed("ann")), []string{"00000000-0000-7000-8000-0000000000aa"})
		f.equal("changes", len(f.changes("ann", 0)), 1)
		f.equal("to be delivered", f.number(`SELECT count(*) FROM deliveries`), 1)
	},
	"links saved before there was a search go on telling of their changes": func(t *testing.T, f *fixture) {
		f.downTo(t, 9)
		f.raw(strings.NewReplacer("BLOB", f.blob()).Replace(filledBefore))
		f.Store = f.open()
		f.settle()
		f.raw(`DELETE FROM deliveries`)
		seen := f.changes("ann", 0)
		last := seen[len(seen)-1].Number

		l := f.addDraft("ann", link.Draft{URL: page(1), Title: "new"})
		f.clock.pass(longestDay)
		for _, lane := range store.Lanes() {
			for _, c := range f.claim(lane, 100) {
				switch c.URL {
				case "https://example.com/zebra":
					f.equal("outcome", f.answer(c, check.OK), store.Applied)
				case page(1):
					f.equal("outcome", f.answer(c, check.Gone), store.Applied)
				}
			}
		}
		restored := f.restore(link.Link{Owner: "ann", ID: "00000000-0000-7000-8000-0000000000aa"})
		f.delete(restored)
		kinds := map[store.ChangeKind]int{}
		for _, c := range f.changes("ann", last) {
			kinds[c.Kind]++
		}
		f.equal("changes", kinds, map[store.ChangeKind]int{store.LinkAdded: 2, store.LinkChecked: 2, store.LinkDeleted: 1})
		f.equal("to be delivered", f.number(`
			SELECT count(*) FROM deliveries
			WHERE link_id = '00000000-0000-7000-8000-000000000002' AND status = 'valid' AND previous_status = 'invalid'`), 1)
		f.equal("found by its word", ids(f.list("ann", store.Filter{Query: query(t, "new")})), []string{l.ID})
		f.equal("found by what became of it", ids(f.list("ann", store.Filter{Query: query(t, "failing:<90y is:invalid new")})), []string{l.ID})
		f.equal("totals", f.stats("ann"), f.counted("ann"))
	},
	"a link that could not be found is refused": func(t *testing.T, f *fixture) {
		l := f.add("ann", page(1))
		for _, text := range []string{"", "https://example.com/1\nas before"} {
			f.past(func(db *sql.DB) error {
				_, err := db.ExecContext(t.Context(), `
					INSERT INTO links (id, owner, target_id, url, title, description, search_text, status, reason, target_version, linked_at, created_at, updated_at)
					SELECT '00000000-0000-7000-8000-000000000001', 'bob', target_id, url, '', '', $1, status, reason, 0, 0, 0, 0 FROM links`, text)
				if err == nil {
					t.Errorf("%q is a search text", text)
				}
				return nil
			})
		}
		f.equal("bob's totals", f.stats("bob"), store.Stats{})
		f.equal("left", f.get(l), l)
	},
}

// filledBefore is a database of version 9 with something of everything that has to do with links.
const filledBefore = `
INSERT INTO targets (url, url_hash, key_version, host, status, reason, last_status, last_reason, last_http_status, last_checked_at, failing_since, lane, due_at, version, owners, created_at) VALUES
	('https://example.com/bear',  CAST('1' AS BLOB), 1, 'example.com', 'valid',   'ok',        'valid',   'ok',        200, 1000, NULL, 'due', 2000, 1, 2, 10),
	('https://example.com/zebra', CAST('2' AS BLOB), 1, 'example.com', 'invalid', 'not_found', 'invalid', 'not_found', 404, 1000, 900,  'due', 2000, 3, 1, 10),
	('https://example.com/a',     CAST('3' AS BLOB), 1, 'example.com', 'pending', '',          '',        '',          0,   NULL, NULL, 'due', 2000, 0, 1, 10),
	('https://example.com/tired', CAST('4' AS BLOB), 1, 'example.com', 'valid',   'ok',        'valid',   'ok',        200, 1000, NULL, 'due', 2000, 1, 0, 10);
INSERT INTO checks (check_id, target_id, lane, attempt, status, reason, http_status, checked_at, result) VALUES
	('00000000-0000-7000-8000-00000000000c', 1, 'due', 1, 'valid', 'ok', 200, 1000, '{"status":"valid","moved_to":"https://example.com/ursus"}');
INSERT INTO links (id, owner, target_id, url, title, description, search_text, status, reason, target_version, linked_at, created_at, updated_at, overrule, muted_at, frozen, revision) VALUES
	('00000000-0000-7000-8000-000000000001', 'ann', 1, 'https://example.com/bear',  'Bär',   '',        'x', 'valid',   'ok',        1, 10, 10, 10, '',      NULL, NULL, 3),
	('00000000-0000-7000-8000-000000000002', 'ann', 2, 'https://example.com/zebra', 'Zebra', 'striped', 'x', 'invalid', 'not_found', 3, 10, 20, 20, '',      NULL, NULL, 0),
	('00000000-0000-7000-8000-000000000003', 'ann', 3, 'https://example.com/a',     '',      '',        'x', 'pending', '',          0, 10, 30, 30, '',      NULL, NULL, 0),
	('00000000-0000-7000-8000-000000000004', 'ann', 4, 'https://example.com/tired', 'Müde',  '',        'x', 'invalid', 'gone',      1, 10, 40, 40, 'muted', 950,
	 '{"status":"invalid","reason":"gone","last_status":"invalid","last_reason":"gone","last_http_status":410,"last_checked_at":940,"failing_since":930}', 0),
	('00000000-0000-7000-8000-000000000005', 'bob', 1, 'https://example.com/bear',  'Bär',   '',        'x', 'valid',   'ok',        1, 10, 10, 10, '',      NULL, NULL, 0);
INSERT INTO link_tags (link_id, owner, tag) VALUES
	('00000000-0000-7000-8000-000000000001', 'ann', 'animals'),
	('00000000-0000-7000-8000-000000000001', 'ann', 'brown'),
	('00000000-0000-7000-8000-000000000002', 'ann', 'animals');
INSERT INTO trash (id, owner, target_url, url, title, description, tags, status, reason, overrule, contested, revision, linked_at, created_at, updated_at, trashed_at) VALUES
	('00000000-0000-7000-8000-0000000000aa', 'ann', 'https://example.com/thrown', 'https://example.com/thrown', '', '', 'a,b', 'valid', 'ok', '', '', 2, 10, 50, 50, 60);
DELETE FROM changes;
INSERT INTO changes (owner, link_id, kind, at) VALUES ('ann', '00000000-0000-7000-8000-000000000001', 'edited', 70);
INSERT INTO webhooks (id, owner, url, secret, created_at) VALUES ('00000000-0000-7000-8000-0000000000bb', 'ann', 'https://example.net/hook', 'secret', 5);
INSERT INTO deliveries (webhook_id, link_id, status, reason, previous_status, at) VALUES
	('00000000-0000-7000-8000-0000000000bb', '00000000-0000-7000-8000-000000000002', 'invalid', 'not_found', 'valid', 70);
`

// downTo empties the database and gives it the schema of this version.
func (f *fixture) downTo(t *testing.T, version int64) {
	t.Helper()
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	dialect, folder := goose.DialectPostgres, "migrations/postgres"
	if f.config.URL == "" {
		dialect, folder = goose.DialectSQLite3, "migrations/sqlite"
		f.config.Path = filepath.Join(t.TempDir(), "linkwell.db")
	} else {
		f.raw(`DROP SCHEMA public CASCADE`)
		f.raw(`CREATE SCHEMA public`)
	}
	f.past(func(db *sql.DB) error {
		provider, err := goose.NewProvider(dialect, db, os.DirFS(folder), goose.WithDisableGlobalRegistry(true))
		if err != nil {
			return err
		}
		_, err = provider.UpTo(t.Context(), version)
		return err
	})
}

// blob is the type of bytes.
func (f *fixture) blob() string {
	if f.config.URL != "" {
		return "BYTEA"
	}
	return "BLOB"
}
