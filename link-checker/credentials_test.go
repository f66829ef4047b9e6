package function_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	function "github.com/linkwell/linkwell/link-checker"
)

func TestASecretWithNothingInItIsNoCredentials(t *testing.T) {
	b := startBroker(t)
	for name, content := range map[string]string{"empty": "", "a newline": "\n", "blanks": " \t\r\n"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "link-checker-nats")
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			conn, err := function.Connect(b.url(), path, slog.New(slog.DiscardHandler))
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
	_, err := function.Connect(b.url(), filepath.Join(t.TempDir(), "nowhere"), slog.New(slog.DiscardHandler))
	if err == nil || !strings.Contains(err.Error(), "NATS_CREDS") || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("the error is %v", err)
	}
}

func TestWhyTheBrokerCannotBeReachedIsLogged(t *testing.T) {
	b := startBroker(t)
	address := b.url()
	b.stop()
	said := make(lines, 10)
	conn, err := function.Connect(address, "", slog.New(slog.NewTextHandler(said, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if line := <-said; !strings.Contains(line, "the broker cannot be reached") || !strings.Contains(line, "refused") {
		t.Errorf("it says %s", line)
	}
	b.start()
	if line := <-said; !strings.Contains(line, "connected to the broker") {
		t.Errorf("it says %s", line)
	}
}

// lines is a log, line by line.
type lines chan string

func (l lines) Write(line []byte) (int, error) {
	l <- string(line)
	return len(line), nil
}
