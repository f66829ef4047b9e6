package serve

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"

	"github.com/linkwell/linkwell/link-manager/account"
	"github.com/linkwell/linkwell/link-manager/api"
)

// The values of AUTH.
const (
	authNone  = "none"
	authUsers = "users"
	authOIDC  = "oidc"
)

// callbackPath is where a provider sends people back to.
const callbackPath = "/auth/oidc/callback"

// Accounts says who may use the API.
type Accounts struct {
	AdminTokenFile string   `env:"ADMIN_TOKEN_FILE" type:"path" help:"File with a token that may do everything: lw_<id>_<secret>, of letters and digits, the secret 32 at least."`
	OIDC           OIDC     `embed:"" prefix:"oidc-"`
	RateLimit      int      `env:"RATE_LIMIT" default:"1200" help:"Requests a token or a user may make in a minute; 0 for any number. An address without either may make a quarter of them."`
	TrustedProxies []string `env:"TRUSTED_PROXIES" help:"Networks of proxies whose X-Forwarded-For is believed: 10.0.0.0/8,fd00::/8"`
}

// OIDC is what we and an OpenID Connect provider know of each other.
type OIDC struct {
	Issuer           string `env:"OIDC_ISSUER" help:"OpenID Connect provider: https://accounts.example.com"`
	ClientID         string `env:"OIDC_CLIENT_ID" help:"Who we are to it."`
	ClientSecretFile string `env:"OIDC_CLIENT_SECRET_FILE" type:"path" help:"File with our secret, unless we are a public client."`
	RedirectURL      string `env:"OIDC_REDIRECT_URL" help:"Where it sends people back to: https://links.example.com/auth/oidc/callback"`
}

// accounts is what Accounts mean, after they were found to make sense.
type accounts struct {
	admin          account.Secret
	clientSecret   string
	trustedProxies []netip.Prefix
}

// auth is AUTH; a zero Config has no accounts.
func (c Config) auth() string {
	if c.Auth == "" {
		return authNone
	}
	return c.Auth
}

// resolve fails with a sentence that names the variable which is wrong, and tells no secret.
func (c Accounts) resolve(auth string) (a accounts, err error) {
	if c.AdminTokenFile != "" {
		if a.admin, err = readAdminToken(c.AdminTokenFile); err != nil {
			return accounts{}, fmt.Errorf("ADMIN_TOKEN_FILE: %w", err)
		}
	}
	if c.RateLimit < 0 {
		return accounts{}, fmt.Errorf("RATE_LIMIT is %d; it must be 1 or more, or 0 for any number", c.RateLimit)
	}
	for _, network := range c.TrustedProxies {
		prefix, err := netip.ParsePrefix(strings.TrimSpace(network))
		if err != nil {
			return accounts{}, fmt.Errorf("TRUSTED_PROXIES: %q is not a network; write it like 10.0.0.0/8 or fd00::/8", network)
		}
		a.trustedProxies = append(a.trustedProxies, prefix.Masked())
	}
	a.clientSecret, err = c.OIDC.resolve(auth)
	return a, err
}

// resolve returns the client's secret.
func (c OIDC) resolve(auth string) (secret string, err error) {
	variables := [][2]string{{"OIDC_ISSUER", c.Issuer}, {"OIDC_CLIENT_ID", c.ClientID}, {"OIDC_REDIRECT_URL", c.RedirectURL}, {"OIDC_CLIENT_SECRET_FILE", c.ClientSecretFile}}
	for _, v := range variables {
		switch name, value := v[0], v[1]; {
		case auth != authOIDC && value != "":
			return "", fmt.Errorf("%s is set, and AUTH=%s has no use for it; set AUTH=oidc, or unset it", name, auth)
		case auth == authOIDC && value == "" && name != "OIDC_CLIENT_SECRET_FILE":
			return "", fmt.Errorf("AUTH=oidc needs %s", name)
		}
	}
	if auth != authOIDC {
		return "", nil
	}
	if err := private(c.Issuer); err != nil {
		return "", fmt.Errorf("OIDC_ISSUER: %w", err)
	}
	if err := private(c.RedirectURL); err != nil {
		return "", fmt.Errorf("OIDC_REDIRECT_URL: %w", err)
	}
	if !strings.HasSuffix(c.RedirectURL, callbackPath) {
		return "", fmt.Errorf("OIDC_REDIRECT_URL must end with %s", callbackPath)
	}
	if c.ClientSecretFile == "" {
		return "", nil
	}
	if secret, err = readSecret(c.ClientSecretFile); err != nil {
		return "", fmt.Errorf("OIDC_CLIENT_SECRET_FILE: %w", err)
	}
	return secret, nil
}

// private fails unless what goes to a URL goes over TLS, or stays on this machine.
func private(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return errors.New("it must be a URL like https://example.com/path")
	case u.Scheme == "https" || u.Scheme == "http" && isLoopback(u.Hostname()+":0"):
		return nil
	default:
		return errors.New("it must begin with https://; only on this machine, as localhost or 127.0.0.1, may it be http://")
	}
}

// readAdminToken reads the token in a file.
func readAdminToken(path string) (account.Secret, error) {
	text, err := readSecret(path)
	if err != nil {
		return account.Secret{}, err
	}
	secret, err := account.ParseSecret(text)
	if err != nil {
		return account.Secret{}, fmt.Errorf("what is in %s is no token: %w; make one: echo lw_admin_$(openssl rand -hex 32)", path, err)
	}
	return secret, nil
}

// readSecret reads a file that holds a secret, without the line end that editors add.
func readSecret(path string) (string, error) {
	content, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if err != nil {
		return "", err
	}
	secret := strings.TrimSpace(string(content))
	if secret == "" {
		return "", fmt.Errorf("%s is empty", path)
	}
	return secret, nil
}

func (m *manager) newAccounts() *account.Accounts {
	return account.New(account.Config{Store: m.store, Admin: m.accounts.admin, Now: m.Now, Logger: m.Logger})
}

// owner tells whose request it is that shows no token; nil where everybody needs an account.
func (m *manager) owner() func(context.Context) string {
	if m.auth() != authNone {
		return nil
	}
	return func(context.Context) string { return account.Local }
}

// newProvider is nil unless people sign in with one.
func (m *manager) newProvider() *account.Provider {
	if m.auth() != authOIDC {
		return nil
	}
	provider := account.NewProvider(account.ProviderConfig{
		Issuer:       m.Config.Accounts.OIDC.Issuer,
		ClientID:     m.Config.Accounts.OIDC.ClientID,
		ClientSecret: m.accounts.clientSecret,
		RedirectURL:  m.Config.Accounts.OIDC.RedirectURL,
		Now:          m.Now,
	})
	m.onStop(provider.Close)
	return provider
}

// apiGuard is what protects an API that anybody may use who reaches it. With accounts it is the accounts that do.
func (m *manager) apiGuard() func(http.Handler) http.Handler {
	if m.auth() != authNone {
		return nil
	}
	return api.Guard(!m.Insecure)
}
