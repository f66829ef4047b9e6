package function_test

import (
	"crypto/tls"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	function "github.com/linkwell/linkwell/link-checker"
	"github.com/linkwell/linkwell/link-checker/access"
	"github.com/linkwell/linkwell/link-checker/probe/probetest"
)

func TestASecretWithNothingInItIsNoCredentials(t *testing.T) {
	b := startBroker(t)
	for name, content := range map[string]string{"empty": "", "a newline": "\n", "blanks": " \t\r\n"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "link-checker-nats")
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			conn, err := function.Connect(b.url(), access.Files{Credentials: path}, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if !conn.IsConnected() {
				t.Errorf("it is not connected: %v", conn.LastError())
			}
		})
	}
}

func TestCredentialsThatCannotBeReadAreNamed(t *testing.T) {
	b := startBroker(t)
	folder := t.TempDir()
	for name, path := range map[string]string{"no file": filepath.Join(folder, "nowhere"), "a folder": folder} {
		t.Run(name, func(t *testing.T) {
			_, err := function.Connect(b.url(), access.Files{Credentials: path}, slog.New(slog.DiscardHandler))
			if err == nil || !strings.Contains(err.Error(), "NATS_CREDS") || !strings.Contains(err.Error(), path) {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

func TestWhyTheBrokerCannotBeReachedIsLogged(t *testing.T) {
	t.Parallel()
	b := startBroker(t)
	address := b.url()
	b.stop()
	said := make(lineWriter, 100)
	conn, err := function.Connect(address, access.Files{}, slog.New(slog.NewTextHandler(said, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	said.await(t, "refused")
	b.start()
	said.await(t, "connected to the broker")
}

func TestABrokerWithItsOwnAuthority(t *testing.T) {
	t.Parallel()
	authority := probetest.NewAuthority(t)
	b := &broker{t: t, folder: t.TempDir(), port: server.RANDOM_PORT, tls: &tls.Config{
		MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{authority.Issue(t, probetest.Leaf{})}, RootCAs: authority.Pool(),
	}}
	b.start()
	t.Cleanup(b.stop)
	for files, says := range map[access.Files]string{
		{CA: authority.File(t)}: "connected to the broker",
		{}:                      "NATS_CA must name a file",
	} {
		said := make(lineWriter, 100)
		conn, err := function.Connect(b.url(), files, slog.New(slog.NewTextHandler(said, nil)))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		said.await(t, says)
	}
}

// A second refusal in a row ends a NATS connection unless it is told otherwise.
func TestRefusedCredentialsAreTriedAgain(t *testing.T) {
	t.Parallel()
	b := startBroker(t)
	b.stop()
	b.password = "another"
	b.start()
	said := make(lineWriter, 100)
	conn, err := function.Connect(strings.Replace(b.url(), "://", "://checker:secret@", 1), access.Files{}, slog.New(slog.NewTextHandler(said, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for before, deadline := b.connected(), time.Now().Add(time.Minute); b.connected() < before+3; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it does not try again")
		}
	}
	b.stop()
	b.password = "secret"
	b.start()
	said.await(t, "connected to the broker")
}

// lineWriter is a log, line by line.
type lineWriter chan string

func (l lineWriter) Write(line []byte) (int, error) {
	l <- string(line)
	return len(line), nil
}

// await reads until a line says what.
func (l lineWriter) await(t *testing.T, what string) {
	t.Helper()
	patience := time.After(time.Minute)
	for {
		select {
		case line := <-l:
			if strings.Contains(line, "secret") {
				t.Errorf("the log has a password: %s", line)
			}
			if strings.Contains(line, what) {
				return
			}
		case <-patience:
			t.Fatalf("never: %s", what)
		}
	}
}
