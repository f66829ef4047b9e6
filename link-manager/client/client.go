// Package client asks a Linkwell over its HTTP API, from Go.
//
//	linkwell, err := client.New(client.Config{Server: "https://links.example.com", Token: token})
//	saved, err := linkwell.AddLink(ctx, client.Draft{URL: "https://go.dev"})
//
// A method is called like the operation in the OpenAPI document: list-links is ListLinks. Lists are iterators that fetch a
// page when it is needed. What Linkwell refuses is a *Problem, and KindOf tells which.
//
// What may be sent twice is sent again when Linkwell asks to come later (429, 503) or its answer is lost: reading, deleting,
// and those POSTs that take an Idempotency-Key, which is made once for each call.
//
// It is written by hand, because a generated client would know neither iterators nor streams nor when to try again, and would
// be larger than all of this; a test holds it to the document. It needs nothing but the standard library and the words of
// package check.
package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Config says which Linkwell is asked, and as whom.
type Config struct {
	// Server is where its API is, without a path: https://links.example.com.
	Server string
	// Token is shown with each request; empty for none. It is shown to Server and to nobody else: redirects are not followed.
	Token string
	// Patience is how long the waits of one call may take together, before what can be tried again is given up. 0 means 90 s,
	// which is enough for any rate limit of ours; less than 0 means that nothing is tried again.
	Patience time.Duration
	// Waits is told before each wait what it is for and how long it takes; nil means that nobody wants to know. It is called by
	// whoever makes the call.
	Waits func(why error, wait time.Duration)
	// UserAgent is what we call ourselves; empty means linkwell-client.
	UserAgent string
	// Transport makes the connections; nil means one of our own, with what the environment says about proxies.
	Transport http.RoundTripper
}

// Client asks one Linkwell. Any number of goroutines may use it at once.
type Client struct {
	config Config
	http   *http.Client
	// sleep waits; it fails if ctx ends first.
	sleep func(context.Context, time.Duration) error
	// silence is how long a stream may say nothing before its connection is taken for lost.
	silence time.Duration
	// answerTimeout and maxAnswer bound an answer.
	answerTimeout time.Duration
	maxAnswer     int64
}

// defaultPatience is longer than the minute in which requests are counted.
const defaultPatience = 90 * time.Second

// New fails if Server or Token cannot be used; the error does not repeat the token. It asks nothing yet.
func New(c Config) (*Client, error) {
	server, err := url.Parse(c.Server)
	if err != nil || server.Scheme != "http" && server.Scheme != "https" || server.Hostname() == "" ||
		server.User != nil || strings.Trim(server.Path, "/") != "" || server.RawQuery != "" || server.Fragment != "" {
		return nil, fmt.Errorf("server is %q; it must be like https://links.example.com", redacted(server, c.Server))
	}
	if strings.ContainsFunc(c.Token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, errors.New("token has characters that no token has")
	}
	c.Server = server.Scheme + "://" + server.Host
	if c.Patience == 0 {
		c.Patience = defaultPatience
	}
	if c.UserAgent == "" {
		c.UserAgent = "linkwell-client"
	}
	if c.Transport == nil {
		c.Transport = ownTransport()
	}
	return &Client{
		config: c,
		http: &http.Client{
			Transport: c.Transport,
			// The token would go along, and a POST would become a GET.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		sleep:         sleep,
		silence:       3 * heartbeat,
		answerTimeout: answerTimeout,
		maxAnswer:     maxAnswer,
	}, nil
}

// String leaves the token out.
func (c Config) String() string { return "client of " + c.Server }

// GoString leaves the token out.
func (c Config) GoString() string { return c.String() }

// String leaves the token out.
func (c *Client) String() string { return c.config.String() }

// GoString leaves the token out.
func (c *Client) GoString() string { return c.String() }

// Server is where the API is: scheme and host.
func (c *Client) Server() string { return c.config.Server }

// CloseIdleConnections closes the connections that nobody uses.
func (c *Client) CloseIdleConnections() { c.http.CloseIdleConnections() }

func ownTransport() http.RoundTripper {
	if standard, ok := http.DefaultTransport.(*http.Transport); ok {
		return standard.Clone()
	}
	return http.DefaultTransport
}

// redacted is a server's address as it may be shown: without a password.
func redacted(u *url.URL, text string) string {
	if u == nil {
		return "…" // what cannot be read may hold one anywhere
	}
	if u.User == nil {
		return text
	}
	return u.Redacted()
}
