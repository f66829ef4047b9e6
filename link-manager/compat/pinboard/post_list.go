package pinboard

import (
	"errors"
	"io"
	"math"
	"slices"
	"time"

	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

const (
	defaultRecent = 15
	maxRecent     = 100
	day           = 24 * time.Hour
)

// getPosts answers the post of a url, or those of a day, which is the newest day if none is named.
func (s *server) getPosts(a *answer, given arguments) {
	tags, err := given.filter()
	if err != nil {
		s.fail(a, "read tags", err)
		return
	}
	if url := given.get("url"); url != "" {
		s.getPost(a, url, tags)
		return
	}
	date, err := given.moment("dt")
	pick := store.Pick{Tags: tags}
	if err == nil && date.IsZero() {
		date, err = s.newest(a, pick)
	}
	if err != nil {
		s.fail(a, "get posts", err)
		return
	}
	date = date.Truncate(day)
	pick.AddedAfter, pick.AddedBefore = date.Add(-time.Microsecond), date.Add(day)
	s.dated(a, pick, math.MaxInt, date)
}

// getPost answers the post of a url, if it has the tags.
func (s *server) getPost(a *answer, url string, tags []string) {
	l, err := s.store.Lookup(a.r.Context(), s.gate.Owner(a.r.Context()), url)
	if err != nil && !errors.Is(err, link.ErrNotFound) {
		s.fail(a, "get post", err)
		return
	}
	found := err == nil && !slices.ContainsFunc(tags, func(tag string) bool { return !slices.Contains(l.Tags, tag) })
	date := s.now()
	if found {
		date = l.CreatedAt
	}
	head, _, foot := s.frame(a, date)
	w := a.begin()
	_, _ = io.WriteString(w, head)
	if found {
		_ = a.write(w, newPost(l)) // the caller may be gone
	}
	_, _ = io.WriteString(w, foot)
}

// recentPosts answers the newest posts.
func (s *server) recentPosts(a *answer, given arguments) {
	tags, err := given.filter()
	if err != nil {
		s.fail(a, "read tags", err)
		return
	}
	count, err := given.number("count", defaultRecent)
	if err != nil {
		s.fail(a, "read count", err)
		return
	}
	pick := store.Pick{Tags: tags}
	date, err := s.newest(a, pick)
	if err != nil {
		s.fail(a, "recent posts", err)
		return
	}
	s.dated(a, pick, min(count, maxRecent), date)
}

// newest is when the newest of the links that are picked was saved; now if there is none.
func (s *server) newest(a *answer, p store.Pick) (time.Time, error) {
	p.Limit = 1
	links, err := s.store.Pick(a.r.Context(), s.gate.Owner(a.r.Context()), p)
	if err != nil || len(links) == 0 {
		return s.now(), err
	}
	return links[0].CreatedAt, nil
}

// dated answers posts under a date.
func (s *server) dated(a *answer, p store.Pick, limit int, date time.Time) {
	head, between, foot := s.frame(a, date)
	s.stream(a, p, limit, head, between, foot)
}

// frame is what stands around and between posts under a date.
func (s *server) frame(a *answer, date time.Time) (head, between, foot string) {
	user := s.gate.Identity(a.r.Context()).Name
	if a.json {
		return `{"date":` + quote(format(date)) + `,"user":` + quote(user) + `,"posts":[`, ",\n", "]}\n"
	}
	return "<posts" + attribute("dt", format(date)) + attribute("user", user) + ">", "\n", "</posts>\n"
}

// allPosts answers all posts that are asked for.
func (s *server) allPosts(a *answer, given arguments) {
	var p store.Pick
	var err error
	limit := math.MaxInt
	for _, read := range []func() error{
		func() (err error) { p.Tags, err = given.filter(); return err },
		func() (err error) { p.Offset, err = given.number("start", 0); return err },
		func() (err error) { limit, err = given.number("results", limit); return err },
		func() (err error) { p.AddedAfter, err = given.moment("fromdt"); return err },
		func() (err error) { p.AddedBefore, err = given.moment("todt"); return err },
	} {
		if err = read(); err != nil {
			s.fail(a, "read arguments", err)
			return
		}
	}
	user := s.gate.Identity(a.r.Context()).Name
	if a.json {
		s.stream(a, p, limit, "[", ",\n", "]\n")
		return
	}
	s.stream(a, p, limit, "<posts"+attribute("user", user)+attribute("tag", given.get("tag"))+">", "\n", "</posts>\n")
}
