package linkding

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/go-chi/chi/v5"

	"github.com/linkwell/linkwell/link-manager/compat/unread"
	"github.com/linkwell/linkwell/link-manager/link"
)

// bookmark is a link as linkding shows it.
type bookmark struct {
	ID                    int64    `json:"id"`
	URL                   string   `json:"url"`
	Title                 string   `json:"title"`
	Description           string   `json:"description"`
	Notes                 string   `json:"notes"`
	WebArchiveSnapshotURL string   `json:"web_archive_snapshot_url"`
	FaviconURL            *string  `json:"favicon_url"`
	PreviewImageURL       *string  `json:"preview_image_url"`
	IsArchived            bool     `json:"is_archived"`
	Unread                bool     `json:"unread"`
	Shared                bool     `json:"shared"`
	TagNames              []string `json:"tag_names"`
	DateAdded             string   `json:"date_added"`
	DateModified          string   `json:"date_modified"`
	WebsiteTitle          *string  `json:"website_title"`
	WebsiteDescription    *string  `json:"website_description"`
}

// bookmarks are links of the owner as linkding shows them; never nil.
func (s *server) bookmarks(ctx context.Context, links ...link.Link) ([]bookmark, error) {
	ids := make([]string, len(links))
	for i, l := range links {
		ids[i] = l.ID
	}
	numbers, err := s.store.LinkNumbers(ctx, s.gate.Owner(ctx), ids)
	if err != nil {
		return nil, err
	}
	shown := make([]bookmark, len(links))
	for i, l := range links {
		tags, isUnread := unread.Split(l.Tags)
		shown[i] = bookmark{
			ID: numbers[l.ID].Number, URL: l.URL, Title: l.Title, Description: l.Description, Unread: isUnread, TagNames: tags,
			WebArchiveSnapshotURL: "https://web.archive.org/web/" + l.CreatedAt.UTC().Format("20060102150405") + "/" + l.URL,
			DateAdded:             formatMoment(l.CreatedAt), DateModified: formatMoment(l.UpdatedAt),
		}
	}
	return shown, nil
}

// show answers one link.
func (s *server) show(w http.ResponseWriter, r *http.Request, status int, l link.Link) {
	shown, err := s.bookmarks(r.Context(), l)
	if err != nil {
		s.fail(w, r, "number bookmark", err)
		return
	}
	answer(w, status, shown[0])
}

// wanted is the link that the path names. It answers, and reports false, if the owner has none.
func (s *server) wanted(w http.ResponseWriter, r *http.Request) (l link.Link, ok bool) {
	number, err := strconv.ParseInt(chi.URLParam(r, "id"), 10, 64)
	if err == nil {
		l, err = s.store.NumberedLink(r.Context(), s.gate.Owner(r.Context()), number)
	} else {
		err = link.ErrNotFound
	}
	switch {
	case errors.Is(err, link.ErrNotFound):
		detail(w, http.StatusNotFound, "No Bookmark matches the given query.")
		return link.Link{}, false
	case err != nil:
		s.fail(w, r, "get bookmark", err)
		return link.Link{}, false
	}
	return l, true
}

func (s *server) getBookmark(w http.ResponseWriter, r *http.Request) {
	if l, ok := s.wanted(w, r); ok {
		s.show(w, r, http.StatusOK, l)
	}
}
