package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/linkwell/linkwell/link-checker/check"
)

// report is a result for a person: a line that says what and why, and below it, indented, how it was found.
//
//	invalid  not_found            http://example.com/a
//	    The server says this page does not exist (404). Look for the page's new address, or for an archived copy.
//	    301  http://example.com/a
//	    404  https://example.com/a
//	    GET: dns 3 ms, connect 12 ms, tls 25 ms, first byte 40 ms; 83 ms in all
func report(r check.Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-7s  %-19s  %s\n", r.Status, r.Reason, printable(r.URL))
	for _, line := range reportLines(r) {
		fmt.Fprintf(&b, "    %s\n", line)
	}
	return b.String()
}

func reportLines(r check.Result) []string {
	lines := []string{strings.TrimSpace(r.Reason.Explanation() + " " + r.Reason.Hint())}
	for _, note := range r.Notes {
		if note != check.MovedPermanently {
			lines = append(lines, note.Explanation())
		}
	}
	if r.MovedTo != "" {
		lines = append(lines, "It has moved for good to "+r.MovedTo)
	}
	if r.RetryAfterSeconds > 0 {
		lines = append(lines, fmt.Sprintf("The server wants to be left alone for %d s.", r.RetryAfterSeconds))
	}
	lines = append(lines, chain(r)...)
	if r.Method != "" {
		lines = append(lines, fmt.Sprintf("%s: %s; %d ms in all", r.Method, phases(r.Timings), r.DurationMS))
	}
	return lines
}

// chain is every hop with its answer, and where it ended.
func chain(r check.Result) []string {
	var asked []string
	for _, hop := range r.Redirects {
		asked = append(asked, fmt.Sprintf("%3d  %s", hop.HTTPStatus, hop.URL))
	}
	if r.FinalURL != "" {
		asked = append(asked, fmt.Sprintf("%3s  %s", finalStatus(r), r.FinalURL))
	}
	return asked
}

// finalStatus is what the final URL answered; "-" if it did not. Then the result's status is that of the hop before, which
// the reason tells as a rule: it is not about redirects.
func finalStatus(r check.Result) string {
	if hops := len(r.Redirects); hops > 0 && r.Redirects[hops-1].HTTPStatus == r.HTTPStatus && !aboutRedirects(r.Reason) || r.HTTPStatus == 0 {
		return "-"
	}
	return strconv.Itoa(r.HTTPStatus)
}

func aboutRedirects(reason check.Reason) bool {
	switch reason {
	case check.RedirectLoop, check.TooManyRedirects, check.RedirectInvalid, check.RedirectBadScheme:
		return true
	default:
		return false
	}
}

func phases(t check.Timings) string {
	return fmt.Sprintf("dns %d ms, connect %d ms, tls %d ms, first byte %d ms", t.DNS, t.Connect, t.TLS, t.FirstByte)
}
