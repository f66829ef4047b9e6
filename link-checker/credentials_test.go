package function_test

import (
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
			conn, err := function.Connect(b.url(), path)
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
	_, err := function.Connect(b.url(), filepath.Join(t.TempDir(), "nowhere"))
	if err == nil || !strings.Contains(err.Error(), "NATS_CREDS") || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("the error is %v", err)
	}
}
