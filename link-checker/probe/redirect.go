package probe

import (
	"context"
	"net/http"
	"net/url"

	"github.com/linkwell/linkwell/link-checker/check"
)

// maxRedirects is how many redirects are followed: as many as browsers do.
const maxRedirects = 20

// follow asks for start and then for whatever its answers redirect to, always with the same method, until one decides.
// The Result lacks only what Check knows: URL, DurationMS and CheckedAt.
func (s *session) follow(ctx context.Context, method string, start *url.URL) check.Result {
	result := check.Result{Method: method}
	for at, asked := start, (loop{}); at != nil; {
		result.FinalURL = at.String()
		if asked.closes(at, s.cookies.state()) {
			result.Decide(check.RedirectLoop)
			break
		}
		at = s.hop(ctx, method, at, &result)
	}
	if result.MovedTo = movedTo(result); result.MovedTo != "" {
		result.Note(check.MovedPermanently)
	}
	return result
}

// hop asks for at and returns where its answer redirects to, or nil when the answer, or the lack of one, decided result.
func (s *session) hop(ctx context.Context, method string, at *url.URL, result *check.Result) *url.URL {
	exchange := s.ask(ctx, method, at)
	defer exchange.close()
	result.Timings = exchange.progress.timings
	result.CertificateExpiresAt = exchange.certificateExpiry()
	if exchange.err != nil {
		result.Decide(exchange.reason)
		return nil
	}
	result.HTTPStatus = exchange.response.StatusCode
	if redirects(result.HTTPStatus) {
		exchange.readBody(hopBody)
		return onward(at, exchange.response.Header.Get("Location"), result)
	}
	s.judge(exchange, result)
	return nil
}

// judge decides result by the final answer.
func (s *session) judge(exchange *exchange, result *check.Result) {
	header := exchange.response.Header
	result.Decide(classifyStatus(result.HTTPStatus, header))
	if result.Status == check.Pending {
		result.RetryAfterSeconds = retryAfterSeconds(header.Get("Retry-After"), s.now())
	}
	if _, broken := exchange.readBody(pageBody); broken {
		result.Note(check.BodyError)
	}
}

// onward records the hop from at and returns where it leads, or decides result and returns nil if it leads nowhere.
func onward(at *url.URL, location string, result *check.Result) *url.URL {
	next, reason := nextURL(at, location)
	switch {
	case reason != "":
		result.Decide(reason)
		return nil
	case len(result.Redirects) == maxRedirects:
		result.Decide(check.TooManyRedirects)
		return nil
	}
	result.Redirects = append(result.Redirects, check.Redirect{URL: at.String(), HTTPStatus: result.HTTPStatus})
	return next
}

// redirects reports whether a status sends the visitor on. Other 3xx are answers.
func redirects(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}
