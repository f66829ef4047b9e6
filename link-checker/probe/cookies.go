package probe

import (
	"maps"
	"net/http"
	"net/http/cookiejar"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// cookies are those of one check: what a hop sets is sent to its own site on the next, for there are pages that redirect
// until they see their cookie.
type cookies struct {
	jar *cookiejar.Jar
	// set is the newest value of every cookie the hops have set, by host and name.
	set map[string]string
}

func newCookies() *cookies {
	jar, err := cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List})
	if err != nil {
		panic("probe: cookiejar.New fails only by a change of its contract: " + err.Error())
	}
	return &cookies{jar: jar, set: make(map[string]string)}
}

func (c *cookies) send(request *http.Request) {
	for _, cookie := range c.jar.Cookies(request.URL) {
		request.AddCookie(cookie)
	}
}

func (c *cookies) keep(response *http.Response) {
	from := response.Request.URL
	received := response.Cookies()
	c.jar.SetCookies(from, received)
	for _, cookie := range received {
		c.set[from.Hostname()+"\t"+cookie.Domain+"\t"+cookie.Path+"\t"+cookie.Name] = cookie.Value
	}
}

// state is equal to an earlier state if and only if no hop has set a new cookie or a new value in between.
func (c *cookies) state() string {
	var state strings.Builder
	for _, name := range slices.Sorted(maps.Keys(c.set)) {
		state.WriteString(name + "\t" + c.set[name] + "\n")
	}
	return state.String()
}
