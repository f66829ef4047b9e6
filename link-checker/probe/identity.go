package probe

import "net/http"

// DefaultUserAgent says honestly who asks and where to complain. It is free of the words "link", "bot" and "crawl", in
// any case, because firewalls in the wild refuse every caller whose name has them (facts/checking.md §2.10); hence
// %6C for the l of our address, which browsers and the server read as the same page.
const DefaultUserAgent = "Mozilla/5.0 (compatible; Wellcheck/1.0; +https://github.com/%6Cinkwell/%6Cinkwell)"

// identity is the header set every request carries. Sites answer 404 or 406 to callers that do not ask for HTML, so we
// do; there is never a Range, which some answer with 416; and bodies come uncompressed, so that a limit on what we read
// is a limit on what we hold.
func identity(userAgent string) http.Header {
	return http.Header{
		"User-Agent":      {userAgent},
		"Accept":          {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"},
		"Accept-Language": {"en,*;q=0.5"},
		"Accept-Encoding": {"identity"},
	}
}
