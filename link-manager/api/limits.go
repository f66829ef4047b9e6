package api

import (
	"net/http"
	"time"

	"github.com/go-chi/chi/v5/middleware"
	"github.com/go-chi/httprate"
)

// What may be asked within limitWindow, beside Config.RateLimit. They are counted in each process by itself.
const (
	limitWindow = time.Minute
	// addressShare is what part of RateLimit an address has that shows no account.
	addressShare = 4
	// signInsPerAddress and signInsPerLogin are how often somebody may try to sign in.
	signInsPerAddress = 10
	signInsPerLogin   = 20
)

// limits count requests.
type limits struct {
	identities, addresses, signInAddresses, signInLogins *httprate.RateLimiter
}

// newLimits counts at most rate requests of a token or user; 0 means that only signing in is counted.
func newLimits(rate int) limits {
	l := limits{
		signInAddresses: httprate.NewRateLimiter(signInsPerAddress, limitWindow),
		signInLogins:    httprate.NewRateLimiter(signInsPerLogin, limitWindow),
	}
	if rate > 0 {
		l.identities = httprate.NewRateLimiter(rate, limitWindow)
		l.addresses = httprate.NewRateLimiter(max(rate/addressShare, 1), limitWindow)
	}
	return l
}

// clientAddress finds out where a request comes from: from whoever connects, or, if that is a trusted proxy, from whom it
// says. What anybody else says of it is not heard.
func (a *api) clientAddress(next http.Handler) http.Handler {
	if len(a.TrustedProxies) == 0 {
		return middleware.ClientIPFromRemoteAddr(next)
	}
	trusted := make([]string, len(a.TrustedProxies))
	for i, prefix := range a.TrustedProxies {
		trusted[i] = prefix.String()
	}
	return middleware.ClientIPFromXFF(trusted...)(next)
}

// address is where a request comes from; of an IPv6 address the network (/64), because that is what one customer has.
func address(r *http.Request) string {
	return httprate.CanonicalizeIP(middleware.GetClientIP(r.Context()))
}

// limited is the 429 of who asks too often; nil if they do not. Who needs no account is not counted.
func (a *api) limited(w http.ResponseWriter, r *http.Request, asks asker) *Problem {
	switch who := asks.identity; {
	case a.limits.identities == nil:
		return nil
	case asks.problem != nil:
		return tooMany(a.limits.addresses, w, r, address(r))
	case who.ByToken():
		return tooMany(a.limits.identities, w, r, "token "+who.Token.ID)
	case who.User.ID != "":
		return tooMany(a.limits.identities, w, r, "user "+who.User.ID)
	}
	return nil
}

// tooMany counts a request, and is the 429 for one too many. The limiter says in the headers what is left, and when to come
// again (Retry-After).
func tooMany(limiter *httprate.RateLimiter, w http.ResponseWriter, r *http.Request, key string) *Problem {
	if !limiter.OnLimit(w, r, key) {
		return nil
	}
	return newKind(http.StatusTooManyRequests, "rate-limit", "these are too many requests; come again after as many seconds as Retry-After says")
}
