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

// challengeMarks are what such pages have in their source, and hardly any other. Cloudflare's
// /cdn-cgi/challenge-platform/ is not among them, because ordinary pages behind it have that too.
var challengeMarks = [][]byte{
	[]byte("_cf_chl_opt"), []byte("__cf_chl_"), // Cloudflare
	[]byte("_incapsula_resource?"),
	[]byte("https://geo.captcha-delivery.com/"), []byte("https://ct.captcha-delivery.com/"), // DataDome
	[]byte("id=\"px-captcha\""), // HUMAN
	[]byte("window.gokuprops"),  // AWS WAF
	[]byte("id=\"anubis_challenge\""),
	[]byte("/.well-known/vercel/security/"),
}

// maxBareBytes is how large a page without a title may be that is nothing but a challenge.
const maxBareBytes = 4 << 10

// challenges reports whether the page that came with status tests for browsers instead of being what was asked for. An
// answer that is bad anyway is one by its title or a mark in its source. One that is good has to have both, because an
// article may be called "Human verification", and a shop may load a bot wall's script; or a mark and nothing else.
func (p page) challenges(status int) bool {
	title := slices.Contains(challengeTitles, p.title) || strings.HasPrefix(p.title, "checking your browser before accessing ")
	mark := p.marked(challengeMarks)
	if status/100 != 2 {
		return title || mark
	}
	return mark && (title || p.title == "" && len(p.source) <= maxBareBytes)
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
