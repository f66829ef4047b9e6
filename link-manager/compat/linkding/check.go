package linkding

import (
	"errors"
	"net/http"

	"github.com/linkwell/linkwell/link-manager/link"
)

// checked is what linkding knows of a URL before it is saved.
type checked struct {
	Bookmark *bookmark `json:"bookmark"`
	Metadata metadata  `json:"metadata"`
	AutoTags []string  `json:"auto_tags"`
}

// metadata are of the page at a URL. We do not read pages for who asks, so nothing but the URL is known.
type metadata struct {
	URL          string  `json:"url"`
	Title        *string `json:"title"`
	Description  *string `json:"description"`
	PreviewImage *string `json:"preview_image"`
}

// check tells whether a URL is saved, in any spelling. One that cannot be saved is not.
func (s *server) check(w http.ResponseWriter, r *http.Request) {
	url := r.URL.Query().Get("url")
	if url == "" {
		s.fail(w, r, "check", wrong("url", "This field is required."))
		return
	}
	found := checked{Metadata: metadata{URL: url}, AutoTags: []string{}}
	l, err := s.store.Lookup(r.Context(), s.gate.Owner(r.Context()), url)
	switch {
	case errors.Is(err, link.ErrNotFound), errors.As(err, new(*link.FieldError)):
	case err != nil:
		s.fail(w, r, "check", err)
		return
	default:
		shown, err := s.bookmarks(r.Context(), l)
		if err != nil {
			s.fail(w, r, "number bookmark", err)
			return
		}
		found.Bookmark = &shown[0]
	}
	answer(w, http.StatusOK, found)
}
