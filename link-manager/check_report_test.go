package main

import (
	"strings"
	"testing"

	"github.com/linkwell/linkwell/link-checker/check"
)

func TestTheReportOfACheck(t *testing.T) {
	timings := check.Timings{DNS: 3, Connect: 12, TLS: 25, FirstByte: 40}
	results := []check.Result{
		{URL: "https://example.com/", Reason: check.OK, HTTPStatus: 200, FinalURL: "https://example.com/", Method: "GET", Timings: timings, DurationMS: 83},
		{
			URL: "http://example.com/a", Reason: check.OK, HTTPStatus: 200, FinalURL: "https://www.example.com/b", Method: "GET", DurationMS: 83,
			Redirects: []check.Redirect{{URL: "http://example.com/a", HTTPStatus: 301}, {URL: "https://example.com/a", HTTPStatus: 302}},
			MovedTo:   "https://example.com/a", Notes: []check.Note{check.MovedPermanently, check.TLSExpiresSoon},
		},
		{
			URL: "http://example.com/c", Reason: check.DNSNotFound, HTTPStatus: 302, FinalURL: "http://nowhere.example/", Method: "HEAD",
			Redirects: []check.Redirect{{URL: "http://example.com/c", HTTPStatus: 302}},
		},
		{
			URL: "http://example.com/d", Reason: check.RedirectLoop, HTTPStatus: 302, FinalURL: "http://example.com/d", Method: "GET",
			Redirects: []check.Redirect{{URL: "http://example.com/d", HTTPStatus: 302}},
		},
		{URL: "https://example.com/e", Reason: check.RateLimited, HTTPStatus: 429, FinalURL: "https://example.com/e", Method: "HEAD", RetryAfterSeconds: 120},
		{URL: "http://10.0.0.1/", Reason: check.BlockedAddress, FinalURL: "http://10.0.0.1/", Method: "HEAD"},
		{URL: "tel:\x1b[2J", Reason: check.UnsupportedScheme},
	}
	var reports strings.Builder
	for _, r := range results {
		r.Decide(r.Reason)
		reports.WriteString(report(r))
	}
	golden(t, "report.txt", reports.String())
}
