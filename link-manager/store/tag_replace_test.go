package store

import (
	"context"
	"path/filepath"
	"slices"
	"testing"

	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store/storetest/postgrestest"
)

func TestTargetsOfLinksWithATagAreLockedInTheOrderOfTheirURLsSQLite(t *testing.T) {
	testOrderOfRetagging(t, Config{Path: filepath.Join(t.TempDir(), "linkwell.db")})
}

func TestTargetsOfLinksWithATagAreLockedInTheOrderOfTheirURLsPostgreSQL(t *testing.T) {
	testOrderOfRetagging(t, Config{URL: postgrestest.URL(t)})
}

func testOrderOfRetagging(t *testing.T, c Config) {
	s := open(t, c)
	var want []string
	for _, path := range []string{"c", "b", "a", "B"} { // ids grow, URLs do not
		l, err := s.Add(t.Context(), "ann", link.Draft{URL: "https://example.com/" + path, Tags: []string{"old"}})
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, l.ID)
	}
	slices.Reverse(want) // capitals come first
	err := s.write(t.Context(), func(ctx context.Context, tx querier) error {
		got, err := linksWithTag(ctx, tx, "ann", "old")
		if !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
