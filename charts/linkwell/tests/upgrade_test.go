package tests

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Whoever adds a migration says what link managers from before it can do while they run beside it.
func TestTheUpgradeNotesKnowEveryMigration(t *testing.T) {
	content, err := os.ReadFile(chart + "/UPGRADE.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(content), "\n| schema |")
	table, _, ended := strings.Cut(table, "\n\n")
	if !found || !ended {
		t.Fatal("there is no table of schemas")
	}
	noted := 0
	for _, row := range regexp.MustCompile(`(?m)^\| (\d+)(?: to (\d+))? \| [^|]+ \| [^|]+ \|$`).FindAllStringSubmatch(table, -1) {
		first, last := number(t, row[1]), number(t, row[1])
		if row[2] != "" {
			last = number(t, row[2])
		}
		if first != noted+1 {
			t.Errorf("after %d comes %d", noted, first)
		}
		noted = last
	}
	for _, database := range []string{"sqlite", "postgres"} {
		files, err := filepath.Glob(root + "/link-manager/store/migrations/" + database + "/*.sql")
		if err != nil {
			t.Fatal(err)
		}
		if len(files) != noted {
			t.Errorf("%s has %d migrations, and %d are noted", database, len(files), noted)
		}
		for _, file := range files {
			migration, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			// Otherwise one that is interrupted would leave half of it.
			if strings.Contains(string(migration), "NO TRANSACTION") {
				t.Errorf("%s is no transaction", file)
			}
		}
	}
	if says := fmt.Sprintf("(schema %d; this one knows %d)", noted, noted-1); !strings.Contains(string(content), says) {
		t.Errorf("what an older link manager says is not up to date: want %s", says)
	}
}

func number(t *testing.T, digits string) int {
	t.Helper()
	n, err := strconv.Atoi(digits)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// The refusals are quoted, so that whoever meets one finds it.
func TestTheUpgradeNotesQuoteTheRefusals(t *testing.T) {
	notes, err := os.ReadFile(chart + "/UPGRADE.md")
	if err != nil {
		t.Fatal(err)
	}
	code, err := os.ReadFile(root + "/link-manager/store/migrate.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, quoted := range []string{"the database was written by a newer Linkwell", "run that version again, or restore the backup from before the upgrade", "the database is used by an older Linkwell"} {
		if !strings.Contains(string(code), quoted) || !strings.Contains(string(notes), quoted) {
			t.Errorf("%q is not in both", quoted)
		}
	}
}
