package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/linkwell/linkwell/link-manager/account"
	"github.com/linkwell/linkwell/link-manager/api"
)

// deadClient asks a link manager's API for dead letters.
type deadClient struct {
	base string
	// token is shown with each question; empty for none.
	token string
	http  http.Client
}

const (
	// deadPage is how many letters are asked for at a time: as many as the API gives.
	deadPage = 1000
	// deadTimeout bounds one question.
	deadTimeout = 30 * time.Second
	// deadAnswer bounds an answer: a letter's body is at most what NATS takes, a megabyte as a rule.
	deadAnswer = 64 << 20
)

// errNoLetter means that there is no such letter.
var errNoLetter = errors.New("there is no such dead letter; it was redriven or purged, its time was over, or it never was")

// unreachableError means that nobody answered.
type unreachableError struct {
	base string
	err  error
}

func (e *unreachableError) Error() string {
	return fmt.Sprintf("no link manager answers at %s; start it, or say where it is with --server or LISTEN: %v", e.base, e.err)
}

func (e *unreachableError) Unwrap() error { return e.err }

// client fails with a usageError if the server's address is none. The address may be the one a link manager listens on.
func (s deadServer) client() (*deadClient, error) {
	wrong := usageError{fmt.Errorf("--server is %q; it must be like 127.0.0.1:8090 or http://127.0.0.1:8090", s.Server)}
	text := s.Server
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		return nil, wrong
	}
	if host := u.Hostname(); host == "" || isAnyAddress(host) {
		u.Host = net.JoinHostPort("127.0.0.1", u.Port())
	}
	token, err := s.token()
	if err != nil {
		return nil, err
	}
	return &deadClient{base: u.Scheme + "://" + u.Host, token: token, http: http.Client{Timeout: deadTimeout}}, nil
}

// token is what is in the file, if one is named.
func (s deadServer) token() (string, error) {
	if s.TokenFile == "" {
		return "", nil
	}
	content, err := os.ReadFile(s.TokenFile)
	if err != nil {
		return "", usageError{fmt.Errorf("TOKEN_FILE: %w", err)}
	}
	if _, err := account.ParseSecret(strings.TrimSpace(string(content))); err != nil {
		return "", usageError{fmt.Errorf("TOKEN_FILE: what is in %s is no token: %w", s.TokenFile, err)}
	}
	return strings.TrimSpace(string(content)), nil
}

// isAnyAddress reports whether a listener there listens on every address of its machine.
func isAnyAddress(host string) bool {
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsUnspecified()
}

// pages are the letters that the filter chooses, the oldest first. An error ends them.
func (c *deadClient) pages(ctx context.Context, f deadFilter) iter.Seq2[[]api.DeadLetter, error] {
	query := url.Values{"limit": {strconv.Itoa(deadPage)}}
	if f.Function != "" {
		query.Set("function", f.Function)
	}
	if f.OlderThan > 0 {
		query.Set("before", time.Now().Add(-f.OlderThan).UTC().Format(time.RFC3339Nano))
	}
	return func(yield func([]api.DeadLetter, error) bool) {
		for {
			var page struct {
				Items      []api.DeadLetter `json:"items"`
				NextCursor *string          `json:"next_cursor"`
			}
			err := c.call(ctx, http.MethodGet, "?"+query.Encode(), &page)
			if !yield(page.Items, err) || err != nil || page.NextCursor == nil {
				return
			}
			query.Set("cursor", *page.NextCursor)
		}
	}
}

func (c *deadClient) get(ctx context.Context, id uint64) (l api.OpenedDeadLetter, err error) {
	err = c.call(ctx, http.MethodGet, fmt.Sprintf("/%d", id), &l)
	return l, err
}

func (c *deadClient) redrive(ctx context.Context, id uint64) (r api.Redriven, err error) {
	err = c.call(ctx, http.MethodPost, fmt.Sprintf("/%d/redrive", id), &r)
	return r, err
}

func (c *deadClient) purge(ctx context.Context, id uint64) error {
	return c.call(ctx, http.MethodDelete, fmt.Sprintf("/%d", id), nil)
}

// call makes a request and reads the answer into v. It fails with errNoLetter, with an unreachableError, or with what the
// link manager says.
func (c *deadClient) call(ctx context.Context, method, target string, v any) error {
	req, err := http.NewRequestWithContext(ctx, method, c.base+"/v1/dead-letters"+target, nil)
	if err != nil {
		return err
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	res, err := c.http.Do(req)
	if err != nil {
		var failed *url.Error
		if errors.As(err, &failed) {
			err = failed.Err
		}
		return &unreachableError{c.base, err}
	}
	defer func() { _ = res.Body.Close() }()
	answer := io.LimitReader(res.Body, deadAnswer)
	switch {
	case res.StatusCode >= 300:
		return c.problem(res.StatusCode, answer)
	case v == nil:
		return nil
	}
	if err := json.NewDecoder(answer).Decode(v); err != nil {
		return fmt.Errorf("what answers at %s is no link manager: %w", c.base, err)
	}
	return nil
}

// problem is what the link manager says.
func (c *deadClient) problem(status int, answer io.Reader) error {
	var p api.Problem
	if err := json.NewDecoder(answer).Decode(&p); err != nil || p.Detail == "" {
		return fmt.Errorf("what answers at %s is no link manager: its answer is %d", c.base, status)
	}
	if p.Type == "urn:linkwell:problem:not-found" {
		return errNoLetter
	}
	return errors.New(p.Detail)
}
