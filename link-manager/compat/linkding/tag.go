package linkding

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/go-chi/chi/v5"

	"github.com/linkwell/linkwell/link-manager/link"
)

// tag is a tag as linkding shows it. When it was added is not known: DateAdded is when linkding's clients were first told of
// it.
type tag struct {
	ID        int64  `json:"id"`
	Name      string `json:"name"`
	DateAdded string `json:"date_added"`
}

// everyTag is more tags than anybody has.
const everyTag = 1_000_000

func (s *server) listTags(w http.ResponseWriter, r *http.Request) {
	p, err := readPage(r, maxTags)
	if err != nil {
		s.fail(w, r, "read page", err)
		return
	}
	all, err := s.store.Tags(r.Context(), s.gate.Owner(r.Context()), "", "", everyTag)
	if err != nil {
		s.fail(w, r, "list tags", err)
		return
	}
	from := min(p.offset, len(all))
	names := make([]string, 0, p.limit)
	for _, t := range all[from:min(from+p.limit, len(all))] {
		names = append(names, t.Tag)
	}
	shown, err := s.tags(r, names...)
	if err != nil {
		s.fail(w, r, "number tags", err)
		return
	}
	answer(w, http.StatusOK, p.of(r, len(all), shown))
}

// tags are tags of the owner as linkding shows them; never nil.
func (s *server) tags(r *http.Request, names ...string) ([]tag, error) {
	numbers, err := s.store.TagNumbers(r.Context(), s.gate.Owner(r.Context()), names)
	if err != nil {
		return nil, err
	}
	shown := make([]tag, len(names))
	for i, name := range names {
		shown[i] = tag{ID: numbers[name].Number, Name: name, DateAdded: formatMoment(numbers[name].GivenAt)}
	}
	return shown, nil
}

func (s *server) showTag(w http.ResponseWriter, r *http.Request, status int, name string) {
	shown, err := s.tags(r, name)
	if err != nil {
		s.fail(w, r, "number tag", err)
		return
	}
	answer(w, status, shown[0])
}

// addTag gives a tag a number. It is listed when a link has it.
func (s *server) addTag(w http.ResponseWriter, r *http.Request) {
	b, ok := s.readBody(w, r)
	if !ok {
		return
	}
	name, err := b.text("name")
	if err == nil && name == nil {
		err = wrong("name", "This field is required.")
	}
	if err != nil {
		s.fail(w, r, "read tag", err)
		return
	}
	tags, err := link.NormalizeTags(tagsOf([]string{*name}))
	var field *link.FieldError
	switch {
	case errors.As(err, &field):
		s.fail(w, r, "read tag", wrong("name", field.Problem))
	case err != nil:
		s.fail(w, r, "read tag", err)
	case len(tags) != 1:
		s.fail(w, r, "read tag", wrong("name", "It must be one tag."))
	default:
		s.showTag(w, r, http.StatusCreated, tags[0])
	}
}

// wantedTag is the tag that the path names. It answers, and reports false, if the owner has none.
func (s *server) wantedTag(w http.ResponseWriter, r *http.Request) (name string, ok bool) {
	number, err := strconv.ParseInt(chi.URLParam(r, "id"), 10, 64)
	if err == nil {
		name, err = s.store.NumberedTag(r.Context(), s.gate.Owner(r.Context()), number)
	} else {
		err = link.ErrNotFound
	}
	switch {
	case errors.Is(err, link.ErrNotFound):
		detail(w, http.StatusNotFound, "No Tag matches the given query.")
		return "", false
	case err != nil:
		s.fail(w, r, "get tag", err)
		return "", false
	}
	return name, true
}

func (s *server) getTag(w http.ResponseWriter, r *http.Request) {
	if name, ok := s.wantedTag(w, r); ok {
		s.showTag(w, r, http.StatusOK, name)
	}
}

// deleteTag takes the tag from all links.
func (s *server) deleteTag(w http.ResponseWriter, r *http.Request) {
	name, ok := s.wantedTag(w, r)
	if !ok {
		return
	}
	if _, err := s.store.ReplaceTag(r.Context(), s.gate.Owner(r.Context()), name, ""); err != nil {
		s.fail(w, r, "delete tag", err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
