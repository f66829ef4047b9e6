package pages

import (
	"html/template"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// bookmarklet is an address that somebody keeps among the bookmarks of their browser: on whatever page they then are, it
// opens ours with that page's address and title in a form. It runs there and never here, where the policy forbids it.
func bookmarklet(r *http.Request) template.URL {
	target := url.URL{Scheme: "http", Host: r.Host, Path: savePath}
	if overTLS(r) {
		target.Scheme = "https"
	}
	script := "(()=>{const u='" + template.JSEscapeString(target.String()) + "?url='+encodeURIComponent(location.href)+'&title='+encodeURIComponent(document.title);" +
		"open(u)||(location.href=u)})()"
	return template.URL("javascript:" + url.PathEscape(script)) //nolint:gosec // what is of the request in it is escaped twice
}

// overTLS reports whether the browser that asks has come over TLS, perhaps that of a proxy in front of us. Browsers send
// Sec-Fetch-Site to nobody else but this machine itself. Whoever lies here is shown a wrong address, and nobody else.
func overTLS(r *http.Request) bool {
	if r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https") {
		return true
	}
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	address, err := netip.ParseAddr(strings.Trim(host, "[]"))
	local := err == nil && address.Unmap().IsLoopback() || strings.EqualFold(host, "localhost") || strings.HasSuffix(strings.ToLower(host), ".localhost")
	return r.Header.Get("Sec-Fetch-Site") != "" && !local
}
