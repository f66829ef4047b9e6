package pages

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

const (
	// decidedAtOnce is how many links of a host one click decides about; what is left is asked about again.
	decidedAtOnce = 1_000
	// deciders is how many of them are written at a time, so that they can share commits.
	deciders = 8
)

// decision is what somebody decided, about one link or all links of a case.
type decision struct {
	do    string
	at    time.Time
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
	if err != nil {
		return err
	}
	p.Wake()
	values := url.Values{"did": {d.do}, "n": {strconv.Itoa(did)}, "at": {micros(d.at)}}
	if d.do == doDelete {
		values.Set("until", micros(p.Now()))
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
	d := decision{do: do, at: p.Now().UTC().Truncate(time.Microsecond), about: link.Question(r.PostForm.Get("question"))}
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
// already, or because it cannot be saved. A link that is gone meanwhile needs no decision.
func (p *pages) carryOut(ctx context.Context, owner string, d decision) (did, left int, err error) {
	var mutex sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(deciders)
	for _, asked := range d.links {
		group.Go(func() error {
			err := p.carryOutOne(ctx, owner, d, asked)
			mutex.Lock()
			defer mutex.Unlock()
			var duplicate *link.DuplicateError
			var field *link.FieldError
			switch {
			case err == nil:
				did++
			case errors.As(err, &duplicate), errors.As(err, &field) && !d.single:
				left++
			case errors.Is(err, link.ErrNotFound) && !d.single:
			default:
				return err
			}
			return nil
		})
	}
	return did, left, group.Wait()
}

func (p *pages) carryOutOne(ctx context.Context, owner string, d decision, asked store.Asked) (err error) {
	switch d.do {
	case doKeep:
		return p.Store.Keep(ctx, owner, asked.ID, d.at)
	case doDelete:
		return p.Store.Trash(ctx, owner, asked.ID, nil)
	case doUse:
		_, err = p.Store.Update(ctx, owner, asked.ID, store.Patch{URL: &asked.MovedTo})
	default:
		overrule := string(map[string]link.Overrule{doFine: link.Fine, doMute: link.Muted}[d.do])
		_, err = p.Store.Update(ctx, owner, asked.ID, store.Patch{Overrule: &overrule})
	}
	return err
}

// undoDecision takes back what was kept at that moment, or brings back what was deleted from then on.
func (p *pages) undoDecision(w http.ResponseWriter, r *http.Request, owner string) error {
	query := r.URL.Query()
	at, until := fromMicros(query.Get("at")), fromMicros(query.Get("until"))
	var undone int
	var err error
	if until.IsZero() {
		undone, err = p.Store.Reopen(r.Context(), owner, at)
	} else {
		undone, err = p.bringBack(r.Context(), owner, at, until)
		p.Wake()
	}
	if err != nil {
		return err
	}
	values := url.Values{"did": {"undone"}, "n": {strconv.Itoa(undone)}}
	if t := store.Topic(query.Get("topic")); slices.Contains(store.Topics(), t) {
		values.Set("topic", string(t))
	}
	http.Redirect(w, r, "/decide?"+values.Encode(), http.StatusSeeOther)
	return nil
}

// bringBack restores what the owner deleted between those moments, and returns how many links that were. One that they
// saved again meanwhile stays in the trash.
func (p *pages) bringBack(ctx context.Context, owner string, from, until time.Time) (restored int, err error) {
	trashed, err := p.Store.Trashed(ctx, owner, store.Position{}, 2*decidedAtOnce)
	for _, t := range trashed {
		if err != nil || t.TrashedAt.Before(from) {
			break
		}
		if t.TrashedAt.After(until) {
			continue
		}
		var duplicate *link.DuplicateError
		switch _, err = p.Store.Restore(ctx, owner, t.ID); {
		case err == nil:
			restored++
		case errors.As(err, &duplicate), errors.Is(err, link.ErrNotFound):
			err = nil
		}
	}
	return restored, err
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
