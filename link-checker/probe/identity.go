package probe

import "net/http"

// DefaultUserAgent says honestly who asks and where to complain. It is free of the words "link", "bot" and "crawl", in
// any case, because firewalls in the wild refuse every caller whose name has them (projectbenyehuda/bybe#1594 tells of
// one that mod_security brings); hence %6C for the l of our address, which browsers and the server read as the same page.
const DefaultUserAgent = "Mozilla/5.0 (compatible; Wellcheck/1.0; +https://github.com/%6Cinkwell/%6Cinkwell)"

// honest is the header set we come with. Sites answer 404 or 406 to callers that do not ask for HTML, so we do; there is
// never a Range, which some answer with 416; and bodies come uncompressed, so that a limit on what we read is a limit on
// what we hold.
func honest(userAgent string) http.Header {
	return http.Header{
		"User-Agent":      {userAgent},
		"Accept":          {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"},
		"Accept-Language": {"en,*;q=0.5"},
		"Accept-Encoding": {"identity"},
	}
}

// browser is the header set of a browser (Firefox 140 ESR, opening a page from its address bar) as far as we can keep it:
// bodies come uncompressed. Sites that turn away every visitor they do not know look for all of it: a browser's name
// alone is turned away too (wummel/linkchecker#542, #651).
func browser() http.Header {
	return http.Header{
		"User-Agent":                {"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"},
		"Accept":                    {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"},
		"Accept-Language":           {"en-US,en;q=0.5"},
		"Accept-Encoding":           {"identity"},
		"Upgrade-Insecure-Requests": {"1"},
		"Sec-Fetch-Dest":            {"document"},
		"Sec-Fetch-Mode":            {"navigate"},
		"Sec-Fetch-Site":            {"none"},
		"Sec-Fetch-User":            {"?1"},
		"Priority":                  {"u=0, i"},
	}
}
