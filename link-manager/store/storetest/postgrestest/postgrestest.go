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
	"errors"
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
	// onlyGoVariable set to 1 has a machine with PostgreSQL be like one without.
	onlyGoVariable = "LINKWELL_ONLY_GO"
)

// shared is the server of this test process.
var shared struct {
	sync.Mutex
	started bool
	server  *server
	err     error
	atStop  []func()
}

// URL returns the postgres:// URL of a new, empty database, which is dropped when the test ends. Where there is no
// PostgreSQL it skips the test, or fails it if LINKWELL_REQUIRE_POSTGRES is 1; a server that TEST_DATABASE_URL names and
// that cannot be used fails the test always.
func URL(t testing.TB) string {
	t.Helper()
	return create(t, serverURL(t), "template1")
}

// Main runs the tests and stops the server that they made URL start. It is m.Run for a TestMain.
func Main(m interface{ Run() int }) int {
	defer Stop()
	return m.Run()
}

// Stop drops what templates there are, stops the server that URL started, if it did, and removes its files.
func Stop() {
	shared.Lock()
	defer shared.Unlock()
	for _, drop := range shared.atStop {
		drop()
	}
	if shared.server != nil {
		shared.server.stop()
	}
	shared.server, shared.started, shared.err, shared.atStop = nil, false, nil, nil
}

// serverURL is the server to use.
func serverURL(t testing.TB) string {
	t.Helper()
	if named := os.Getenv(serverVariable); named != "" {
		return named
	}
	return startOnce(t)
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

// create makes a database that is a copy of another, and drops it when the test ends.
func create(t testing.TB, server, template string) (databaseURL string) {
	t.Helper()
	name := newName()
	run(t, server, `CREATE DATABASE `+name+` TEMPLATE `+template)
	t.Cleanup(func() { run(t, server, `DROP DATABASE IF EXISTS `+name+` WITH (FORCE)`) })
	return onServer(t, server, name)
}

func onServer(t testing.TB, server, name string) string {
	t.Helper()
	database, err := url.Parse(server)
	if err != nil {
		t.Fatalf("%s cannot be read", serverVariable) // the error repeats the password
	}
	database.Path = "/" + name
	return database.String()
}

func run(t testing.TB, server, statement string) {
	t.Helper()
	if err := execute(server, statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func execute(server, statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	db, err := sql.Open("pgx", server)
	if err != nil {
		return errors.New(serverVariable + " cannot be read")
	}
	defer func() { _ = db.Close() }()
	_, err = db.ExecContext(ctx, statement)
	return err
}

func newName() string {
	var random [8]byte
	_, _ = rand.Read(random[:]) // never fails
	return "linkwell_test_" + hex.EncodeToString(random[:])
}
