package probe

import (
	"crypto/sha256"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// cookies are those of one session: what a hop sets is sent to its own site on the next, for there are pages that redirect
// until they see their cookie. The zero value has none yet; a nil *cookies takes none, ever.
type cookies struct {
	jar *cookiejar.Jar // nil until the first cookie: most pages set none before they answer
	// set is the newest value of every cookie the hops have set, by host and name.
	set map[string]string
	// bytes is how much was received and kept, at most maxCookiesBytes.
	bytes int
}

// send adds the cookies that are for the request's URL.
func (c *cookies) send(request *http.Request) {
	if c == nil || c.jar == nil {
		return
	}
	var pairs []string // and not by AddCookie, which joins anew for each
	for _, cookie := range c.jar.Cookies(request.URL) {
		pairs = append(pairs, cookie.String())
	}
	if len(pairs) > 0 {
		request.Header = request.Header.Clone() // the session's other requests share it
		request.Header.Set("Cookie", strings.Join(pairs, "; "))
	}
}

func (c *cookies) keep(response *http.Response) {
	if c == nil {
		return
	}
	received := c.affordable(response.Cookies())
	if len(received) == 0 {
		return
	}
	if c.jar == nil {
		c.jar, c.set = newJar(), make(map[string]string)
	}
	from := response.Request.URL
	c.jar.SetCookies(from, received)
	for _, cookie := range received {
		c.set[from.Hostname()+"\t"+cookie.Domain+"\t"+cookie.Path+"\t"+cookie.Name] = cookie.Value
	}
}

func newJar() *cookiejar.Jar {
	jar, err := cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List})
	if err != nil {
		panic("probe: cookiejar.New fails only by a change of its contract: " + err.Error())
	}
	return jar
}

// affordable are the cookies a check still has room for; the others are dropped, as a browser drops what is too much.
func (c *cookies) affordable(received []*http.Cookie) []*http.Cookie {
	kept := received[:0]
	for _, cookie := range received {
		size := cookieOverhead + len(cookie.Name) + len(cookie.Value) + len(cookie.Domain) + len(cookie.Path)
		if size > maxCookieBytes || c.bytes+size > maxCookiesBytes {
			continue
		}
		c.bytes += size
		kept = append(kept, cookie)
	}
	return kept
}

// What a session keeps of cookies. RFC 6265 section 6.1 asks browsers for 4,096 bytes a cookie; a server could set a
// mebibyte of them at each of forty hops.
const (
	maxCookieBytes  = 4096
	maxCookiesBytes = 64 << 10
	// cookieOverhead is counted for each cookie, because one of a byte costs a jar much more.
	cookieOverhead = 48
)

// fingerprint of the cookies that were set.
type fingerprint [sha256.Size]byte

// state is equal to an earlier state if and only if no hop has set a new cookie or a new value in between.
func (c *cookies) state() fingerprint {
	if c == nil || len(c.set) == 0 {
		return fingerprint{}
	}
	state := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(c.set)) {
		// Hash.Write never fails.
		_, _ = io.WriteString(state, name+"\t"+c.set[name]+"\n")
	}
	return fingerprint(state.Sum(nil))
}
