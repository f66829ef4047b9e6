package webhook

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/probe"
	"github.com/linkwell/linkwell/link-manager/store"
)

const (
	// timeout is how long one attempt may take, as the specification recommends at most.
	timeout = 15 * time.Second
	// maxAnswer is how much of an answer is read, so that its connection can be used again.
	maxAnswer = 64 << 10
)

// Client sends messages to servers that strangers name. It follows no redirects, uses no proxy, and connects to no address
// that its guard refuses.
type Client struct {
	http *http.Client
	now  func() time.Time
}

// NewClient returns a client behind the guard.
func NewClient(guard probe.Guard, now func() time.Time) *Client {
	dialer := &net.Dialer{Timeout: 5 * time.Second, Control: guard.Control}
	return &Client{now: now, http: &http.Client{
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext:            dialer.DialContext,
			ForceAttemptHTTP2:      true,
			MaxConnsPerHost:        4,
			MaxIdleConns:           16,
			IdleConnTimeout:        30 * time.Second,
			TLSHandshakeTimeout:    5 * time.Second,
			ResponseHeaderTimeout:  timeout,
			MaxResponseHeaderBytes: 32 << 10,
		},
	}}
}

// Close ends the connections that rest.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// FailureError is why a webhook did not take a message, as a sentence for its owner. Nothing of what it answered is in it, because
// that would show its owner what only this machine can reach.
type FailureError struct {
	Problem string
	// Gone means that it does not want to be asked again.
	Gone bool
}

func (f *FailureError) Error() string { return f.Problem }

// Send sends a delivery of this type, and returns nil if any 2xx was answered. It fails with a *FailureError.
func (c *Client) Send(ctx context.Context, d store.Delivery, kind string) error {
	r, err := request(d, kind, c.now())
	if err != nil {
		return &FailureError{Problem: "its address or secret cannot be used"}
	}
	r.Header.Set("User-Agent", "Linkwell-Webhook/1")
	answer, err := c.http.Do(r.WithContext(ctx))
	if err != nil {
		return &FailureError{Problem: problem(err)}
	}
	defer func() { _ = answer.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, maxAnswer))
	switch {
	case answer.StatusCode/100 == 2:
		return nil
	case answer.StatusCode/100 == 3:
		return &FailureError{Problem: fmt.Sprintf("it answered %d; redirects are not followed", answer.StatusCode)}
	default:
		return &FailureError{Problem: fmt.Sprintf("it answered %d", answer.StatusCode), Gone: answer.StatusCode == http.StatusGone}
	}
}

// problem is err as a sentence without an address.
func problem(err error) string {
	var lookup *net.DNSError
	var network net.Error
	switch {
	case errors.Is(err, probe.ErrBlocked):
		return "its address is not a public one"
	case errors.As(err, &lookup):
		return "its name cannot be looked up"
	case errors.As(err, &network) && network.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return "it did not answer in time"
	default:
		return "it could not be reached, or broke off"
	}
}

// ParseURL is a webhook's address. It fails with a sentence that says what would be right.
func ParseURL(raw string) (string, error) {
	u, err := check.ParseURL(raw)
	if err != nil {
		return "", err
	}
	if u.Fragment != "" {
		return "", errors.New("must have no fragment")
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath, RawQuery: u.RawQuery}).String(), nil
}
