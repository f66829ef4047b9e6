package probe

import (
	"net/http"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
)

// An answer is what a server finally said, when it no longer sent us on. Its body is judged as it is read, and not kept.
type answer struct {
	status int
	header http.Header
	// html means that the body is a page for people. What the page says of itself is false after HEAD.
	html, challenges, readsLikeNotFound, readsLikeParked bool
	// wantsTLS means that the body complains about plain HTTP.
	wantsTLS bool
	// broken means that the server broke the body off or framed it wrongly.
	broken bool
	// certificateEndsSoon is about the server's certificate.
	certificateEndsSoon bool
}

// read takes from the exchange what is judged later.
func (s *session) read(exchange *exchange) *answer {
	response := exchange.response
	body, broken := s.readBody(exchange, pageBody)
	final := &answer{
		status: response.StatusCode, header: response.Header, broken: broken,
		wantsTLS:            response.StatusCode == http.StatusBadRequest && complainsAboutPlainHTTP(body),
		certificateEndsSoon: exchange.certificateEndsSoon(s.now()),
	}
	if page, ok := readPage(response.Header.Get("Content-Type"), body); ok {
		final.html, final.challenges = true, page.challenges(response.StatusCode)
		final.readsLikeNotFound, final.readsLikeParked = page.readsLikeNotFound(), page.readsLikeParked()
	}
	return final
}

// judge decides found by its final answer.
func (found *outcome) judge(now time.Time) {
	final := found.final
	found.Decide(classifyStatus(final.status, final.header))
	if final.challenges && mayBeChallenge(found.Reason) {
		found.Decide(check.BotWall)
		found.Note(check.ChallengePage)
	}
	found.RetryAfterSeconds = waitSeconds(found.Reason, final.header, now)
	if final.broken {
		found.Note(check.BodyError)
	}
	if found.Status != check.Valid {
		return
	}
	if final.certificateEndsSoon {
		found.Note(check.TLSExpiresSoon)
	}
	if final.readsLikeNotFound && !isAboutNotFound(found.at) {
		found.Note(check.Soft404)
	}
	if final.readsLikeParked {
		found.Note(check.Parked)
	}
}
