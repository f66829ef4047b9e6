package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/store"
)

var webhookTests = map[string]func(*testing.T, *fixture){
	"a webhook is its owner's": func(t *testing.T, f *fixture) {
		w := f.webhook("ann")
		for _, id := range []string{w.ID, "nonsense", "00000000-0000-0000-0000-000000000000"} {
			_, err := f.Webhook(t.Context(), "bob", id)
			f.fails("get", err, store.ErrNoWebhook)
			f.fails("enable", f.EnableWebhook(t.Context(), "bob", id), store.ErrNoWebhook)
			f.fails("delete", f.DeleteWebhook(t.Context(), "bob", id), store.ErrNoWebhook)
		}
		all, err := f.Webhooks(t.Context(), "ann")
		f.equal("error", err, nil)
		f.equal("ann's", all, []store.Webhook{w})
		all, err = f.Webhooks(t.Context(), "bob")
		f.equal("error", err, nil)
		f.equal("bob's", all, []store.Webhook{})
		f.equal("delete", f.DeleteWebhook(t.Context(), "ann", w.ID), nil)
		f.fails("delete again", f.DeleteWebhook(t.Context(), "ann", w.ID), store.ErrNoWebhook)
	},
	"there are not more than so many": func(t *testing.T, f *fixture) {
		for range store.MaxWebhooks {
			f.webhook("ann")
		}
		_, err := f.AddWebhook(t.Context(), "ann", "https://example.net/hook", "s")
		f.fails("one more", err, store.ErrTooManyWebhooks)
		f.webhook("bob")
	},
	"a change of status is to be delivered to its owner's webhooks": func(_ *testing.T, f *fixture) {
		before := f.checked("ann", page(1), check.OK)
		ann, bob := f.webhook("ann"), f.webhook("bob")
		f.noDelivery()
		l := f.checked("ann", page(2), check.NotFound)
		d := f.delivery()
		f.equal("webhook", d.Webhook.ID, ann.ID)
		f.equal("waiting", d.Webhook.Waiting, 1)
		f.equal("link", d.Link.ID, l.ID)
		f.equal("said", []any{d.LinkID, d.Status, d.PreviousStatus, d.Reason}, []any{l.ID, check.Invalid, check.Pending, check.NotFound})
		f.noDelivery()
		f.equal("delivered", f.Delivered(f.t.Context(), d), nil)
		f.noDelivery()
		_, _ = before, bob
	},
	"what stays as it is is not delivered": func(t *testing.T, f *fixture) {
		l := f.checked("ann", page(1), check.OK)
		f.webhook("ann")
		f.clock.pass(longestDay)
		f.answer(f.claimOne(store.LaneDue), check.OKRestricted)
		f.delete(f.get(l))
		f.noDelivery()
	},
	"a link that is brought back is added, and has not changed": func(_ *testing.T, f *fixture) {
		l := f.checked("ann", page(1), check.OK)
		f.webhook("ann")
		f.trash(l)
		last := f.read64(f.NumberChanges)
		f.restore(l)
		f.equal("changes", kinds(f.changes("ann", last)), []string{"added"})
		f.noDelivery()
	},
	"what was not delivered comes again later, behind what is new": func(_ *testing.T, f *fixture) {
		f.webhook("ann")
		f.checked("ann", page(1), check.OK)
		first := f.delivery()
		f.equal("undelivered", f.Undelivered(f.t.Context(), first, "it answered 500", false), nil)
		f.checked("ann", page(2), check.OK)
		f.noDelivery()
		f.clock.pass(6 * time.Second)
		second := f.delivery()
		if second.Number == first.Number {
			f.t.Error("the old one is first")
		}
		f.equal("failure", second.Webhook.Failure, "it answered 500")
		f.equal("delivered", f.Delivered(f.t.Context(), second), nil)
		again := f.delivery()
		f.equal("number", again.Number, first.Number)
		f.equal("failure", again.Webhook.Failure, "")
	},
	"who dies with a delivery leaves it to another": func(_ *testing.T, f *fixture) {
		f.webhook("ann")
		f.checked("ann", page(1), check.OK)
		first := f.delivery()
		f.noDelivery()
		f.clock.pass(lease)
		f.equal("number", f.delivery().Number, first.Number)
	},
	"one that holds up its own does not hold up others": func(_ *testing.T, f *fixture) {
		f.webhook("ann")
		f.webhook("ann")
		f.checked("ann", page(1), check.OK)
		if one, other := f.delivery(), f.delivery(); one.Webhook.ID == other.Webhook.ID {
			f.t.Error("both are for the same")
		}
	},
	"one that takes nothing for three days is disabled": func(t *testing.T, f *fixture) {
		w := f.webhook("ann")
		f.clock.pass(time.Since(f.clock.Now())) // changes are dated by the database's clock
		f.checked("ann", page(1), check.OK)
		attempts := 0
		for end := f.clock.Now().Add(store.DeliveriesTried + 7*time.Hour); f.clock.Now().Before(end); f.clock.pass(time.Hour) {
			d, found, err := f.ClaimDelivery(t.Context(), lease)
			f.equal("error", err, nil)
			if found {
				if attempts++; attempts == 10 {
					f.checked("ann", page(2), check.OK)
				}
				f.equal("undelivered", f.Undelivered(t.Context(), d, fmt.Sprintf("failure %d", attempts), false), nil)
			}
		}
		got, err := f.Webhook(t.Context(), "ann", w.ID)
		f.equal("error", err, nil)
		if got.DisabledAt.IsZero() || got.WhyDisabled != "it took nothing for three days" || got.Waiting != 0 || attempts < 12 || attempts > 30 {
			t.Errorf("after %d attempts it is %+v", attempts, got)
		}
		f.checked("ann", page(3), check.OK)
		f.noDelivery()
		f.equal("enable", f.EnableWebhook(t.Context(), "ann", w.ID), nil)
		l := f.checked("ann", page(4), check.OK)
		f.equal("link", f.delivery().LinkID, l.ID)
	},
	"one that is gone for good is disabled at once": func(t *testing.T, f *fixture) {
		w := f.webhook("ann")
		f.checked("ann", page(1), check.OK)
		f.equal("undelivered", f.Undelivered(t.Context(), f.delivery(), "it answered 410", true), nil)
		got, err := f.Webhook(t.Context(), "ann", w.ID)
		f.equal("error", err, nil)
		f.equal("why", got.WhyDisabled, "it said that it is gone")
	},
	"one that is deleted meanwhile is no trouble": func(t *testing.T, f *fixture) {
		w := f.webhook("ann")
		l := f.checked("ann", page(1), check.OK)
		d := f.delivery()
		f.delete(l)
		f.equal("delete", f.DeleteWebhook(t.Context(), "ann", w.ID), nil)
		f.equal("undelivered", f.Undelivered(t.Context(), d, "it answered 500", false), nil)
		f.equal("delivered", f.Delivered(t.Context(), d), nil)
	},
	"a delivery for a link that is gone says which it was": func(_ *testing.T, f *fixture) {
		f.webhook("ann")
		l := f.checked("ann", page(1), check.OK)
		f.delete(l)
		d := f.delivery()
		if d.LinkID != l.ID || d.Link != nil {
			f.t.Errorf("delivery is %+v", d)
		}
	},
}

func (f *fixture) webhook(owner string) store.Webhook {
	f.t.Helper()
	w, err := f.AddWebhook(f.t.Context(), owner, "https://example.net/hook", "secret")
	if err != nil {
		f.t.Fatal(err)
	}
	return w
}

func (f *fixture) delivery() store.Delivery {
	f.t.Helper()
	d, found, err := f.ClaimDelivery(f.t.Context(), lease)
	if err != nil || !found {
		f.t.Fatalf("there is no delivery: %v", err)
	}
	return d
}

func (f *fixture) noDelivery() {
	f.t.Helper()
	if d, found, err := f.ClaimDelivery(f.t.Context(), lease); err != nil || found {
		f.t.Fatalf("there is a delivery, or not: %+v %v", d, err)
	}
}
