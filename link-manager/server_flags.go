package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/linkwell/linkwell/link-manager/account"
	"github.com/linkwell/linkwell/link-manager/client"
)

// serverFlags say which link manager is asked, for commands that ask one.
type serverFlags struct {
	Server    string        `env:"LISTEN" default:"127.0.0.1:8090" help:"The link manager's API: host:port or a URL."`
	TokenFile string        `env:"TOKEN_FILE" type:"path" help:"File with a token, where there are accounts; for dead letters, one of scope admin."`
	Patience  time.Duration `default:"90s" help:"How long a link manager is waited for that asks us to come later; 0s for not at all."`
}

// client fails with a usageError if the server's address or the token is none. The address may be the one a link manager
// listens on. Whoever waits is told why.
func (f serverFlags) client(s streams) (*client.Client, error) {
	wrong := usageError{fmt.Errorf("--server is %q; it must be like 127.0.0.1:8090 or http://127.0.0.1:8090", f.Server)}
	text := f.Server
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	u, err := url.Parse(text)
	if err != nil {
		return nil, wrong
	}
	if host := u.Hostname(); u.Host != "" && (host == "" || isAnyAddress(host)) {
		u.Host = net.JoinHostPort("127.0.0.1", u.Port())
	}
	token, err := f.token()
	if err != nil {
		return nil, err
	}
	if f.Patience < 0 {
		return nil, usageError{fmt.Errorf("--patience is %v; it must be a time like 90s", f.Patience)}
	}
	if f.Patience == 0 {
		f.Patience = -1
	}
	asks, err := client.New(client.Config{
		Server: u.String(), Token: token, Patience: f.Patience, UserAgent: "link-manager",
		Waits: func(why error, wait time.Duration) {
			_, _ = fmt.Fprintf(s.err, "link-manager: %v; trying again in %v\n", why, wait.Round(100*time.Millisecond))
		},
	})
	if err != nil {
		return nil, wrong
	}
	return asks, nil
}

// token is what is in the file, if one is named.
func (f serverFlags) token() (string, error) {
	if f.TokenFile == "" {
		return "", nil
	}
	content, err := os.ReadFile(f.TokenFile)
	if err != nil {
		return "", usageError{fmt.Errorf("TOKEN_FILE: %w", err)}
	}
	if _, err := account.ParseSecret(strings.TrimSpace(string(content))); err != nil {
		return "", usageError{fmt.Errorf("TOKEN_FILE: what is in %s is no token: %w", f.TokenFile, err)}
	}
	return strings.TrimSpace(string(content)), nil
}

// isAnyAddress reports whether a listener there listens on every address of its machine.
func isAnyAddress(host string) bool {
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsUnspecified()
}

// hopeless reports whether the next question would fare no better: nobody answers, or not for us, or not now.
func hopeless(err error) bool {
	var p *client.Problem
	if errors.As(err, &p) {
		return p.Status == 401 || p.Status == 403 || p.Status == 429 || p.Status >= 500
	}
	return errors.As(err, new(*client.UnreachableError)) || errors.As(err, new(*client.AnswerError))
}
