package linkding

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

const (
	defaultPage = 100
	// maxBookmarks and maxTags are the largest pages; next leads on.
	maxBookmarks = 1_000
	maxTags      = 5_000
)

// page is which part of a list is wanted.
type page struct{ limit, offset int }

// readPage reads limit and offset. A limit beyond most is most. It fails with an invalid.
func readPage(r *http.Request, most int) (p page, err error) {
	query := r.URL.Query()
	for _, number := range []struct {
		name string
		into *int
	}{{"limit", &p.limit}, {"offset", &p.offset}} {
		text := query.Get(number.name)
		if text == "" {
			continue
		}
		if *number.into, err = strconv.Atoi(text); err != nil || *number.into < 0 {
			return page{}, wrong(number.name, "A valid integer is required, of 0 or more.")
		}
	}
	if p.limit == 0 {
		p.limit = defaultPage
	}
	p.limit = min(p.limit, most)
	return p, nil
}

// listed is one page of a list.
type listed struct {
	Count    int     `json:"count"`
	Next     *string `json:"next"`
	Previous *string `json:"previous"`
	Results  any     `json:"results"`
}

// of is the page of a list of count things.
func (p page) of(r *http.Request, count int, results any) listed {
	l := listed{Count: count, Results: results}
	if p.offset < count && p.limit < count-p.offset {
		l.Next = p.at(r, p.offset+p.limit)
	}
	if p.offset > 0 {
		l.Previous = p.at(r, max(p.offset-p.limit, 0))
	}
	return l
}

// at is the address of the page that begins at offset.
func (p page) at(r *http.Request, offset int) *string {
	query := r.URL.Query()
	query.Set("limit", strconv.Itoa(p.limit))
	query.Set("offset", strconv.Itoa(offset))
	if offset == 0 {
		query.Del("offset")
	}
	u := url.URL{Scheme: scheme(r), Host: r.Host, Path: r.URL.Path, RawQuery: query.Encode()}
	address := u.String()
	return &address
}

// scheme is how the client reached us. A proxy that ends TLS says so; who says so without one is told wrong only itself.
func scheme(r *http.Request) string {
	if r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https") {
		return "https"
	}
	return "http"
}
