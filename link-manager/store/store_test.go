package store_test

import (
	"path/filepath"
	"testing"

	"github.com/linkwell/linkwell/link-manager/store"
	"github.com/linkwell/linkwell/link-manager/store/storetest"
	"github.com/linkwell/linkwell/link-manager/store/storetest/postgrestest"
)

func sqlite(t testing.TB) store.Config {
	return store.Config{Path: filepath.Join(t.TempDir(), "linkwell.db")}
}

func postgres(t testing.TB) store.Config { return store.Config{URL: postgrestest.URL(t)} }

func TestSQLite(t *testing.T) { storetest.Run(t, sqlite) }

func TestPostgreSQL(t *testing.T) {
	postgrestest.URL(t) // skips all of them once
	storetest.Run(t, postgres)
}

func BenchmarkClaimSQLite(b *testing.B) { storetest.BenchmarkClaim(b, sqlite) }

func BenchmarkClaimPostgreSQL(b *testing.B) { storetest.BenchmarkClaim(b, postgres) }

func BenchmarkApplySQLite(b *testing.B) { storetest.BenchmarkApply(b, sqlite) }

func BenchmarkApplyPostgreSQL(b *testing.B) { storetest.BenchmarkApply(b, postgres) }

func BenchmarkListSQLite(b *testing.B) { storetest.BenchmarkList(b, sqlite) }

func BenchmarkListPostgreSQL(b *testing.B) { storetest.BenchmarkList(b, postgres) }
