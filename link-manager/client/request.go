package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"time"
)

// request is one question. Its path is escaped already.
type request struct {
	method, path string
	query        url.Values
	header       http.Header
	// body makes the body anew for each attempt; nil for none.
	body func() io.Reader
}

const (
	// answerTimeout is for one attempt, from the connection to the last byte of the answer.
	answerTimeout = 30 * time.Second
	// maxAnswer is in bytes. A page of links stays well below, and so does a dead letter, whose body is at most what NATS
	// takes.
	maxAnswer = 64 << 20
	// maxProblem bounds what is read of an answer that is no success.
	maxProblem = 1 << 20
)

// with sets a header, and returns the request.
func (r request) with(name, value string) request {
	if value != "" {
		if r.header == nil {
			r.header = http.Header{}
		}
		r.header.Set(name, value)
	}
	return r
}

// json has v sent as the body.
func (r request) json(mediaType string, v any) (request, error) {
	encoded, err := json.Marshal(v)
	if err != nil {
		return request{}, fmt.Errorf("encode request: %w", err)
	}
	r.body = func() io.Reader { return bytes.NewReader(encoded) }
	return r.with("Content-Type", mediaType), nil
}

// get reads what is there into answer.
func (c *Client) get(ctx context.Context, path string, query url.Values, answer any) error {
	_, err := c.do(ctx, request{method: http.MethodGet, path: path, query: query}, answer)
	return err
}

// post sends v, or nothing if it is nil, and reads the answer.
func (c *Client) post(ctx context.Context, r request, v, answer any) (http.Header, error) {
	r.method = http.MethodPost
	if v != nil {
		var err error
		if r, err = r.json("application/json", v); err != nil {
			return nil, err
		}
	}
	return c.do(ctx, r, answer)
}

// do makes a request, again if that is allowed and helps, and reads the answer into v unless that is nil. It returns the
// answer's header. It fails with a *Problem, an *UnreachableError or an *AnswerError, or with what ended ctx.
func (c *Client) do(ctx context.Context, r request, v any) (header http.Header, err error) {
	tries := tries{client: c, request: r}
	for {
		header, err = c.once(ctx, r, v)
		if err == nil || ctx.Err() != nil {
			return header, err
		}
		if tries.deletedBefore(err) {
			return header, nil
		}
		if err := tries.wait(ctx, err); err != nil {
			return nil, err
		}
	}
}

// once is one attempt of do.
func (c *Client) once(ctx context.Context, r request, v any) (http.Header, error) {
	limited, cancel := context.WithTimeout(ctx, c.answerTimeout)
	defer cancel()
	res, err := c.open(limited, r)
	if err != nil {
		return nil, ended(ctx, err)
	}
	defer func() { _ = res.Body.Close() }()
	return res.Header, c.read(ctx, res, v)
}

// openedJSON makes a request once, which may take any time, and reads the answer.
func (c *Client) openedJSON(ctx context.Context, r request, v any) error {
	res, err := c.open(ctx, r)
	if err != nil {
		return ended(ctx, err)
	}
	defer func() { _ = res.Body.Close() }()
	return c.read(ctx, res, v)
}

// read reads an answer into v, unless that is nil.
func (c *Client) read(ctx context.Context, res *http.Response, v any) (err error) {
	answer := &io.LimitedReader{R: res.Body, N: c.maxAnswer}
	if v == nil {
		_, err = io.Copy(io.Discard, answer) // so that the connection can be used again
	} else {
		err = json.NewDecoder(answer).Decode(v)
	}
	var syntax *json.SyntaxError
	var wrong *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case answer.N == 0:
		return &AnswerError{Server: c.config.Server, Status: res.StatusCode, Wrong: fmt.Sprintf("is longer than %d bytes", c.maxAnswer)}
	case errors.As(err, &syntax) || errors.As(err, &wrong):
		return &AnswerError{Server: c.config.Server, Status: res.StatusCode, Wrong: "cannot be read: " + err.Error()}
	default:
		return ended(ctx, &UnreachableError{Server: c.config.Server, Err: fmt.Errorf("the answer broke off: %w", err), sent: true})
	}
}

// ended is what ended ctx, if that is why something failed.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// open makes a request once and returns the answer if it is one of success. The caller reads and closes its body, for which
// nothing but ctx sets a limit. It fails like do.
func (c *Client) open(ctx context.Context, r request) (*http.Response, error) {
	target := c.config.Server + r.path
	if len(r.query) > 0 {
		target += "?" + r.query.Encode()
	}
	var body io.Reader
	if r.body != nil {
		body = r.body()
	}
	req, err := http.NewRequestWithContext(ctx, r.method, target, body)
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	for name, values := range r.header {
		req.Header[name] = values
	}
	req.Header.Set("User-Agent", c.config.UserAgent)
	if c.config.Token != "" {
		req.Header.Set("Authorization", "Bearer "+c.config.Token)
	}
	var sent atomic.Bool
	trace := &httptrace.ClientTrace{WroteHeaders: func() { sent.Store(true) }}
	res, err := c.http.Do(req.WithContext(httptrace.WithClientTrace(ctx, trace)))
	if err != nil {
		return nil, c.unreachable(err, sent.Load())
	}
	if res.StatusCode >= 200 && res.StatusCode < 300 {
		return res, nil
	}
	defer func() { _ = res.Body.Close() }()
	return nil, c.refusal(res)
}
