// Package linkding answers the browser extensions and apps of linkding, at /compat/linkding, in its words.
//
// What Linkwell does not keep is not made up. Unread is the tag unread.Tag. Notes are put below the description. Nothing is
// shared, and nothing archived: to archive is refused, and the list of what is archived is empty. Pages are not read before
// they are saved, so the metadata of a page are left to the browser, and there are no favicons, previews or bundles.
// A tag lives on links: one that is made without any is known by its number, and listed when a link has it.
package linkding

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/linkwell/linkwell/link-manager/account"
	"github.com/linkwell/linkwell/link-manager/api"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// Path is where it is. A client is given it as the address of its linkding.
const Path = "/compat/linkding"

// Store is what is asked of the store; every call carries the owner.
type Store interface {
	Add(ctx context.Context, owner string, d link.Draft) (link.Link, error)
	Get(ctx context.Context, owner, id string) (link.Link, error)
	Update(ctx context.Context, owner, id string, p store.Patch) (link.Link, error)
	Redate(ctx context.Context, owner, id string, createdAt time.Time) (link.Link, error)
	Trash(ctx context.Context, owner, id string, expect store.Expect) error
	Lookup(ctx context.Context, owner, url string) (link.Link, error)
	Pick(ctx context.Context, owner string, p store.Pick) ([]link.Link, error)
	Picked(ctx context.Context, owner string, p store.Pick) (int, error)
	LinkNumbers(ctx context.Context, owner string, ids []string) (map[string]store.Number, error)
	NumberedLink(ctx context.Context, owner string, number int64) (link.Link, error)
	Tags(ctx context.Context, owner, prefix, after string, limit int) ([]store.TagCount, error)
	ReplaceTag(ctx context.Context, owner, tag, into string) (changed int, err error)
	TagNumbers(ctx context.Context, owner string, tags []string) (map[string]store.Number, error)
	NumberedTag(ctx context.Context, owner string, number int64) (string, error)
}

// server is what the routes share.
type server struct {
	store Store
	now   func() time.Time
	gate  *api.Gate
}

// maxBody is room for the longest texts that a link can have, and their escapes.
const maxBody = 256 << 10

// New returns linkding's API over a store; now is the clock.
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

// routes is the API as linkding has it. Its paths end with a slash; without one they are the same.
func (s *server) routes(router chi.Router) {
	route := func(method, path string, needs account.Scope, handle http.HandlerFunc) {
		for _, spelled := range []string{path, strings.TrimSuffix(path, "/")} {
			router.With(s.gate.Needs(needs)).Method(method, spelled, handle)
		}
	}
	route(http.MethodGet, "/api/bookmarks/", account.Read, s.listBookmarks)
	route(http.MethodPost, "/api/bookmarks/", account.Write, s.addBookmark)
	route(http.MethodGet, "/api/bookmarks/archived/", account.Read, s.listNothing)
	route(http.MethodGet, "/api/bookmarks/shared/", account.Read, s.listNothing)
	route(http.MethodGet, "/api/bookmarks/check/", account.Read, s.check)
	route(http.MethodGet, "/api/bookmarks/{id}/", account.Read, s.getBookmark)
	route(http.MethodPut, "/api/bookmarks/{id}/", account.Write, s.putBookmark)
	route(http.MethodPatch, "/api/bookmarks/{id}/", account.Write, s.patchBookmark)
	route(http.MethodDelete, "/api/bookmarks/{id}/", account.Write, s.deleteBookmark)
	route(http.MethodPost, "/api/bookmarks/{id}/archive/", account.Write, s.archive)
	route(http.MethodPost, "/api/bookmarks/{id}/unarchive/", account.Write, s.unarchive)
	route(http.MethodGet, "/api/tags/", account.Read, s.listTags)
	route(http.MethodPost, "/api/tags/", account.Write, s.addTag)
	route(http.MethodGet, "/api/tags/{id}/", account.Read, s.getTag)
	route(http.MethodDelete, "/api/tags/{id}/", account.Write, s.deleteTag)
	route(http.MethodGet, "/api/bundles/", account.Read, s.listNothing)
	route(http.MethodGet, "/api/user/profile/", account.Read, s.getProfile)
}

// token is the one in Authorization, of the scheme Token or Bearer.
func token(r *http.Request) (token string, shown bool) {
	for _, value := range r.Header.Values("Authorization") {
		scheme, credentials, _ := strings.Cut(value, " ")
		if !strings.EqualFold(scheme, "Token") && !strings.EqualFold(scheme, "Bearer") {
			continue
		}
		if shown {
			return "", true // one of two is the wrong one
		}
		token, shown = strings.TrimSpace(credentials), true
	}
	return token, shown
}
