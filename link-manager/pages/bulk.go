package pages

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"

	"github.com/google/uuid"

	"github.com/linkwell/linkwell/link-manager/bulk"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/search"
	"github.com/linkwell/linkwell/link-manager/store"
)

const (
	// matchesCounted is how far the links are counted that an action would be taken on.
	matchesCounted = 10_000
	// matchesNamed is how many of them are named.
	matchesNamed = 10
)

// bulkActs is the form in which an action is chosen.
type bulkActs struct {
	// On is what the action would be taken on, in words.
	On string
	// Typed are the tags that cannot be taken so, and Problem is why; empty for nothing.
	Typed, Problem string
}

// bulkPage asks what is to be done with all links that a query finds.
type bulkPage struct {
	frame
	// Query is what finds them, Back the list that it is from.
	Query, Back string
	// Count is how many there are, in words.
	Count   string
	Matches int
	// Named are the first of them, and Rest is how many are not named.
	Named []row
	Rest  int
	Acts  bulkActs
}

// askBulk shows which links the query in the address means, before anything is done with them.
func (p *pages) askBulk(w http.ResponseWriter, r *http.Request, owner string) error {
	return p.writeBulk(w, r, owner, http.StatusOK, r.URL.Query().Get("q"), bulkActs{On: "all of them"})
}

func (p *pages) writeBulk(w http.ResponseWriter, r *http.Request, owner string, status int, asked string, acts bulkActs) error {
	query, err := search.Parse(asked)
	if err != nil { // the list says what is wrong
		http.Redirect(w, r, listAddress(asked, ""), http.StatusSeeOther)
		return nil //nolint:nilerr // it is answered
	}
	found, more, err := bulk.Find(r.Context(), p.Store, owner, store.Filter{Query: query}, matchesCounted)
	if err != nil {
		return err
	}
	page := bulkPage{frame: p.frame(r, "All that match"), Query: asked, Back: listAddress(asked, ""), Matches: len(found), Count: links(len(found)), Acts: acts}
	if more {
		page.Count = fmt.Sprintf("more than %d links", matchesCounted)
	}
	if len(found) > bulk.MostLinks {
		page.Acts.On = fmt.Sprintf("the newest %d of them", bulk.MostLinks)
	}
	for _, l := range found[:min(len(found), matchesNamed)] {
		page.Named = append(page.Named, newRow(l, p.Now(), page.Back))
	}
	page.Rest = len(found) - len(page.Named)
	p.render(w, r, status, "bulk", page)
	return nil
}

// actionOf is the action that the form asks for. It fails with a *link.FieldError, which is about tags if they are wrong.
func actionOf(r *http.Request) (bulk.Action, error) {
	typed, err := formValue(r, "tag")
	if err != nil {
		return bulk.Action{}, err
	}
	tags := tagsIn(typed)
	switch do := r.PostForm.Get("do"); {
	case do == "delete" || do == "check":
		return bulk.Action{Op: bulk.Op(do)}, nil
	case do != "tag" && do != "untag":
		return bulk.Action{}, &link.FieldError{Field: "do", Problem: "it is none of tag, untag, check and delete"}
	case len(tags) == 0:
		return bulk.Action{}, &link.FieldError{Field: "tags", Problem: "write one first"}
	default:
		if tags, err = link.NormalizeTags(tags); err != nil {
			return bulk.Action{}, err
		}
		if do == "tag" {
			return bulk.Action{Op: bulk.Tag, AddTags: tags}, nil
		}
		return bulk.Action{Op: bulk.Tag, RemoveTags: tags}, nil
	}
}

// askAgain shows the page that the form is from, with what was typed and chosen, and what is wrong with the tags.
func (p *pages) askAgain(w http.ResponseWriter, r *http.Request, owner string, wrong *link.FieldError) error {
	acts := bulkActs{On: "all of them", Typed: r.PostForm.Get("tag"), Problem: "This cannot be done: " + wrong.Error() + "."}
	if r.PostForm.Get("all") != "" {
		return p.writeBulk(w, r, owner, http.StatusUnprocessableEntity, r.PostForm.Get("q"), acts)
	}
	from, err := url.Parse(back(r.PostForm.Get("back")))
	if err != nil {
		return err
	}
	r.URL.RawQuery = from.RawQuery // whose list it is
	page := linksPage{frame: p.frame(r, "Links"), Acts: acts, Chosen: r.PostForm["id"]}
	return p.writeList(w, r, owner, http.StatusUnprocessableEntity, page)
}

// actInBulk does with the chosen links, or all that a query finds, what the form asks for.
func (p *pages) actInBulk(w http.ResponseWriter, r *http.Request, owner string) error {
	action, err := actionOf(r)
	var wrong *link.FieldError
	if errors.As(err, &wrong) && wrong.Field == "tags" {
		return p.askAgain(w, r, owner, wrong)
	}
	if err != nil {
		return err
	}
	identity, _ := p.Asks(r.Context())
	for _, scope := range action.Needs() {
		if !identity.Scopes.Has(scope) {
			return errForbidden
		}
	}
	ids, more, err := p.chosen(r, owner)
	if err != nil {
		return err
	}
	act := newAct()
	take := func(ctx context.Context, id string) error {
		_, err := action.Take(ctx, p.Store, owner, id)
		return err
	}
	if action.Op == bulk.Delete {
		take = func(ctx context.Context, id string) error { return p.Store.TrashTogether(ctx, owner, id, act) }
	}
	done, failed, err := bulk.Each(r.Context(), ids, take)
	if len(done) > 0 {
		p.Wake()
	}
	said := url.Values{"did": {string(action.Op)}, "n": {strconv.Itoa(len(done))}, "failed": {strconv.Itoa(failed)}}
	if more {
		said.Set("more", "1")
	}
	if action.Op == bulk.Delete && len(done) > 0 {
		said.Set("act", act)
	}
	if err != nil {
		return &halfDoneError{said, err}
	}
	return sayAt(w, r, back(r.PostForm.Get("back")), said)
}

// sayAt goes to a page of ours, which then says what was done.
func sayAt(w http.ResponseWriter, r *http.Request, page string, said url.Values) error {
	address, err := url.Parse(page)
	if err != nil {
		return err
	}
	query := address.Query()
	maps.Copy(query, said)
	address.RawQuery = query.Encode()
	http.Redirect(w, r, address.String(), http.StatusSeeOther) //nolint:gosec // who calls it makes it one of ours
	return nil
}

// newAct is the id of an act that deletes several links, by which they are brought back.
func newAct() string { return uuid.Must(uuid.NewV7()).String() }

// say has the page say what the address says was done, and take it back if it was a deletion.
func (f *frame) say(said url.Values) {
	done, _ := strconv.Atoi(said.Get("n")) // an address changed by hand says 0
	failed, _ := strconv.Atoi(said.Get("failed"))
	f.Notice = tell(said.Get("did"), done, failed, said.Has("more"))
	if act := said.Get("act"); act != "" {
		f.Undo, f.UndoFields = restorePath, []field{{"act", act}, {"back", "/"}}
	}
}

// chosen are the ids of the links that the form means, and whether there are more that it means.
func (p *pages) chosen(r *http.Request, owner string) (ids []string, more bool, err error) {
	if r.PostForm.Get("all") == "" {
		ids = r.PostForm["id"]
		if len(ids) > bulk.MostLinks {
			return nil, false, &link.FieldError{Field: "id", Problem: fmt.Sprintf("there are %d; the most allowed is %d", len(ids), bulk.MostLinks)}
		}
		return ids, false, nil
	}
	query, err := search.Parse(r.PostForm.Get("q"))
	if err != nil {
		return nil, false, &link.FieldError{Field: "q", Problem: err.Error()}
	}
	found, more, err := bulk.Find(r.Context(), p.Store, owner, store.Filter{Query: query}, bulk.MostLinks)
	for _, l := range found {
		ids = append(ids, l.ID)
	}
	return ids, more, err
}

// tell says what was done with how many links.
func tell(op string, done, failed int, more bool) string {
	words, known := map[string]string{
		"tag":     "%s changed.",
		"check":   "%s will be checked now.",
		"delete":  "%s in the trash for 30 days.",
		"restore": "%s back from the trash.",
		"purge":   "%s deleted for good.",
	}[op]
	if !known {
		return ""
	}
	said := fmt.Sprintf(words, links(done))
	if done+failed == 0 {
		said = "No link was chosen."
	}
	if failed > 0 && op == "restore" {
		said += " " + plural(failed, "One could not be brought back: you have saved the same again, or it is gone for good.", "%s could not be brought back: you have saved the same again, or they are gone for good.")
	} else if failed > 0 {
		said += " With " + links(failed) + " it could not be done."
	}
	if more {
		said += fmt.Sprintf(" There are more: it is done with %d at a time.", bulk.MostLinks)
	}
	return said
}

// links is a number of links in words.
func links(n int) string {
	if n == 1 {
		return "1 link"
	}
	return strconv.Itoa(n) + " links"
}
