package pages

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

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
	done, failed, err := takeAll(r.Context(), ids, func(ctx context.Context, id string) error {
		_, err := action.Take(ctx, p.Store, owner, id)
		return err
	})
	if len(done) > 0 {
		p.Wake()
	}
	if err != nil {
		return err
	}
	page := linksPage{frame: p.frame(r, "Links"), Back: back(r.PostForm.Get("back"))}
	page.Notice = tell(string(action.Op), len(done), failed, more)
	if action.Op == bulk.Delete && len(done) > 0 {
		page.undoDelete(done)
	}
	if len(done) > pageOfLinks { // more than an address holds
		p.render(w, r, http.StatusOK, "done", page)
		return nil
	}
	address, err := url.Parse(page.Back)
	if err != nil {
		return err
	}
	query := address.Query()
	query.Set("did", string(action.Op))
	query.Set("n", strconv.Itoa(len(done)))
	query.Set("failed", strconv.Itoa(failed))
	if action.Op == bulk.Delete {
		query.Set("deleted", strings.Join(done, ","))
	}
	address.RawQuery = query.Encode()
	http.Redirect(w, r, address.String(), http.StatusSeeOther)
	return nil
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

// takeAll does one thing with each of the links, and returns with which it was done and with how many it could not be. It
// fails with what is a reason not to go on.
func takeAll(ctx context.Context, ids []string, take func(context.Context, string) error) (done []string, failed int, err error) {
	for _, id := range ids {
		var field *link.FieldError
		var duplicate *link.DuplicateError
		switch err := take(ctx, id); {
		case err == nil:
			done = append(done, id)
		case errors.Is(err, link.ErrNotFound) || errors.As(err, &field) || errors.As(err, &duplicate):
			failed++
		default:
			return done, failed, err
		}
	}
	return done, failed, nil
}

// restoreInBulk takes a deletion back.
func (p *pages) restoreInBulk(w http.ResponseWriter, r *http.Request, owner string) error {
	joined, err := formValue(r, "ids")
	if err != nil {
		return err
	}
	ids := strings.Split(joined, ",")
	if len(ids) > bulk.MostLinks {
		return &link.FieldError{Field: "ids", Problem: fmt.Sprintf("there are %d; the most allowed is %d", len(ids), bulk.MostLinks)}
	}
	done, failed, err := takeAll(r.Context(), ids, func(ctx context.Context, id string) error {
		_, err := p.Store.Restore(ctx, owner, id)
		return err
	})
	if err != nil {
		return err
	}
	values := url.Values{"did": {"restore"}, "n": {strconv.Itoa(len(done))}, "failed": {strconv.Itoa(failed)}}
	http.Redirect(w, r, "/?"+values.Encode(), http.StatusSeeOther)
	return nil
}

// tell says what was done with how many links.
func tell(op string, done, failed int, more bool) string {
	words, known := map[string]string{
		"tag":     "%s changed.",
		"check":   "%s will be checked now.",
		"delete":  "%s in the trash for 30 days.",
		"restore": "%s back from the trash.",
	}[op]
	if !known {
		return ""
	}
	said := fmt.Sprintf(words, links(done))
	if done+failed == 0 {
		said = "No link was chosen."
	}
	if failed > 0 {
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

// undoDelete offers to take back the deletion of these links.
func (f *frame) undoDelete(ids []string) {
	if len(ids) == 1 {
		f.Undo = "/links/" + url.PathEscape(ids[0]) + "/restore"
		return
	}
	f.Undo, f.UndoFields = "/bulk/restore", []field{{"ids", strings.Join(ids, ",")}}
}
