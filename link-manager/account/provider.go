package account

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// ErrProvider means that the provider cannot be reached, or does not make sense.
var ErrProvider = errors.New("the OpenID Connect provider cannot be used")

// SignInError says why somebody whom the provider sent back is not signed in.
type SignInError struct {
	// Problem is a sentence for the one who signs in.
	Problem string
	// cause is for the operator; it holds no secret.
	cause error
}

func (e *SignInError) Error() string { return e.Problem }

func (e *SignInError) Unwrap() error { return e.cause }

// ProviderConfig is what we and an OpenID Connect provider know of each other.
type ProviderConfig struct {
	Issuer, ClientID string
	// ClientSecret is empty for a public client.
	ClientSecret string
	// RedirectURL is where the provider sends people back to.
	RedirectURL string
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Provider has people sign in with an OpenID Connect provider: the authorization code flow with PKCE (RFC 7636), state and
// nonce. It is safe for concurrent use.
type Provider struct {
	config ProviderConfig
	client *http.Client

	mutex      sync.Mutex
	discovered *discovered
}

// discovered is what a provider says about itself.
type discovered struct {
	oauth    oauth2.Config
	verifier *oidc.IDTokenVerifier
}

// NewProvider returns a provider that is asked about itself when somebody signs in for the first time: one that is away
// keeps nobody from starting. Close it.
func NewProvider(c ProviderConfig) *Provider {
	return &Provider{config: c, client: &http.Client{Timeout: providerPatience, Transport: http.DefaultTransport.(*http.Transport).Clone()}}
}

// providerPatience bounds each question to the provider.
const providerPatience = 10 * time.Second

// Close ends its connections.
func (p *Provider) Close() { p.client.CloseIdleConnections() }

// discover asks the provider about itself, until it has answered once.
func (p *Provider) discover(ctx context.Context) (*discovered, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.discovered != nil {
		return p.discovered, nil
	}
	found, err := oidc.NewProvider(oidc.ClientContext(ctx, p.client), p.config.Issuer)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrProvider, err)
	}
	p.discovered = &discovered{
		oauth: oauth2.Config{
			ClientID: p.config.ClientID, ClientSecret: p.config.ClientSecret, Endpoint: found.Endpoint(),
			RedirectURL: p.config.RedirectURL, Scopes: []string{oidc.ScopeOpenID, "profile"},
		},
		verifier: found.VerifierContext(oidc.ClientContext(context.WithoutCancel(ctx), p.client), &oidc.Config{ClientID: p.config.ClientID, Now: p.config.Now}),
	}
	return p.discovered, nil
}

// Attempt is somebody's attempt to sign in, between leaving for the provider and coming back. It stays in a cookie of
// the browser that began it, and is good for nothing in any other.
type Attempt struct{ state, nonce, verifier string }

// ParseAttempt reads what String wrote, or returns the zero Attempt, which finishes nothing.
func ParseAttempt(text string) Attempt {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return Attempt{}
	}
	return Attempt{state: parts[0], nonce: parts[1], verifier: parts[2]}
}

// String is the attempt as its cookie keeps it.
func (a Attempt) String() string { return a.state + "." + a.nonce + "." + a.verifier }

// Begin returns where to send somebody who wants to sign in. It fails with ErrProvider.
func (p *Provider) Begin(ctx context.Context) (location string, a Attempt, err error) {
	d, err := p.discover(ctx)
	if err != nil {
		return "", Attempt{}, err
	}
	a = Attempt{state: rand.Text(), nonce: rand.Text(), verifier: oauth2.GenerateVerifier()}
	return d.oauth.AuthCodeURL(a.state, oidc.Nonce(a.nonce), oauth2.S256ChallengeOption(a.verifier)), a, nil
}

// Finish tells who came back from the provider with this query, in the browser that holds the attempt. It fails with a
// *SignInError, or ErrProvider.
func (p *Provider) Finish(ctx context.Context, a Attempt, query url.Values) (Person, error) {
	if a.state == "" || subtle.ConstantTimeCompare([]byte(a.state), []byte(query.Get("state"))) != 1 {
		return Person{}, &SignInError{Problem: "this is not the browser, or not the moment, in which signing in began; begin again"}
	}
	if code := query.Get("error"); code != "" {
		return Person{}, &SignInError{Problem: "the provider did not let you in; begin again", cause: fmt.Errorf("the provider says %q", code)}
	}
	d, err := p.discover(ctx)
	if err != nil {
		return Person{}, err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	tokens, err := d.oauth.Exchange(ctx, query.Get("code"), oauth2.VerifierOption(a.verifier))
	if err != nil {
		return Person{}, exchangeError(err)
	}
	raw, _ := tokens.Extra("id_token").(string)
	token, err := d.verifier.Verify(ctx, raw)
	if err != nil {
		return Person{}, &SignInError{Problem: "what the provider says of you cannot be trusted; begin again", cause: err}
	}
	if subtle.ConstantTimeCompare([]byte(a.nonce), []byte(token.Nonce)) != 1 {
		return Person{}, &SignInError{Problem: "what the provider says of you was said another time; begin again", cause: errors.New("wrong nonce")}
	}
	if token.Subject == "" {
		return Person{}, &SignInError{Problem: "the provider does not say who you are", cause: errors.New("no subject")}
	}
	var claims struct {
		Name     string `json:"name"`
		Username string `json:"preferred_username"`
	}
	if err := token.Claims(&claims); err != nil {
		return Person{}, &SignInError{Problem: "what the provider says of you cannot be read", cause: err}
	}
	return Person{Issuer: token.Issuer, Subject: token.Subject, Name: cmp.Or(claims.Name, claims.Username, token.Subject)}, nil
}

// exchangeError is why a code got no tokens: an answer of the provider that refuses it, or none that makes sense.
func exchangeError(err error) error {
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) && refused.Response != nil && refused.Response.StatusCode < http.StatusInternalServerError {
		// Its text repeats the answer, in which anything can stand.
		return &SignInError{Problem: "the provider did not confirm that you signed in; begin again", cause: fmt.Errorf("the provider answers %d %q", refused.Response.StatusCode, refused.ErrorCode)}
	}
	if errors.As(err, &refused) {
		err = errors.New("its token endpoint fails")
	}
	return fmt.Errorf("%w: %w", ErrProvider, err)
}
