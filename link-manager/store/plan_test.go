package store_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/linkwell/linkwell/link-manager/store"
	"github.com/linkwell/linkwell/link-manager/store/storetest"
)

// wholeTable is a step of a plan that reads all links.
var wholeTable = regexp.MustCompile(`(?m)^\s*(SCAN (l|links)\b.*|.*Seq Scan on links\b.*)$`)

// planned are the lists of storetest.NamedLists with the index that each is to be read by, on SQLite and PostgreSQL.
var planned = map[string][2]string{
	"no filter":                    {"links_owner_created", "links_owner_created"},
	"rarest status":                {"links_owner_status_created", "links_owner_status_created"},
	"commonest status":             {"links_owner_status_created", "links_owner_status_created"},
	"rare word":                    {"links_number", "links_words"},
	"common word":                  {"links_owner_created", "links_owner_created"},
	"rare tag":                     {"links_number", "links_words"},
	"common tag":                   {"links_owner_created", "links_owner_created"},
	"last page":                    {"links_owner_created", "links_owner_created"},
	"two words that never meet":    {"links_number", "links_words"},
	"common word, rarest status":   {"links_owner_status_created", "links_owner_status_created"},
	"reason":                       {"links_owner_reason_created", "links_owner_reason_created"},
	"code":                         {"links_owner_code_created", "links_owner_code_created"},
	"failing":                      {"links_owner_failing_created", "links_owner_failing_created"},
	"sorted by title":              {"links_owner_title", "links_owner_title"},
	"common word, sorted by title": {"links_owner_title", "links_owner_title"},
}

func TestNoListReadsThroughAllLinksSQLite(t *testing.T) { testPlans(t, sqlite(t), 0) }

func TestNoListReadsThroughAllLinksPostgreSQL(t *testing.T) { testPlans(t, postgres(t), 1) }

func testPlans(t *testing.T, c store.Config, database int) {
	t.Parallel()
	f := storetest.SaveMany(t, c, 24_000)
	for name, filter := range f.NamedLists() {
		plans, err := f.Plans(t.Context(), "ann", filter)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, plan := range plans {
			// SQLite calls the window l too, which is read through.
			if found := wholeTable.FindString(strings.Replace(plan, "SCAN l\n", "", strings.Count(plan, "CO-ROUTINE l\n"))); found != "" {
				t.Errorf("%s reads through all links: %s\n%s", name, found, plan)
			}
		}
		all := strings.Join(plans, "\n")
		if want, ok := planned[name]; ok && !strings.Contains(all, want[database]) {
			t.Errorf("%s is not read by %s:\n%s", name, want[database], all)
		}
	}
	plans, err := f.PlansOfChanges(t.Context(), "ann")
	if err != nil || len(plans) == 0 {
		t.Errorf("no plans of changes: %v", err)
	}
	for _, plan := range plans {
		if !strings.Contains(plan, "links_owner_updated") || wholeTable.MatchString(plan) || strings.Contains(plan, "TEMP B-TREE") || strings.Contains(plan, "Sort") {
			t.Errorf("changes are not read by their index:\n%s", plan)
		}
	}
	f.GiveChecks(500, 20)
	plans, err = f.PlansOfLatest(t.Context(), "ann")
	if err != nil || len(plans) == 0 {
		t.Errorf("no plans of the latest answers: %v", err)
	}
	for _, plan := range plans {
		if !regexp.MustCompile(`sqlite_autoindex_links_1 \(id=\?\)|links_pkey`).MatchString(plan) || !strings.Contains(plan, "checks_target") || wholeTable.MatchString(plan) {
			t.Errorf("the latest answers are not read by the links' ids:\n%s", plan)
		}
	}
	for text, where := range map[string]string{
		"some":           `search_text LIKE '% some %'`,
		"scarce or rare": `(search_text LIKE '% scarce %' OR search_text LIKE '% rare %')`,
		"nothing -much":  `1 = 0`,
		"-plenty some":   `search_text LIKE '% some %'`,
		"some is:valid":  `search_text LIKE '% some %' AND status = 'valid'`,
		`"some"`:         `search_text LIKE '% some %'`,
		`"much some"`:    `search_text LIKE '% some %'`,
	} {
		want := f.IDs(`SELECT id FROM links WHERE owner = 'ann' AND ` + where + ` ORDER BY created_at DESC, id DESC`)
		if got := pages(t, f, text); !slices.Equal(got, want) {
			t.Errorf("%s: finds %d links, want %d", text, len(got), len(want))
		}
	}
}

// pages are the ids of all pages of ann's list.
func pages(t *testing.T, f *storetest.Many, text string) (ids []string) {
	t.Helper()
	filter := f.Filter(text)
	for filter.Limit = 40; ; {
		links, err := f.List(t.Context(), "ann", filter)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		for _, l := range links {
			ids = append(ids, l.ID)
		}
		if len(links) < filter.Limit {
			return ids
		}
		filter.After = filter.PositionOf(links[len(links)-1])
	}
}
