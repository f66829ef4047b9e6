package pages

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"github.com/linkwell/linkwell/link-manager/account"
	"github.com/linkwell/linkwell/link-manager/bulk"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/search"
	"github.com/linkwell/linkwell/link-manager/store"
)

const (
	trashPath   = "/trash"
	restorePath = trashPath + "/restore"
	purgePath   = trashPath + "/purge"
)

// Trashcan is what the pages ask of the store about deleted links.
type Trashcan interface {
	TrashTogether(ctx context.Context, owner, id, act string) error
	Trashed(ctx context.Context, owner string, after store.Position, limit int) ([]store.Trashed, error)
	TrashedTogether(ctx context.Context, owner, act string) ([]string, error)
	Restore(ctx context.Context, owner, id string) (link.Link, error)
	PurgeTrash(ctx context.Context, owner, id string) error
}

func (p *pages) trashRoutes(router chi.Router) {
	router.Get(trashPath, p.needs(account.Read, p.showTrash))
	router.Post(restorePath, p.needs(account.Write, p.restoreTrashed))
	router.Post(purgePath, p.needs(account.Write, p.purgeTrashed))
}

// trashPage is what was deleted and can be brought back still, what was deleted last first.
type trashPage struct {
	frame
	// Query are the words that were looked for, as typed.
	Query string
	Rows  []trashedRow
	// Back is the address of this very page; Older that of the next one, empty on the last; Newest that of the first, empty on it.
	Back, Older, Newest string
}

// trashedRow is a deleted link.
type trashedRow struct {
	row
	Deleted, Gone when
	// Act deleted it together with Others, which are in the trash still; it is told with the first of them on a page.
	Act    string
	Others int
}

func (p *pages) showTrash(w http.ResponseWriter, r *http.Request, owner string) error {
	asked := r.URL.Query()
	page := trashPage{frame: p.frame(r, "Trash"), Query: strings.TrimSpace(asked.Get("q"))}
	page.Back = trashAddress(page.Query, store.Position{})
	if asked.Has("did") {
		page.say(asked)
	}
	var after store.Position
	if place := asked.Get("after"); place != "" {
		var err error
		if after, err = placeIn(place); err != nil { // the address was changed by hand
			http.Redirect(w, r, page.Back, http.StatusSeeOther)
			return nil //nolint:nilerr // it is answered
		}
		page.Newest, page.Back = page.Back, trashAddress(page.Query, after)
	}
	found, next, err := p.findTrashed(r.Context(), owner, search.Words(page.Query), after)
	if err != nil {
		return err
	}
	if next != (store.Position{}) {
		page.Older = trashAddress(page.Query, next)
	}
	told := map[string]bool{"": true}
	for _, t := range found {
		shown := newTrashedRow(t, p.Now(), page.Back)
		if !told[t.Act] {
			told[t.Act] = true
			together, err := p.Store.TrashedTogether(r.Context(), owner, t.Act)
			if err != nil {
				return err
			}
			shown.Others = len(together) - 1
		}
		page.Rows = append(page.Rows, shown)
	}
	p.render(w, r, http.StatusOK, "trash", page)
	return nil
}

const (
	// trashRead is how many deleted links are read at a time to find words in, and trashLooked how many are looked through for
	// one page: there is no index of their words, and few people have deleted more within 30 days.
	trashRead, trashLooked = 1_000, 20_000
)

// findTrashed returns a page of the owner's deleted links that have all of the words, from the place on, and the place after
// which to go on; zero if that was all.
func (p *pages) findTrashed(ctx context.Context, owner string, words []string, after store.Position) (found []store.Trashed, next store.Position, err error) {
	atOnce := pageOfLinks + 1
	if len(words) > 0 {
		atOnce = trashRead
	}
	for looked := 0; looked < trashLooked; looked += atOnce {
		read, err := p.Store.Trashed(ctx, owner, after, atOnce)
		if err != nil {
			return nil, store.Position{}, err
		}
		for _, t := range read {
			if len(found) == pageOfLinks {
				return found, after, nil
			}
			if hasWords(t.Link, words) {
				found = append(found, t)
			}
			after = store.Position{At: t.TrashedAt, ID: t.ID}
		}
		if len(read) < atOnce {
			return found, store.Position{}, nil
		}
	}
	return found, after, nil
}

// hasWords reports whether each of the words is one of the link's, as the search of the list has it.
func hasWords(l link.Link, words []string) bool {
	if len(words) == 0 {
		return true
	}
	has := search.Words(strings.Join(append([]string{l.URL, l.Title, l.Description}, l.Tags...), " "))
	return !slices.ContainsFunc(words, func(word string) bool { return !slices.Contains(has, word) })
}

func newTrashedRow(t store.Trashed, now time.Time, back string) trashedRow {
	return trashedRow{
		row: newRow(t.Link, now, back), Act: t.Act,
		Deleted: moment(t.TrashedAt, now), Gone: on(t.TrashedAt.Add(store.TrashKept)),
	}
}

// restoreTrashed brings back what the form means.
func (p *pages) restoreTrashed(w http.ResponseWriter, r *http.Request, owner string) error {
	return p.withTrashed(w, r, owner, "restore", func(ctx context.Context, id string) error {
		_, err := p.Store.Restore(ctx, owner, id)
		return err
	})
}

// purgeTrashed deletes for good what the form means.
func (p *pages) purgeTrashed(w http.ResponseWriter, r *http.Request, owner string) error {
	return p.withTrashed(w, r, owner, "purge", func(ctx context.Context, id string) error { return p.Store.PurgeTrash(ctx, owner, id) })
}

// withTrashed does it with one link, all that an act deleted, or the chosen ones, and says so on the page that the form is from.
func (p *pages) withTrashed(w http.ResponseWriter, r *http.Request, owner, did string, do func(ctx context.Context, id string) error) error {
	one, err := formValue(r, "one")
	if err != nil {
		return err
	}
	ids := r.PostForm["id"]
	switch act := r.PostForm.Get("act"); {
	case one != "":
		ids = []string{one}
	case act != "":
		if ids, err = p.Store.TrashedTogether(r.Context(), owner, act); err != nil {
			return err
		}
	case len(ids) > bulk.MostLinks:
		return &link.FieldError{Field: "id", Problem: fmt.Sprintf("there are %d; the most allowed is %d", len(ids), bulk.MostLinks)}
	}
	done, failed, err := bulk.Each(r.Context(), ids, do)
	if did == "restore" && len(done) > 0 {
		p.Wake()
	}
	said := url.Values{"did": {did}, "n": {strconv.Itoa(len(done))}, "failed": {strconv.Itoa(failed)}}
	if err != nil {
		return &halfDoneError{said, err}
	}
	return sayAt(w, r, backFromTrash(r.PostForm.Get("back")), said)
}

// backFromTrash is where somebody was who did something about deleted links: the trash, or the list whose notice took a
// deletion back.
func backFromTrash(target string) string {
	if place, found := strings.CutPrefix(target, trashPath); found {
		if u, err := url.Parse(place); err == nil && u.Path == "" && u.Host == "" && u.Scheme == "" {
			return (&url.URL{Path: trashPath, RawQuery: u.RawQuery}).String()
		}
		return trashPath
	}
	return back(target)
}

// trashAddress is the address of what was deleted before that place and has the words, and placeIn the place in it.
func trashAddress(query string, after store.Position) string {
	values := url.Values{}
	if query != "" {
		values.Set("q", query)
	}
	if after != (store.Position{}) {
		values.Set("after", micros(after.At)+"."+after.ID)
	}
	return (&url.URL{Path: trashPath, RawQuery: values.Encode()}).String()
}

func placeIn(text string) (store.Position, error) {
	at, id, _ := strings.Cut(text, ".")
	parsed, err := uuid.Parse(id)
	if err != nil || fromMicros(at).UnixMicro() <= 0 {
		return store.Position{}, errors.New("it is no place in the trash")
	}
	return store.Position{At: fromMicros(at), ID: parsed.String()}, nil
}
