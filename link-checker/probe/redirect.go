package probe

import (
	"context"
	"net/http"
	"net/url"

	"github.com/linkwell/linkwell/link-checker/check"
)

// maxRedirects is how many redirects are followed: as many as browsers do.
const maxRedirects = 20

// An outcome is where a walk ended: its Result lacks only what Check knows (URL, DurationMS and CheckedAt).
type outcome struct {
	check.Result
	// at is the last URL asked for: Result's FinalURL.
	at *url.URL
	// final is the answer that decided: nil if there was none, or if it was a redirect that leads nowhere.
	final *answer
}

// follow asks for start and then for whatever its answers redirect to, always with the same method, until one decides.
func (s *session) follow(ctx context.Context, method string, start *url.URL) outcome {
	found := outcome{Result: check.Result{Method: method}}
	for at, asked := start, (loop{}); at != nil; {
		found.at, found.FinalURL = at, check.URLText(at)
		if asked.closes(at, s.cookies.state()) {
			found.Decide(check.RedirectLoop)
			break
		}
		at = s.hop(ctx, method, at, &found)
	}
	if found.MovedTo = movedTo(found.Result); found.MovedTo != "" {
		found.Note(check.MovedPermanently)
	}
	if found.Status == check.Valid {
		found.noteWhereItLed(start)
	}
	return found
}

// noteWhereItLed notes redirects that ended well and yet not at what was saved.
func (found *outcome) noteWhereItLed(start *url.URL) {
	if len(found.Redirects) == 0 {
		return
	}
	if soft404Redirect(start, found.at) {
		found.Note(check.Soft404Redirect)
	}
	if leadsToParking(start.Hostname(), found.at.Hostname()) {
		found.Note(check.Parked)
	}
}

// hop asks for at and returns where its answer redirects to, or nil when the answer, or the lack of one, decided found.
func (s *session) hop(ctx context.Context, method string, at *url.URL, found *outcome) *url.URL {
	exchange := s.ask(ctx, method, at)
	defer exchange.close()
	found.Timings = exchange.progress.timings
	found.CertificateExpiresAt = exchange.certificateExpiry()
	if exchange.err != nil {
		found.Decide(exchange.reason)
		if exchange.reason == check.BlockedAddress {
			found.Timings = check.Timings{} // how long an inside name took to look up is nobody's business
		}
		return nil
	}
	found.HTTPStatus = exchange.response.StatusCode
	if redirects(found.HTTPStatus) {
		return s.onward(exchange, at, &found.Result)
	}
	found.final = s.read(exchange)
	found.judge(s.now())
	return nil
}

// onward records the hop from at and returns where it leads, or decides result and returns nil if it leads nowhere. A page
// that only lacks its Location is an answer that nobody understands, but people can read it (hard case 16).
func (s *session) onward(exchange *exchange, at *url.URL, result *check.Result) *url.URL {
	location := exchange.response.Header.Get("Location")
	limit := hopBody
	if location == "" {
		limit = pageBody
	}
	if body, _ := s.readBody(exchange, limit); location == "" && len(body) > 0 {
		result.Decide(check.BadHTTP)
		return nil
	}
	next, reason := nextURL(at, location)
	switch {
	case reason != "":
		result.Decide(reason)
		return nil
	case len(result.Redirects) == maxRedirects:
		result.Decide(check.TooManyRedirects)
		return nil
	}
	result.Redirects = append(result.Redirects, check.Redirect{URL: check.URLText(at), HTTPStatus: result.HTTPStatus})
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
