package storetest

import (
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

const week = 7 * 24 * time.Hour

// muteTests are about owners who do not want a link checked.
var muteTests = map[string]func(*testing.T, *fixture){
	"a muted link is not checked, keeps what it shows, and is checked again when it wants to be": func(t *testing.T, f *fixture) {
		l := f.checked("ann", page(1), check.NotFound)
		want := l
		want.Overrule, want.NextCheckAt, want.UpdatedAt = link.Muted, time.Time{}, f.clock.pass(time.Second)
		f.equal("muted", f.says(l, link.Muted), want)
		f.equal("muted again", f.says(l, link.Muted), want)
		now := f.clock.pass(week)
		f.equal("read back", f.get(l), want)
		f.equal("listed", f.list("ann", store.Filter{Status: check.Invalid}), []link.Link{want})
		for _, lane := range store.Lanes() {
			f.equal("claims", f.claim(lane, 10), []store.Claim(nil))
		}
		f.backlog(store.Backlog{})
		want.Overrule, want.NextCheckAt, want.UpdatedAt = "", l.NextCheckAt, now
		f.equal("no longer", f.says(l, ""), want)
		f.recheck(l, check.OK, 1)
		f.equal("status", f.get(l).Status, check.Valid)
		f.equal("answers", reasons(f.history(l)), []check.Reason{check.OK, check.NotFound})
	},
	"a link muted before its first check stays pending": func(t *testing.T, f *fixture) {
		l := f.says(f.add("ann", page(1)), link.Muted)
		f.equal("claims", f.claim(store.LaneAdded, 10), []store.Claim(nil))
		f.clock.pass(week)
		f.equal("standing", f.get(l).Standing, link.Standing{Status: check.Pending})
		f.says(l, "")
		f.answer(f.claimOne(store.LaneAdded), check.OK)
		f.equal("status", f.get(l).Status, check.Valid)
	},
	"the check that is out when the last link is muted is forgotten": func(t *testing.T, f *fixture) {
		l := f.add("ann", page(1))
		claim := f.claimOne(store.LaneAdded)
		f.says(l, link.Muted)
		f.equal("outcome", f.answer(claim, check.OK), store.Late)
		f.clock.pass(week)
		f.equal("claims", f.claim(store.LaneAdded, 10), []store.Claim(nil))
	},
	"a link that is fresh when it is no longer muted needs no check": func(t *testing.T, f *fixture) {
		l := f.checked("ann", page(1), check.NotFound)
		f.says(l, link.Muted)
		l.UpdatedAt = f.clock.pass(time.Hour)
		f.says(l, "")
		f.equal("settled", f.settle(), 1)
		f.equal("link", f.get(l), l)
		f.equal("claims", f.claim(store.LaneAdded, 10), []store.Claim(nil))
	},
	"a muted link shows nothing of what others find, and later no more than how it stands": func(t *testing.T, f *fixture) {
		ann := f.add("ann", page(1))
		bob := f.checked("bob", page(1), check.NotFound)
		f.clock.pass(time.Second)
		muted := f.says(ann, link.Muted)
		history := f.history(ann)
		for range 2 {
			f.clock.pass(24 * time.Hour)
			f.recheck(bob, check.OK, 1)
			f.recheck(bob, check.Gone, 1)
		}
		f.settle()
		f.equal("link", f.get(ann), muted)
		f.equal("answers", f.history(ann), history)
		f.equal("days", len(f.days(ann)), 1)
		now := f.clock.pass(time.Minute)
		want := muted
		want.Overrule, want.NextCheckAt, want.UpdatedAt = "", now, now
		f.equal("no longer muted", f.says(ann, ""), want)
		f.equal("settled", f.settle(), 1)
		got := f.get(ann)
		f.equal("status then", got.Status, f.get(bob).Status)
		f.equal("checked at", got.Last.CheckedAt, now)
		if got.FailingSince.Before(now) {
			t.Errorf("it has failed since %v, while it was muted", got.FailingSince)
		}
		told := f.history(ann)
		f.equal("answers then", reasons(told), []check.Reason{check.Gone, check.NotFound})
		f.equal("answered at", told[0].CheckedAt, now)
		f.clock.pass(time.Second)
		f.recheck(ann, check.OK, 1)
		f.equal("answers after a check", reasons(f.history(ann)), []check.Reason{check.OK, check.Gone, check.NotFound})
		f.latestAre(ann, f.history(ann))
		f.equal("days", f.days(ann), []store.Day{
			{Date: now.Truncate(24 * time.Hour), Valid: 1, Invalid: 1, DurationMS: 2, SlowestMS: 1},
			{Date: start.UTC().Truncate(24 * time.Hour), Invalid: 1, DurationMS: 7, SlowestMS: 7},
		})
	},
	"a link muted twice shows nothing of either time": func(t *testing.T, f *fixture) {
		ann := f.add("ann", page(1))
		bob := f.checked("bob", page(1), check.NotFound)
		for range 2 {
			f.clock.pass(time.Hour)
			f.says(ann, link.Muted)
			f.clock.pass(time.Hour)
			f.recheck(bob, check.Gone, 1)
			f.clock.pass(time.Hour)
			f.says(ann, "")
		}
		for _, c := range f.history(ann) {
			f.equal("an answer", c.Reason, check.NotFound)
		}
		f.equal("days", len(f.days(ann)), len(f.history(ann)))
	},
	"the days on which a link was muted are not counted, those before are": func(t *testing.T, f *fixture) {
		ann := f.add("ann", page(1))
		bob := f.checked("bob", page(1), check.OK)
		before := f.clock.pass(24 * time.Hour).Truncate(24 * time.Hour)
		f.recheck(ann, check.OK, 1)
		f.clock.pass(24 * time.Hour)
		f.says(ann, link.Muted)
		f.clock.pass(time.Minute)
		f.recheckMany(bob, check.OK, 1, store.ChecksKept+20) // so that all up to here, and more, is counted by the day
		want := []store.Day{{Date: before, Valid: 1, DurationMS: 1, SlowestMS: 1}}
		f.equal("days", f.days(ann), want)
		f.clock.pass(24 * time.Hour)
		f.says(ann, "")
		f.equal("days then", f.days(ann), want)
	},
	"muting lifts fine, and the other way round": func(t *testing.T, f *fixture) {
		l := f.checked("ann", page(1), check.NotFound)
		f.says(l, link.Fine)
		f.equal("status when muted", f.says(l, link.Muted).Status, check.Invalid)
		f.equal("status when fine", f.says(l, link.Fine).Status, check.Valid)
		f.clock.pass(week)
		f.recheck(l, check.NotFound, 1)
		f.equal("overrule", f.get(l).Overrule, link.Fine)
		f.recheck(l, check.Gone, 1)
		f.equal("overrule after another reason", f.get(l).Overrule, link.Overrule(""))
	},
	"check now checks a muted link once": func(t *testing.T, f *fixture) {
		ann := f.checked("ann", page(1), check.NotFound)
		muted := f.says(ann, link.Muted)
		now := f.clock.pass(week)
		for range 2 {
			got, err := f.CheckNow(t.Context(), "ann", ann.ID)
			f.equal("error", err, nil)
			want := muted
			want.NextCheckAt = ann.NextCheckAt // that it waits is shown
			f.equal("asked", got, want)
			f.countsRight()
		}
		claim := f.claimOne(store.LaneAdded)
		f.equal("outcome", f.answer(claim, check.OK), store.Applied)
		f.countsRight()
		want := muted
		want.Status, want.Reason, want.FailingSince = check.Valid, check.OK, time.Time{}
		want.Last = link.Answer{Status: check.Valid, Reason: check.OK, HTTPStatus: 299, CheckedAt: now}
		f.equal("answered", f.get(ann), want)
		f.equal("listed", f.list("ann", store.Filter{Status: check.Valid}), []link.Link{want})
		f.clock.pass(10 * week)
		for _, lane := range store.Lanes() {
			f.equal("claims", f.claim(lane, 10), []store.Claim(nil))
		}
	},
	"check now on a muted link tells no other muted link": func(t *testing.T, f *fixture) {
		ann, bob := f.add("ann", page(1)), f.add("bob", page(1))
		f.answer(f.claimOne(store.LaneAdded), check.NotFound)
		f.clock.pass(time.Second)
		f.says(ann, link.Muted)
		muted := f.says(bob, link.Muted)
		f.clock.pass(time.Hour)
		f.recheck(ann, check.OK, 1)
		f.equal("ann's status", f.get(ann).Status, check.Valid)
		f.equal("bob's link", f.get(bob), muted)
		f.equal("bob's answers", len(f.history(bob)), 1)
	},
	"a muted link that asked for a check shows its answer, and nothing of what others found before": func(t *testing.T, f *fixture) {
		ann := f.add("ann", page(1))
		bob := f.checked("bob", page(1), check.OK)
		f.clock.pass(time.Second)
		muted := f.says(ann, link.Muted)
		f.clock.pass(time.Hour)
		f.recheck(bob, check.BlockedAddress, 1)
		f.clock.pass(30 * time.Minute)
		f.add("cid", page(1)) // whose settling is queued
		if _, err := f.CheckNow(t.Context(), "ann", ann.ID); err != nil {
			t.Fatal(err)
		}
		f.equal("settled", f.settle(), 1)
		f.equal("status while it waits", f.get(ann).Status, check.Valid)
		f.equal("listed while it waits", len(f.list("ann", store.Filter{Status: check.Valid})), 1)
		now := f.clock.pass(time.Hour)
		f.answer(f.claimOne(store.LaneAdded), check.Gone)
		want := muted
		want.Status, want.Reason, want.FailingSince = check.Invalid, check.Gone, now
		want.Last = link.Answer{Status: check.Invalid, Reason: check.Gone, HTTPStatus: 299, CheckedAt: now}
		f.equal("answered", f.get(ann), want)
	},
	"a muted link that asked for a check can be let go, and be no longer muted": func(t *testing.T, f *fixture) {
		deleted, moved, unmuted := f.add("ann", page(1)), f.add("ann", page(2)), f.add("ann", page(3))
		for _, l := range []link.Link{deleted, moved, unmuted} {
			f.says(l, link.Muted)
			if _, err := f.CheckNow(t.Context(), "ann", l.ID); err != nil {
				t.Fatal(err)
			}
		}
		claims := f.claim(store.LaneAdded, 10)
		f.delete(deleted)
		url := page(4)
		if _, err := f.Update(t.Context(), "ann", moved.ID, store.Patch{URL: &url}); err != nil {
			t.Fatal(err)
		}
		f.countsRight()
		f.says(unmuted, "")
		for i, want := range []store.Outcome{store.Late, store.Late, store.Applied} {
			f.equal("outcome", f.answer(claims[i], check.OK), want)
		}
		f.equal("status", f.get(unmuted).Status, check.Valid)
		f.equal("overrule", f.get(unmuted).Overrule, link.Overrule(""))
		f.countsRight()
	},
	"a target whose only link is muted is no orphan, until that goes": func(t *testing.T, f *fixture) {
		l := f.says(f.checked("ann", page(1), check.OK), link.Muted)
		f.clock.pass(2 * store.OrphansKept)
		f.forgets(0, 0)
		f.delete(l)
		f.countsRight()
		f.forgets(0, 0)
		f.clock.pass(store.OrphansKept)
		f.forgets(1, 0)
	},
	"a new url is no longer muted": func(t *testing.T, f *fixture) {
		l := f.says(f.checked("ann", page(1), check.OK), link.Muted)
		l.URL, l.Overrule = page(2), ""
		l.Standing = link.Standing{Status: check.Pending, NextCheckAt: f.clock.Now().UTC()}
		f.updates(l, store.Patch{URL: &l.URL})
		f.countsRight()
		f.claimOne(store.LaneAdded)
		url, muted := page(3), "muted"
		if _, err := f.Update(t.Context(), "ann", l.ID, store.Patch{URL: &url, Overrule: &muted}); err != nil {
			t.Fatal(err)
		}
		f.countsRight()
		f.equal("claims when it is muted at once", f.claim(store.LaneAdded, 10), []store.Claim(nil))
	},
}
