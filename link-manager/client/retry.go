package client

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"strconv"
	"time"
)

const (
	// mostTries is how often a request is made at most.
	mostTries = 5
	// firstWait is how long the first wait takes, unless we are told otherwise; each is twice the one before.
	firstWait = 500 * time.Millisecond
	// idempotencyKey names a request, so that it is done once however often it comes.
	idempotencyKey = "Idempotency-Key"
)

// keyed names a POST, so that it may be made again. It is for routes that know the header.
func keyed(path string) request {
	return request{path: path}.with(idempotencyKey, rand.Text())
}

// idempotent reports whether a request that is made twice does what it does once.
func (r request) idempotent() bool {
	switch r.method {
	case http.MethodGet, http.MethodDelete:
		return true
	default:
		return r.header.Get(idempotencyKey) != ""
	}
}

// tries decide how often a request is made.
type tries struct {
	client  *Client
	request request
	failed  int
	waited  time.Duration
	// lost means that an attempt may have been done although no answer said so.
	lost bool
}

// wait waits until the request may be made again after an attempt that failed with err. It fails with err if that is not
// allowed, would not help, or takes longer than we are patient; and with what ended ctx.
func (t *tries) wait(ctx context.Context, err error) error {
	t.failed++
	wait, helps := t.after(err)
	if !helps || !t.request.idempotent() || t.failed >= mostTries || t.waited+wait > t.client.config.Patience {
		return err
	}
	t.waited += wait
	return t.client.pause(ctx, err, wait)
}

// after is when to try again, and whether that may help.
func (t *tries) after(err error) (wait time.Duration, helps bool) {
	wait = firstWait << (t.failed - 1)
	var unreachable *UnreachableError
	if errors.As(err, &unreachable) {
		t.lost = t.lost || unreachable.sent
		return wait, unreachable.sent // where nobody listens, nobody will in a moment
	}
	status, retryAfter := refused(err)
	switch {
	case status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable:
		return max(wait, retryAfter), true
	case KindOf(err) == KeyBusy: // an attempt before, whose answer was lost, is still being done
		return wait, true
	default:
		return 0, false
	}
}

// deletedBefore reports whether err only says that an attempt before, whose answer was lost, has deleted what was to be.
func (t *tries) deletedBefore(err error) bool {
	return t.lost && t.request.method == http.MethodDelete && KindOf(err) == NotFound
}

// pause tells whoever wants to know, and waits.
func (c *Client) pause(ctx context.Context, why error, wait time.Duration) error {
	if c.config.Waits != nil {
		c.config.Waits(why, wait)
	}
	return c.sleep(ctx, wait)
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// retryAfterOf reads Retry-After (RFC 9110 section 10.2.3): seconds or a date; 0 if it is neither, or over.
func retryAfterOf(header http.Header) time.Duration {
	const longest = 24 * time.Hour // so that no number is too large for a Duration
	text := header.Get("Retry-After")
	if seconds, err := strconv.ParseUint(text, 10, 32); err == nil {
		return min(time.Duration(seconds)*time.Second, longest)
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(max(time.Until(at), 0), longest)
	}
	return 0
}
