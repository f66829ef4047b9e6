// Package brokertest is a NATS as an operator would run it for Linkwell, with the users of permissions.conf, for tests.
package brokertest

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nkeys"
)

// The users of permissions.conf.
const (
	Manager              = "LINKWELL_MANAGER"
	Connector            = "LINKWELL_CONNECTOR"
	Checker              = "LINKWELL_CHECKER"
	ManagerWithConnector = "LINKWELL_MANAGER_WITH_CONNECTOR"
)

// Users are all of them.
var Users = []string{Manager, Connector, Checker, ManagerWithConnector}

// Rules is what a permissions.conf says, with keys for its users.
type Rules struct {
	// Options are the server's, but for the port, the folder and the log.
	Options *server.Options
	// Seeds are each user's file, for NATS_CREDS.
	Seeds map[string]string
	// Rights are each user's.
	Rights map[string]*server.Permissions
}

// Read reads the permissions.conf at path as the server does.
func Read(t *testing.T, path string) Rules {
	t.Helper()
	users, err := keys()
	if err != nil {
		t.Fatal(err)
	}
	r := Rules{Seeds: map[string]string{}, Rights: map[string]*server.Permissions{}}
	folder := t.TempDir()
	for _, user := range users {
		r.Seeds[user.name] = filepath.Join(folder, strings.ToLower(user.name)+".seed")
		if err := os.WriteFile(r.Seeds[user.name], user.seed, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	options, err := server.ProcessConfigFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, configured := range options.Nkeys {
		for _, user := range users {
			if configured.Nkey == user.public {
				r.Rights[user.name] = configured.Permissions
			}
		}
	}
	options.Host, options.Port, options.StoreDir = "127.0.0.1", server.RANDOM_PORT, t.TempDir()
	options.NoSigs, options.NoLog = true, true
	r.Options = options
	return r
}

// Account is the one that has the streams.
func (r Rules) Account(t *testing.T) *server.Account {
	t.Helper()
	for _, account := range r.Options.Accounts {
		if account.Name == "LINKWELL" {
			return account
		}
	}
	t.Fatal("there is no account LINKWELL")
	return nil
}

// Start runs the server until the test ends, and returns its address.
func (r Rules) Start(t *testing.T) (url string) {
	t.Helper()
	s, err := server.NewServer(r.Options)
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the server does not start")
	}
	return s.ClientURL()
}

// user is one of Users, and its keys.
type user struct {
	name, public string
	seed         []byte
}

// keys makes the users' keys and gives the public ones to the environment, where the server looks for them: once for all
// tests of a process, since some of them run at the same time.
var keys = sync.OnceValues(func() ([]user, error) {
	var users []user
	for _, name := range Users {
		pair, err := nkeys.CreateUser()
		if err != nil {
			return nil, err
		}
		made := user{name: name}
		if made.seed, err = pair.Seed(); err != nil {
			return nil, err
		}
		if made.public, err = pair.PublicKey(); err != nil {
			return nil, err
		}
		if err := os.Setenv(name, made.public); err != nil {
			return nil, err
		}
		users = append(users, made)
	}
	return users, nil
})
