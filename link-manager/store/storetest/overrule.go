package storetest

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// overruleTests are about owners who say that a link is fine.
var overruleTests = map[string]func(*testing.T, *fixture){
	"a link that its owner says is fine shows as valid, to them alone": func(t *testing.T, f *fixture) {
		ann := f.add("ann", page(1))
		bob := f.checked("bob", page(1), check.NotFound)
		ann, before := f.get(ann), f.get(bob)
		now := f.clock.pass(time.Second)
		want := ann
		want.Overrule, want.Status, want.Reason, want.UpdatedAt = link.Fine, check.Valid, link.Overruled, now
		f.equal("returned", f.says(ann, link.Fine), want)
		f.equal("read back", f.get(ann), want)
		f.equal("listed as valid", f.list("ann", store.Filter{Status: check.Valid}), []link.Link{want})
		f.equal("listed as invalid", f.list("ann", store.Filter{Status: check.Invalid}), []link.Link{})
		f.equal("bob's", f.get(bob), before)
		f.clock.pass(time.Second)
		f.equal("said again", f.says(ann, link.Fine), want)
		want.Overrule, want.Status, want.Reason, want.UpdatedAt = "", check.Invalid, check.NotFound, f.clock.pass(time.Second)
		f.equal("lifted", f.says(ann, ""), want)
		f.equal("lifted again", f.says(ann, ""), want)
	},
	"it goes on showing as valid until that is lifted by the rule": func(t *testing.T, f *fixture) {
		random := rand.New(rand.NewPCG(1, 2))
		all := []check.Reason{check.OK, check.OKRestricted, check.NotFound, check.Gone, check.BlockedAddress, check.BadURL, check.Refused, check.ServerError, check.BotWall}
		bob, ann := f.add("bob", page(1)), f.add("ann", page(1))
		var contested check.Reason
		fine, lifted := false, 0
		for range 150 {
			f.clock.pass(30 * time.Hour)
			if !fine {
				contested, fine = f.get(bob).Contested()
				f.says(ann, link.Fine)
			}
			// What bob shows is what the target is.
			reason := all[random.IntN(len(all))]
			f.recheck(bob, reason, 1)
			target := f.get(bob).Standing
			if fine && target.Lifts(target.Reason == contested) {
				fine = false
				lifted++
			}
			want := f.get(ann)
			want.Overrule, want.Standing = "", target
			if fine {
				want.Overrule, want.Standing = link.Fine, target.Overruled(link.Fine)
			}
			f.equal("after "+string(reason), f.get(ann), want)
			f.equal("listed", ids(f.list("ann", store.Filter{Status: want.Status})), []string{ann.ID})
		}
		if lifted < 20 {
			t.Errorf("it was lifted only %d times", lifted)
		}
	},
	"there is nothing to overrule about a link that is well": func(t *testing.T, f *fixture) {
		l := f.checked("ann", page(1), check.OK)
		f.clock.pass(time.Second)
		f.equal("link", f.says(l, link.Fine), l)
	},
	"a link that fails and is still valid can be said to be fine in time": func(t *testing.T, f *fixture) {
		l := f.checked("ann", page(1), check.OK)
		f.recheck(l, check.NotFound, 1)
		f.equal("said", f.says(l, link.Fine).Overrule, link.Fine)
		f.clock.pass(24 * time.Hour)
		f.recheck(l, check.NotFound, 1)
		f.equal("status", f.get(l).Status, check.Valid)
		f.equal("overrule", f.get(l).Overrule, link.Fine)
		f.equal("lifted", f.says(l, "").Status, check.Invalid)
		f.recheck(l, check.OK, 1)
		f.recheck(l, check.NotFound, 1)
		f.says(l, link.Fine)
		f.recheck(l, check.OK, 1)
		f.equal("overrule after a good answer", f.get(l).Overrule, link.Overrule(""))
	},
	"a link that was never checked can be said to be fine until it is": func(t *testing.T, f *fixture) {
		for i, reason := range []check.Reason{check.OK, check.NotFound, check.ServerError} {
			l := f.says(f.add("ann", page(i)), link.Fine)
			f.equal("status", l.Status, check.Valid)
			f.equal("reason", l.Reason, link.Overruled)
			f.equal("listed", ids(f.list("ann", store.Filter{Status: check.Valid, Query: query(t, l.URL)})), []string{l.ID})
			f.answer(f.claimOne(store.LaneAdded), reason)
			if l = f.get(l); (l.Overrule == link.Fine) != (reason == check.ServerError) {
				t.Errorf("after %s it is %+v", reason, l)
			}
		}
	},
	"who says fine before the link is settled contests nothing that others know": func(t *testing.T, f *fixture) {
		f.checked("bob", page(1), check.NotFound)
		l := f.says(f.add("ann", page(1)), link.Fine)
		f.equal("status", l.Status, check.Valid)
		f.equal("settled", f.settle(), 1)
		f.equal("status then", f.get(l).Status, check.Invalid)
		f.equal("overrule then", f.get(l).Overrule, link.Overrule(""))
	},
	"a new url lifts it, another spelling does not": func(t *testing.T, f *fixture) {
		l := f.says(f.checked("ann", page(1), check.NotFound), link.Fine)
		l.URL = "https://EXAMPLE.com/1"
		f.updates(l, store.Patch{URL: &l.URL})
		l.URL, l.Overrule = page(2), ""
		l.Standing = link.Standing{Status: check.Pending, NextCheckAt: f.clock.Now().UTC()}
		f.updates(l, store.Patch{URL: &l.URL})
		url, fine := page(3), "fine"
		got, err := f.Update(t.Context(), "ann", l.ID, store.Patch{URL: &url, Overrule: &fine})
		f.equal("error", err, nil)
		f.equal("both at once", got.Overrule, link.Fine)
	},
	"nothing else can be said": func(t *testing.T, f *fixture) {
		l := f.add("ann", page(1))
		for _, text := range []string{"valid", "asked", "\x00"} {
			_, err := f.Update(t.Context(), "ann", l.ID, store.Patch{Overrule: &text})
			f.failsField(text, err, "overrule")
		}
		f.equal("link", f.get(l), l)
	},
}

// says has the link's owner say o, and expects every target to count its links right.
func (f *fixture) says(l link.Link, o link.Overrule) link.Link {
	f.t.Helper()
	text := string(o)
	said, err := f.Update(f.t.Context(), l.Owner, l.ID, store.Patch{Overrule: &text})
	if err != nil {
		f.t.Fatal(err)
	}
	f.equal("read back", f.get(l), said)
	f.countsRight()
	return said
}

// countsRight expects every target to know how many links want it checked, and how many only once.
func (f *fixture) countsRight() {
	f.t.Helper()
	f.equal("targets that count wrong", f.number(`
		SELECT count(*)
		FROM targets
		WHERE owners <> (SELECT count(*) FROM links WHERE target_id = targets.id AND overrule <> 'muted')
		   OR asked <> (SELECT count(*) FROM links WHERE target_id = targets.id AND overrule = 'asked')
		   OR owners = 0 AND check_id IS NOT NULL`), 0)
}
