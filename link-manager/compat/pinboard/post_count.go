package pinboard

import (
	"cmp"
	"encoding/xml"
	"net/url"
	"slices"
	"time"

	"github.com/linkwell/linkwell/link-manager/compat/unread"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// updated answers when anything was last added, changed or deleted; before there was anything, the beginning of time.
func (s *server) updated(a *answer, _ arguments) {
	at, err := s.store.ChangedAt(a.r.Context(), s.gate.Owner(a.r.Context()))
	if err != nil {
		s.fail(a, "find the last change", err)
		return
	}
	if at.IsZero() {
		at = time.Unix(0, 0)
	}
	a.is(struct {
		Time string `json:"update_time"`
	}{format(at)}, struct {
		XMLName xml.Name `xml:"update"`
		Time    string   `xml:"time,attr"`
	}{Time: format(at)})
}

type dateCount struct {
	Count int    `xml:"count,attr"`
	Date  string `xml:"date,attr"`
}

// dates answers how many posts were saved on each day.
func (s *server) dates(a *answer, given arguments) {
	tags, err := given.filter()
	if err != nil {
		s.fail(a, "read tags", err)
		return
	}
	days, err := s.store.PickedDays(a.r.Context(), s.gate.Owner(a.r.Context()), store.Pick{Tags: tags})
	if err != nil {
		s.fail(a, "count posts", err)
		return
	}
	user, tag := s.gate.Identity(a.r.Context()).Name, given.get("tag")
	byDate, list := map[string]int{}, make([]dateCount, len(days))
	for i, d := range days {
		list[i] = dateCount{d.Links, d.Day.Format(time.DateOnly)}
		byDate[list[i].Date] = d.Links
	}
	a.is(struct {
		User  string         `json:"user"`
		Tag   string         `json:"tag"`
		Dates map[string]int `json:"dates"`
	}{user, tag, byDate}, struct {
		XMLName xml.Name    `xml:"dates"`
		User    string      `xml:"user,attr"`
		Tag     string      `xml:"tag,attr"`
		Dates   []dateCount `xml:"date"`
	}{User: user, Tag: tag, Dates: list})
}

const (
	// suggestFrom is how many links a suggestion is made from, the newest first.
	suggestFrom = 200
	maxSuggest  = 10
)

// suggest answers the tags that the owner gave most often to links on the same host. What is popular with others is nobody's
// to know.
func (s *server) suggest(a *answer, given arguments) {
	u, err := url.Parse(given.get("url"))
	if err != nil || u.Hostname() == "" {
		s.fail(a, "suggest", &link.FieldError{Field: "url", Problem: "it must be a URL like https://example.com/"})
		return
	}
	links, err := s.store.Pick(a.r.Context(), s.gate.Owner(a.r.Context()), store.Pick{Texts: []string{u.Hostname()}, Limit: suggestFrom})
	if err != nil {
		s.fail(a, "suggest", err)
		return
	}
	tags := mostUsed(links, u.Hostname())
	a.is([]map[string][]string{{"popular": {}}, {"recommended": tags}}, struct {
		XMLName     xml.Name `xml:"suggested"`
		Recommended []string `xml:"recommended"`
	}{Recommended: tags})
}

// mostUsed are the tags of the links on a host, the most used first; never nil.
func mostUsed(links []link.Link, host string) []string {
	counts, tags := map[string]int{}, []string{}
	for _, l := range links {
		if u, err := url.Parse(l.URL); err != nil || u.Hostname() != host {
			continue
		}
		others, _ := unread.Split(l.Tags)
		for _, tag := range others {
			if counts[tag]++; counts[tag] == 1 {
				tags = append(tags, tag)
			}
		}
	}
	slices.SortFunc(tags, func(a, b string) int { return cmp.Or(counts[b]-counts[a], cmp.Compare(a, b)) })
	return tags[:min(len(tags), maxSuggest)]
}
