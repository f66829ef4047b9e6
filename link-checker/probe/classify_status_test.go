package probe

import (
	"net/http"
	"testing"

	"github.com/linkwell/linkwell/link-checker/check"
)

func TestEveryStatusCodeHasItsReason(t *testing.T) {
	for _, c := range []struct {
		from, to int
		want     check.Reason
	}{
		{0, 199, check.BadHTTP},
		{200, 300, check.OK},
		{304, 306, check.OK},
		{309, 399, check.OK},
		{400, 400, check.ClientError},
		{401, 402, check.OKRestricted},
		{403, 403, check.Forbidden},
		{404, 404, check.NotFound},
		{405, 406, check.ClientError},
		{407, 407, check.OKRestricted},
		{408, 408, check.RateLimited},
		{409, 409, check.ClientError},
		{410, 410, check.Gone},
		{411, 424, check.ClientError},
		{425, 425, check.RateLimited},
		{426, 428, check.ClientError},
		{429, 429, check.RateLimited},
		{430, 440, check.ClientError},
		{441, 441, check.BotWall},
		{442, 450, check.ClientError},
		{451, 451, check.OKRestricted},
		{452, 499, check.ClientError},
		{500, 519, check.ServerError},
		{520, 527, check.OriginDown},
		{528, 529, check.ServerError},
		{530, 530, check.OriginDown},
		{531, 599, check.ServerError},
		{600, 998, check.BadHTTP},
		{999, 999, check.BotWall},
	} {
		for status := c.from; status <= c.to; status++ {
			if got := classifyStatus(status, http.Header{}); got != c.want {
				t.Errorf("%d: %s, want %s", status, got, c.want)
			}
		}
	}
}

func TestCloudflaresChallengeIsABotWall(t *testing.T) {
	challenge := http.Header{"Cf-Mitigated": {"challenge"}}
	for status, want := range map[int]check.Reason{403: check.BotWall, 404: check.NotFound, 200: check.OK} {
		if got := classifyStatus(status, challenge); got != want {
			t.Errorf("%d: %s, want %s", status, got, want)
		}
	}
	if got := classifyStatus(403, http.Header{"Cf-Mitigated": {"block"}}); got != check.Forbidden {
		t.Errorf("another mitigation: %s", got)
	}
}
