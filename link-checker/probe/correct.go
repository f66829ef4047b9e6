package probe

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/linkwell/linkwell/link-checker/check"
)

// A correction is a second look at what failed for a cause that asking differently may mend.
type correction struct {
	cause func(outcome) bool
	// differently changes how the second session asks; nil changes nothing, and still means connections and cookies of
	// its own.
	differently func(*settings)
	// elsewhere is where the second session starts, given where the first ended; nil means where the first started.
	elsewhere func(url.URL) *url.URL
	// conclude decides by both.
	conclude func(first, second outcome) check.Result
}

// corrections has one row for each cause; the first that fits counts. Waiting is nobody's correction: it is the scheduler's work.
var corrections = []correction{
	{cause: brokenConnection, differently: withoutHTTP2, conclude: believeWhatCameFurther},
	{cause: untrustedCertificate, differently: withoutTrust, conclude: warn},
	{cause: otherProtocol, elsewhere: withOtherScheme, conclude: mismatchIfItAnswers},
	{cause: refusedIdentity, differently: asBrowser, conclude: believeOnlyGood},
}

// correct asks once more if found has a cause that a second look may mend, and there is time left for it.
func (s *session) correct(ctx context.Context, start *url.URL, found outcome) check.Result {
	for _, c := range corrections {
		if !c.cause(found) || ctx.Err() != nil {
			continue
		}
		how := s.settings
		if c.differently != nil {
			c.differently(&how)
		}
		if c.elsewhere != nil {
			start = c.elsewhere(*found.at)
		}
		second := newSession(how)
		defer second.close()
		return c.conclude(found, second.follow(ctx, http.MethodGet, start))
	}
	return found.Result
}

func brokenConnection(found outcome) bool {
	return found.Reason == check.Reset || found.Reason == check.HTTP2Error
}

// withoutHTTP2 helps against a reset, too: over HTTP/1.1 a server's last word before it is still heard.
func withoutHTTP2(how *settings) { how.http1 = true }

// refusedIdentity reports whether the answer may be about who asks: statuses that firewalls and nervous applications give
// to visitors they do not know, a 404 that is no page for people, and nothing that says when to come back.
func refusedIdentity(found outcome) bool {
	if found.final == nil || found.RetryAfterSeconds > 0 {
		return false
	}
	switch found.Reason {
	case check.Forbidden:
		return true
	case check.ClientError:
		return found.HTTPStatus == http.StatusBadRequest || found.HTTPStatus == http.StatusNotAcceptable
	case check.NotFound:
		return !found.final.html
	case check.ServerError:
		return slices.Contains([]int{http.StatusInternalServerError, http.StatusNotImplemented, http.StatusServiceUnavailable}, found.HTTPStatus)
	default:
		return false
	}
}

func asBrowser(how *settings) { how.identity = browser() }

func untrustedCertificate(found outcome) bool { return certificateNotes[found.Reason] != "" }

// certificateNotes are the problems with a certificate that people click away, if they know the site.
var certificateNotes = map[check.Reason]check.Note{
	check.TLSExpired:   check.ExpiredCertificate,
	check.TLSUntrusted: check.UntrustedCertificate,
	check.TLSChain:     check.IncompleteChain,
}

func withoutTrust(how *settings) { how.unverified = true }

// otherProtocol reports whether the server seems to speak the other one of http and https.
func otherProtocol(found outcome) bool {
	return found.Reason == check.ProtocolMismatch || found.final != nil && found.final.wantsTLS && found.at.Scheme == "http"
}

// complainsAboutPlainHTTP reports whether body is the plain HTTP in which a TLS server says that it speaks none: Go's,
// nginx's and Apache's words.
func complainsAboutPlainHTTP(body []byte) bool {
	said := strings.ToLower(string(body[:min(len(body), 1024)]))
	return strings.Contains(said, "sent an http request to an https server") ||
		strings.Contains(said, "plain http request was sent to https port") ||
		strings.Contains(said, "speaking plain http to an ssl-enabled server port")
}

// withOtherScheme is at, on the same port, with the other one of http and https.
func withOtherScheme(at url.URL) *url.URL {
	port, other := "443", "http"
	if at.Scheme == "http" {
		port, other = "80", "https"
	}
	if at.Port() == "" {
		at.Host += ":" + port
	}
	at.Scheme = other
	return &at
}

// believeWhatCameFurther takes the second look for as good as the first if it was answered, or was sent on further.
func believeWhatCameFurther(first, second outcome) check.Result {
	if second.final != nil || second.Status == check.Valid || len(second.Redirects) > len(first.Redirects) {
		return second.Result
	}
	return first.Result
}

// believeOnlyGood lets the second look save a link and never condemn it: a disguise is no better witness.
func believeOnlyGood(first, second outcome) check.Result {
	if second.Status == check.Valid {
		return second.Result
	}
	return first.Result
}

// warn says of a page that answers that its certificate has a problem; what the server says otherwise counts as it is.
func warn(first, second outcome) check.Result {
	if second.final == nil {
		return first.Result
	}
	if second.Reason == check.OK {
		second.Decide(check.OKTLSWarning)
	}
	second.Notes, second.MovedTo = []check.Note{certificateNotes[first.Reason]}, "" // who knows who said it
	return second.Result
}

// mismatchIfItAnswers blames the scheme only where the other one is answered (hard case 62).
func mismatchIfItAnswers(first, second outcome) check.Result {
	if second.final != nil {
		first.Decide(check.ProtocolMismatch)
	} else if first.Reason == check.ProtocolMismatch {
		first.Decide(check.BadHTTP)
	}
	return first.Result
}
