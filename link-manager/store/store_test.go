package store_test

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/linkwell/linkwell/link-manager/store"
	"github.com/linkwell/linkwell/link-manager/store/storetest"
	"github.com/linkwell/linkwell/link-manager/store/storetest/postgrestest"
)

// Both begin as copies of a database that was opened once: only the first open of each makes the schema.
var (
	emptyFile = sync.OnceValues(func() ([]byte, error) {
		folder, err := os.MkdirTemp("", "linkwell-store-")
		if err != nil {
			return nil, err
		}
		defer func() { _ = os.RemoveAll(folder) }()
		path := filepath.Join(folder, "linkwell.db")
		if err := openAndClose(context.Background(), store.Config{Path: path}); err != nil {
			return nil, err
		}
		return os.ReadFile(path)
	})
	emptyDatabase = postgrestest.Template{Fill: func(ctx context.Context, url string) error {
		return openAndClose(ctx, store.Config{URL: url})
	}}
)

func openAndClose(ctx context.Context, c store.Config) error {
	s, err := store.Open(ctx, c)
	if err != nil {
		return err
	}
	return s.Close()
}

func sqlite(t testing.TB) store.Config {
	t.Helper()
	file, err := emptyFile()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "linkwell.db")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return store.Config{Path: path}
}

func postgres(t testing.TB) store.Config { return store.Config{URL: emptyDatabase.URL(t)} }

func TestSQLite(t *testing.T) { storetest.Run(t, sqlite) }

func TestPostgreSQL(t *testing.T) {
	emptyDatabase.URL(t) // skips all of them once
	storetest.Run(t, postgres)
}

func BenchmarkClaimSQLite(b *testing.B) { storetest.BenchmarkClaim(b, sqlite) }

func BenchmarkClaimPostgreSQL(b *testing.B) { storetest.BenchmarkClaim(b, postgres) }

func BenchmarkApplySQLite(b *testing.B) { storetest.BenchmarkApply(b, sqlite) }

func BenchmarkApplyPostgreSQL(b *testing.B) { storetest.BenchmarkApply(b, postgres) }

func BenchmarkImportSQLite(b *testing.B) { storetest.BenchmarkImport(b, sqlite) }

func BenchmarkImportPostgreSQL(b *testing.B) { storetest.BenchmarkImport(b, postgres) }
func BenchmarkListSQLite(b *testing.B)       { storetest.BenchmarkList(b, sqlite) }

func BenchmarkListPostgreSQL(b *testing.B) { storetest.BenchmarkList(b, postgres) }

func BenchmarkSearchCostSQLite(b *testing.B) { storetest.BenchmarkSearchCost(b, sqlite) }

func BenchmarkSearchCostPostgreSQL(b *testing.B) { storetest.BenchmarkSearchCost(b, postgres) }
