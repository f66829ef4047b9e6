package probe_test

import (
	"net/http"
	"testing"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/probe/probetest"
)

func TestTheServersStatusDecides(t *testing.T) {
	for status, want := range map[int]check.Reason{
		200: check.OK, 201: check.OK, 202: check.OK, 203: check.OK, 204: check.OK, 205: check.OK, 206: check.OK, 226: check.OK,
		300: check.OK, 304: check.OK,
		400: check.ClientError, 401: check.OKRestricted, 402: check.OKRestricted, 403: check.Forbidden, 404: check.NotFound,
		406: check.ClientError, 407: check.OKRestricted, 408: check.RateLimited, 418: check.ClientError, 421: check.ClientError,
		425: check.RateLimited, 429: check.RateLimited, 431: check.ClientError, 441: check.BotWall, 451: check.OKRestricted,
		500: check.ServerError, 502: check.ServerError, 503: check.ServerError, 504: check.ServerError, 507: check.ServerError,
		520: check.OriginDown, 523: check.OriginDown, 527: check.OriginDown, 530: check.OriginDown,
		600: check.BadHTTP, 999: check.BotWall,
	} {
		site := probetest.NewSite(t, respond(status))
		expect(t, patient.Check(t.Context(), site.URL, true), answer{Reason: want, HTTPStatus: status, Method: "GET"})
	}
}

func TestEarlyHintsAreNoAnswer(t *testing.T) {
	site := probetest.NewSite(t, func(w http.ResponseWriter, _ *http.Request) {
		for range 5 {
			w.WriteHeader(http.StatusEarlyHints)
		}
		w.WriteHeader(http.StatusOK)
	})
	expect(t, patient.Check(t.Context(), site.URL, true), answer{Reason: check.OK, HTTPStatus: 200, Method: "GET"})
}

func TestRetryAfterIsReportedWhereNothingIsDecided(t *testing.T) {
	for status, want := range map[int]int{200: 0, 404: 0, 403: 60, 429: 60, 503: 60} {
		site := probetest.NewSite(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "60")
			w.WriteHeader(status)
		})
		if got := patient.Check(t.Context(), site.URL, true); got.RetryAfterSeconds != want {
			t.Errorf("%d: retry after %d s, want %d", status, got.RetryAfterSeconds, want)
		}
	}
}
