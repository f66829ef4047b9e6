package linkding

import "net/http"

const noArchive = "Linkwell has no archive. Delete the bookmark, or give it a tag."

// archive refuses, and changes nothing: a bookmark that was said to be archived would still be in the list.
func (s *server) archive(w http.ResponseWriter, r *http.Request) {
	if _, ok := s.wanted(w, r); ok {
		detail(w, http.StatusNotImplemented, noArchive)
	}
}

// unarchive has nothing to do: nothing is archived.
func (s *server) unarchive(w http.ResponseWriter, r *http.Request) {
	if _, ok := s.wanted(w, r); ok {
		w.WriteHeader(http.StatusNoContent)
	}
}

// listNothing lists what Linkwell has none of: archived and shared bookmarks, and bundles.
func (s *server) listNothing(w http.ResponseWriter, r *http.Request) {
	p, err := readPage(r, maxBookmarks)
	if err != nil {
		s.fail(w, r, "read page", err)
		return
	}
	answer(w, http.StatusOK, p.of(r, 0, []struct{}{}))
}
