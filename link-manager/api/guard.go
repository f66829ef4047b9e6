package api

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Guard is what protects a Linkwell without accounts (AUTH=none) from web pages that its user visits: it refuses requests
// that another site's page makes, and, if localOnly, requests for any host but this machine's loopback names, which is
// what a page that rebinds its own name to 127.0.0.1 sends. Within the API browsers are told so by Config.RefusedPage.
func Guard(localOnly bool) func(http.Handler) http.Handler {
	crossOrigin := http.NewCrossOriginProtection()
	crossOrigin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		refuseWith(w, r, newKind(http.StatusForbidden, "cross-origin", "requests from other sites' pages are refused"))
	}))
	return func(next http.Handler) http.Handler {
		guarded := crossOrigin.Handler(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if localOnly && !isLoopbackHost(r.Host) {
				refuseWith(w, r, newKind(http.StatusMisdirectedRequest, "host", "this Linkwell has no accounts and answers only as localhost or 127.0.0.1; start it with --insecure to answer under other names"))
				return
			}
			guarded.ServeHTTP(w, r)
		})
	}
}

// isLoopbackHost reports whether a Host header names this machine's loopback.
func isLoopbackHost(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}
