package probe

import (
	"net/http"

	"github.com/linkwell/linkwell/link-checker/check"
)

// statusReasons is what each status code means for a link; the first row that fits decides. A code without a row of its
// own means what the first of its class does (RFC 9110, 15). Codes outside the table are no HTTP.
var statusReasons = []struct {
	from, to int
	reason   check.Reason
}{
	{200, 299, check.OK},
	{300, 399, check.OK}, // those that are followed never get here

	{401, 402, check.OKRestricted},
	{403, 403, check.Forbidden},
	{404, 404, check.NotFound},
	{407, 407, check.OKRestricted},
	{408, 408, check.RateLimited},
	{410, 410, check.Gone},
	{425, 425, check.RateLimited},
	{429, 429, check.RateLimited},
	{441, 441, check.BotWall},
	{451, 451, check.OKRestricted},
	{400, 499, check.ClientError},

	{520, 527, check.OriginDown}, // Cloudflare's, about the site behind it
	{530, 530, check.OriginDown},
	{500, 599, check.ServerError},

	{999, 999, check.BotWall}, // LinkedIn's
}

// classifyStatus is the reason a final answer's status code stands for, bad_http if it stands for nothing. A 403 that
// Cloudflare marks as its challenge is a bot_wall, and one that says that our rate limit is used up is rate_limited.
func classifyStatus(status int, header http.Header) check.Reason {
	switch {
	case status == http.StatusForbidden && header.Get("Cf-Mitigated") == "challenge":
		return check.BotWall
	case status == http.StatusForbidden && rateLimitUsedUp(header):
		return check.RateLimited
	}
	for _, row := range statusReasons {
		if row.from <= status && status <= row.to {
			return row.reason
		}
	}
	return check.BadHTTP
}
