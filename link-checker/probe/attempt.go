package probe

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
)

// attempt asks with HEAD and, unless that settles it, with GET, whose verdict then counts whatever HEAD said: servers
// that treat HEAD badly are many, and visitors never send one.
func (s *session) attempt(ctx context.Context, start *url.URL, confirm bool) check.Result {
	found := s.head(ctx, start)
	if !settles(found.Result, confirm) {
		found = s.follow(ctx, http.MethodGet, start)
	}
	return s.correct(ctx, start, found)
}

// head gives HEAD a budget of its own, so that a server which never answers HEAD leaves time for GET.
func (s *session) head(ctx context.Context, start *url.URL) outcome {
	deadline, _ := ctx.Deadline()
	ctx, cancel := context.WithTimeout(ctx, headBudget(time.Until(deadline)))
	defer cancel()
	return s.follow(ctx, http.MethodHead, start)
}

// headBudget is HEAD's share of the total: three tenths, at most 3 s.
func headBudget(total time.Duration) time.Duration {
	return min(3*time.Second, total*3/10)
}

// settles reports whether a GET could not add to what HEAD found: the page answers and nobody asked for confirmation, it
// told us when to come back, its certificate is not to be believed or it wants one of ours, or there is nothing to ask.
func settles(head check.Result, confirm bool) bool {
	switch head.Reason {
	case check.OKRestricted:
		return head.HTTPStatus == 0 // it wants to see a certificate
	case check.OK:
		return !confirm && head.HTTPStatus/100 == 2
	case check.RateLimited:
		return head.HTTPStatus == http.StatusTooManyRequests && head.RetryAfterSeconds > 0
	case check.BlockedAddress, check.DNSNotFound, check.Internal,
		check.TLSExpired, check.TLSUntrusted, check.TLSChain, check.TLSHostname:
		return true
	default:
		return false
	}
}
