package pages

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/linkwell/linkwell/link-manager/bulk"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// decidedAtOnce is how many links of a host one click decides about; what is left is asked about again.
const decidedAtOnce = 1_000

// decision is what somebody decided, about one link or all links of a case.
type decision struct {
	do string
	at time.Time
	// act is what the links are deleted by, if they are.
	act   string
	about link.Question
	// topic is what the page that it was made on is about alone; empty for the page of all topics.
	topic  store.Topic
	single bool
	links  []store.Asked
}

// decide does what was decided, and goes back to what still waits.
func (p *pages) decide(w http.ResponseWriter, r *http.Request, owner string) error {
	d, err := p.decisionIn(r, owner)
	if err != nil {
		return err
	}
	did, left, err := p.carryOut(r.Context(), owner, d)
	if did > 0 {
		p.Wake()
	}
	var had *link.DuplicateError
	switch {
	case errors.As(err, &had):
		return goToOther(w, r, d.links[0].ID, had)
	case err != nil && d.do == doDelete && did > 0:
		return &halfDoneError{url.Values{"did": {doDelete}, "n": {strconv.Itoa(did)}, "act": {d.act}}, err}
	case err != nil:
		return err
	}
	values := url.Values{"did": {d.do}, "n": {strconv.Itoa(did)}}
	switch d.do {
	case doKeep:
		values.Set("at", micros(d.at))
	case doDelete:
		values.Set("act", d.act)
	}
	if left > 0 {
		values.Set("left", strconv.Itoa(left))
	}
	if d.topic != "" {
		values.Set("topic", string(d.topic))
	}
	http.Redirect(w, r, "/decide?"+values.Encode(), http.StatusSeeOther)
	return nil
}

// decisionIn is the decision that was sent. It fails with a *link.FieldError, or link.ErrNotFound for a link that is not the
// owner's.
func (p *pages) decisionIn(r *http.Request, owner string) (decision, error) {
	do, err := formValue(r, "do")
	if err != nil {
		return decision{}, err
	}
	if !slices.Contains([]string{doFine, doKeep, doMute, doUse, doDelete}, do) {
		return decision{}, &link.FieldError{Field: "do", Problem: "it must be fine, keep, mute, use or delete"}
	}
	// A clock is read to the microsecond, as the store keeps it.
	d := decision{do: do, act: newAct(), at: p.Now().UTC().Truncate(time.Microsecond), about: link.Question(r.PostForm.Get("question"))}
	if t := store.Topic(r.PostForm.Get("topic")); slices.Contains(store.Topics(), t) {
		d.topic = t
	}
	id := r.PostForm.Get("link")
	if id == "" {
		d.links, err = p.Store.AskedLinks(r.Context(), owner, d.about, r.PostForm.Get("host"), decidedAtOnce)
		return d, err
	}
	l, err := p.Store.Get(r.Context(), owner, id)
	d.single, d.links = true, []store.Asked{{Link: l, MovedTo: r.PostForm.Get("to")}}
	return d, err
}

// carryOut does it for each link, and returns for how many, and how many were left because their owner has the new address
// already, or because it cannot be saved. A link that is gone meanwhile needs no decision. About a single link it fails with
// why it was left.
func (p *pages) carryOut(ctx context.Context, owner string, d decision) (did, left int, err error) {
	links := map[string]store.Asked{}
	var ids []string
	for _, asked := range d.links {
		links[asked.ID] = asked
		ids = append(ids, asked.ID)
	}
	var gone atomic.Int64
	done, failed, err := bulk.Each(ctx, ids, func(ctx context.Context, id string) error {
		err := p.carryOutOne(ctx, owner, d, links[id])
		switch {
		case d.single && err != nil:
			return &stopError{err}
		case errors.Is(err, link.ErrNotFound):
			gone.Add(1)
		}
		return err
	})
	var why *stopError
	if errors.As(err, &why) {
		err = why.error
	}
	return len(done), failed - int(gone.Load()), err
}

// stopError is an error that nothing is to go on after, whatever it is.
type stopError struct{ error }

func (p *pages) carryOutOne(ctx context.Context, owner string, d decision, asked store.Asked) (err error) {
	switch d.do {
	case doKeep:
		return p.Store.Keep(ctx, owner, asked.ID, d.at)
	case doDelete:
		return p.Store.TrashTogether(ctx, owner, asked.ID, d.act)
	case doUse:
		_, err = p.Store.Update(ctx, owner, asked.ID, store.Patch{URL: &asked.MovedTo})
	default:
		overrule := string(map[string]link.Overrule{doFine: link.Fine, doMute: link.Muted}[d.do])
		_, err = p.Store.Update(ctx, owner, asked.ID, store.Patch{Overrule: &overrule})
	}
	return err
}

// undoDecision takes back what was kept at that moment, or brings back what was deleted by that act. What is saved again
// meanwhile stays in the trash.
func (p *pages) undoDecision(w http.ResponseWriter, r *http.Request, owner string) error {
	query := r.URL.Query()
	values := url.Values{"did": {"undone"}}
	if act := query.Get("act"); act != "" {
		ids, err := p.Store.TrashedTogether(r.Context(), owner, act)
		if err != nil {
			return err
		}
		back, failed, err := bulk.Each(r.Context(), ids, func(ctx context.Context, id string) error {
			_, err := p.Store.Restore(ctx, owner, id)
			return err
		})
		p.Wake()
		if err != nil {
			return &halfDoneError{url.Values{"did": {"restore"}, "n": {strconv.Itoa(len(back))}}, err}
		}
		values.Set("n", strconv.Itoa(len(back)))
		if failed > 0 {
			values.Set("stay", strconv.Itoa(failed))
		}
	} else {
		// Whoever leaves the page meanwhile wants no half of it.
		undone, err := p.Store.Reopen(context.WithoutCancel(r.Context()), owner, fromMicros(query.Get("at")))
		if err != nil {
			return err
		}
		values.Set("n", strconv.Itoa(undone))
	}
	if t := store.Topic(query.Get("topic")); slices.Contains(store.Topics(), t) {
		values.Set("topic", string(t))
	}
	http.Redirect(w, r, "/decide?"+values.Encode(), http.StatusSeeOther)
	return nil
}

// micros and fromMicros are a moment in an address of ours.
func micros(t time.Time) string { return strconv.FormatInt(t.UnixMicro(), 10) }

func fromMicros(text string) time.Time {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMicro(n)
}
