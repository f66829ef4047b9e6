package linkding

import (
	"errors"
	"net/http"
	"time"

	"github.com/linkwell/linkwell/link-manager/compat/unread"
	"github.com/linkwell/linkwell/link-manager/link"
)

// addBookmark saves a link. To one that is saved already it gives what the request names, as linkding does; what the request
// does not name, linkding would clear, and we leave. Both are answered 201.
func (s *server) addBookmark(w http.ResponseWriter, r *http.Request) {
	b, ok := s.readBody(w, r)
	if !ok {
		return
	}
	f, err := s.readFields(b, true)
	if err != nil {
		s.fail(w, r, "read bookmark", err)
		return
	}
	l, err := s.store.Add(r.Context(), s.gate.Owner(r.Context()), f.draft())
	var had *link.DuplicateError
	if errors.As(err, &had) {
		l, err = s.change(r.Context(), had.Existing.ID, f.withoutURL())
	} else if err == nil && f.added != nil {
		l, err = s.store.Redate(r.Context(), s.gate.Owner(r.Context()), l.ID, *f.added)
	}
	if err != nil {
		s.fail(w, r, "add bookmark", err)
		return
	}
	s.gate.Wake()
	s.show(w, r, http.StatusCreated, l)
}

// fields are what a request says of a bookmark; nil is what it does not name.
type fields struct {
	url, title, description, notes *string
	unread                         *bool
	tags                           *[]string
	added                          *time.Time
}

// readFields fails with an invalid that names the first field which cannot be taken.
func (s *server) readFields(b body, urlRequired bool) (f fields, err error) {
	for _, text := range []struct {
		field string
		into  **string
	}{{"url", &f.url}, {"title", &f.title}, {"description", &f.description}, {"notes", &f.notes}} {
		if *text.into, err = b.text(text.field); err != nil {
			return fields{}, err
		}
	}
	if urlRequired && f.url == nil {
		return fields{}, wrong("url", "This field is required.")
	}
	if f.unread, err = b.flag("unread"); err != nil {
		return fields{}, err
	}
	if _, err = b.flag("shared"); err != nil {
		return fields{}, err
	}
	archived, err := b.flag("is_archived")
	if err != nil {
		return fields{}, err
	}
	if archived != nil && *archived {
		return fields{}, wrong("is_archived", noArchive)
	}
	if f.tags, err = b.tags("tag_names"); err != nil {
		return fields{}, err
	}
	if f.added, err = b.moment("date_added"); err != nil {
		return fields{}, err
	}
	if f.added != nil && f.added.After(s.now()) {
		return fields{}, wrong("date_added", "This time is yet to come.")
	}
	return f, nil
}

func (f fields) draft() link.Draft {
	return link.Draft{
		URL: value(f.url), Title: value(f.title), Description: withNotes(value(f.description), value(f.notes)),
		Tags: unread.Join(value(f.tags), value(f.unread)),
	}
}

func (f fields) withoutURL() fields {
	f.url = nil
	return f
}

func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}
