package probe

import (
	"slices"
	"strings"

	"github.com/linkwell/linkwell/link-checker/check"
)

// challengeTitles are what pages that test for browsers call themselves, in full.
var challengeTitles = []string{
	"just a moment...", "just a moment…", "attention required! | cloudflare", "please wait... | cloudflare", // Cloudflare
	"ddos-guard", "ddos protection by ddos-guard",
	"checking your browser", "checking your browser before accessing", "checking your browser...", "verifying your browser...",
	"one moment, please...", "please wait while we verify your browser...",
	"vercel security checkpoint",
	"making sure you're not a bot!", // Anubis
	"human verification", "are you a human?", "are you a robot?", "robot or human?", "robot check", "bot verification",
	"client challenge", "pardon our interruption", "pardon our interruption...",
}

// challengeMarks are what only such pages have in their source. Cloudflare's /cdn-cgi/challenge-platform/ is not among
// them, because ordinary pages behind it have that too.
var challengeMarks = [][]byte{
	[]byte("window._cf_chl_opt"), []byte("id=\"challenge-form\""), // Cloudflare
	[]byte("_incapsula_resource?swudnsai="), []byte("_incapsula_resource?cwudnsai="),
	[]byte("geo.captcha-delivery.com"),                                  // DataDome
	[]byte("id=\"px-captcha\""),                                         // HUMAN
	[]byte("window.awswafcookiedomainlist"), []byte("window.gokuprops"), // AWS WAF
}

// challenges reports whether the page tests for browsers instead of being what was asked for.
func (p page) challenges() bool {
	return slices.Contains(challengeTitles, p.title) || strings.HasPrefix(p.title, "checking your browser before accessing ") || p.marked(challengeMarks)
}

// mayBeChallenge reports whether an answer with this reason may be a challenge in disguise: one that says clearly that
// the page is gone, or asks for a login, is not.
func mayBeChallenge(reason check.Reason) bool {
	switch reason {
	case check.OK, check.Forbidden, check.RateLimited, check.ClientError, check.ServerError:
		return true
	default:
		return false
	}
}
