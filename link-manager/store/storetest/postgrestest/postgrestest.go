// Package postgrestest gives tests empty PostgreSQL databases: on the server that TEST_DATABASE_URL names, or else on one
// that it starts once per test process with the initdb and postgres it finds.
//
// A package that uses it calls Main or Stop in its TestMain.
package postgrestest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"net/url"
	"os"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

const (
	// serverVariable names the server to use: a postgres:// URL of a user who may create databases.
	serverVariable = "TEST_DATABASE_URL"
	// requireVariable set to 1 makes a missing PostgreSQL a failure.
	requireVariable = "LINKWELL_REQUIRE_POSTGRES"
)

// shared is the server of this test process.
var shared struct {
	sync.Mutex
	started bool
	server  *server
	err     error
}

// URL returns the postgres:// URL of a new, empty database, which is dropped when the test ends. Where there is no
// PostgreSQL it skips the test, or fails it if LINKWELL_REQUIRE_POSTGRES is 1; a server that TEST_DATABASE_URL names and
// that cannot be used fails the test always.
func URL(t testing.TB) string {
	t.Helper()
	admin, ok := os.LookupEnv(serverVariable)
	if !ok || admin == "" {
		admin = startOnce(t)
	}
	name := "linkwell_test_" + randomName()
	run(t, admin, `CREATE DATABASE `+name)
	t.Cleanup(func() { run(t, admin, `DROP DATABASE IF EXISTS `+name+` WITH (FORCE)`) })
	database, err := url.Parse(admin)
	if err != nil {
		t.Fatalf("%s cannot be read", serverVariable) // the error repeats the password
	}
	database.Path = "/" + name
	return database.String()
}

// Main runs the tests and stops the server that they made URL start. It is m.Run for a TestMain.
func Main(m interface{ Run() int }) int {
	defer Stop()
	return m.Run()
}

// Stop stops the server that URL started, if it did, and removes its files.
func Stop() {
	shared.Lock()
	defer shared.Unlock()
	if shared.server != nil {
		shared.server.stop()
	}
	shared.server, shared.started, shared.err = nil, false, nil
}

// startOnce returns the URL of the server of this process.
func startOnce(t testing.TB) string {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if !shared.started {
		shared.started = true
		shared.server, shared.err = start()
	}
	switch {
	case shared.err == nil:
		return shared.server.url
	case os.Getenv(requireVariable) == "1":
		t.Fatalf("%s is 1, but there is no PostgreSQL: %v", requireVariable, shared.err)
	default:
		t.Skipf("no PostgreSQL: %v; set %s, or install PostgreSQL's server programs", shared.err, serverVariable)
	}
	return ""
}

func run(t testing.TB, server, statement string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	db, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatalf("%s cannot be read", serverVariable)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(ctx, statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func randomName() string {
	var random [8]byte
	_, _ = rand.Read(random[:]) // never fails
	return hex.EncodeToString(random[:])
}
