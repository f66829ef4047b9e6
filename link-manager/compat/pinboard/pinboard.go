// Package pinboard answers programs made for Pinboard, at /compat/pinboard/v1, in its words: XML, or JSON with format=json.
//
// What Linkwell does not keep is not made up. To read is the tag unread.Tag. Everything is private: shared=yes is taken, and
// shown as no. There are no notes, no secret and no popular tags. A bookmark's title is what Pinboard calls description, its
// description what Pinboard calls extended. Tags are in lower case.
//
// Pinboard has tokens in URLs, and changes things with GET. So a token is taken out of the URL before anything sees it, and
// nothing is done for who shows none; but a proxy in front of us may log it: give such a program a token of its own, with
// the scopes it needs.
package pinboard

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/linkwell/linkwell/link-manager/account"
	"github.com/linkwell/linkwell/link-manager/api"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// Path is where it is. A client is given it, with /v1, in place of https://api.pinboard.in/v1.
const Path = "/compat/pinboard"

// Store is what is asked of the store; every call carries the owner.
type Store interface {
	Add(ctx context.Context, owner string, d link.Draft) (link.Link, error)
	Update(ctx context.Context, owner, id string, p store.Patch) (link.Link, error)
	Redate(ctx context.Context, owner, id string, createdAt time.Time) (link.Link, error)
	Trash(ctx context.Context, owner, id string, expect store.Expect) error
	Lookup(ctx context.Context, owner, url string) (link.Link, error)
	Pick(ctx context.Context, owner string, p store.Pick) ([]link.Link, error)
	PickedDays(ctx context.Context, owner string, p store.Pick) ([]store.DayCount, error)
	ChangedAt(ctx context.Context, owner string) (time.Time, error)
	Tags(ctx context.Context, owner, prefix, after string, limit int) ([]store.TagCount, error)
	ReplaceTag(ctx context.Context, owner, tag, into string) (changed int, err error)
}

// server is what the routes share.
type server struct {
	store Store
	now   func() time.Time
	gate  *api.Gate
}

// maxBody is room for the longest texts that a link can have, escaped in a form.
const maxBody = 256 << 10

// New returns Pinboard's API over a store; now is the clock.
func New(s Store, now func() time.Time) api.Mount {
	return api.Mount{
		Path:    Path,
		Token:   token,
		Refuse:  refuse,
		MaxBody: maxBody,
		Routes: func(router chi.Router, gate *api.Gate) {
			(&server{s, now, gate}).routes(router)
		},
	}
}

// routes is the API as Pinboard has it: everything is a GET; a form may be sent as well.
func (s *server) routes(router chi.Router) {
	route := func(path string, needs account.Scope, handle func(*answer, arguments)) {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			router.With(s.gate.Needs(needs)).Method(method, path, s.answered(handle))
		}
	}
	route("/v1/posts/update", account.Read, s.updated)
	route("/v1/posts/add", account.Write, s.addPost)
	route("/v1/posts/delete", account.Write, s.deletePost)
	route("/v1/posts/get", account.Read, s.getPosts)
	route("/v1/posts/recent", account.Read, s.recentPosts)
	route("/v1/posts/all", account.Read, s.allPosts)
	route("/v1/posts/dates", account.Read, s.dates)
	route("/v1/posts/suggest", account.Read, s.suggest)
	route("/v1/tags/get", account.Read, s.getTags)
	route("/v1/tags/delete", account.Write, s.deleteTag)
	route("/v1/tags/rename", account.Write, s.renameTag)
	route("/v1/user/api_token", account.Read, s.apiToken)
	route("/v1/notes/list", account.Read, s.noNotes)
}

// token is the one in the query, auth_token=user:TOKEN, or else the password of Basic authentication. Whose it is, is known
// by the token alone.
//
// A browser that knows a password for us adds it to requests that other sites' pages make: those are taken for without one.
// Refuse asks no browser for a password, either.
func token(r *http.Request) (token string, shown bool) {
	token, shown = takeToken(r.URL)
	if site := r.Header.Get("Sec-Fetch-Site"); shown || site == "cross-site" || site == "same-site" {
		return token, shown
	}
	_, token, shown = r.BasicAuth()
	return token, shown
}

// takeToken takes what looks like auth_token out of a URL, however it is spelled, and returns the one token in it.
func takeToken(u *url.URL) (token string, shown bool) {
	kept := []string{}
	for pair := range strings.SplitSeq(u.RawQuery, "&") {
		name, text, _ := strings.Cut(pair, "=")
		unescaped, err := url.QueryUnescape(name)
		if err != nil {
			unescaped = name
		}
		if !strings.Contains(strings.ToLower(unescaped), "auth_token") {
			kept = append(kept, pair)
			continue
		}
		if shown {
			token = "" // one of two is the wrong one
			continue
		}
		shown = true
		if text, err = url.QueryUnescape(text); err == nil {
			token = text[strings.LastIndexByte(text, ':')+1:]
		}
	}
	u.RawQuery = strings.Join(kept, "&")
	return token, shown
}
