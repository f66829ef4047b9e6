package storetest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

var linkTests = map[string]func(*testing.T, *fixture){
	"a link is due no sooner than it was saved, however long somebody else waits for the same": func(t *testing.T, f *fixture) {
		f.add("bob", page(1))
		now := f.clock.pass(time.Minute)
		l := f.add("ann", page(1))
		f.equal("due", l.NextCheckAt, now)
		f.equal("read back", f.get(l), l)
		f.equal("listed", f.list("ann", store.Filter{}), []link.Link{l})
	},
	"a saved link is pending, due at once, and reads back as it was returned": func(t *testing.T, f *fixture) {
		saved := f.addDraft("ann", link.Draft{
			URL: " HTTPS://Example.com:443/a#top ", Title: "A title", Description: "two\nlines", Tags: []string{"#Go", "news", "go"},
		})
		now := start.UTC()
		f.equal("saved", saved, link.Link{
			ID: saved.ID, Owner: "ann", URL: "HTTPS://Example.com:443/a#top",
			Title: "A title", Description: "two\nlines", Tags: []string{"go", "news"},
			Standing:  link.Standing{Status: check.Pending, NextCheckAt: now},
			CreatedAt: now, UpdatedAt: now,
		})
		f.equal("read back", f.get(saved), saved)
		claim := f.claimOne(store.LaneAdded)
		f.equal("URL to check", claim.URL, "https://example.com/a")
		f.equal("while a check is out", f.get(saved), saved)
	},
	"a link without tags has none": func(t *testing.T, f *fixture) {
		f.equal("tags", f.get(f.add("ann", page(1))).Tags, []string{})
	},
	"what cannot be stored is refused by the field's name": func(t *testing.T, f *fixture) {
		for field, d := range map[string]link.Draft{
			"url":         {URL: "ftp://example.com"},
			"title":       {URL: page(1), Title: strings.Repeat("x", link.MaxTitle+1)},
			"description": {URL: page(1), Description: "\x00"},
			"tags":        {URL: page(1), Tags: []string{"a b"}},
		} {
			_, err := f.Add(t.Context(), "ann", d)
			f.failsField(field, err, field)
		}
		for name, url := range map[string]string{
			"not UTF-8":               "https://example.com/\xff",
			"too long once escaped":   "https://example.com/" + strings.Repeat("é", 1000),
			"a password":              "https://ann:secret@example.com/",
			"longer than is checked":  "https://example.com/" + strings.Repeat("x", check.MaxURLBytes),
			"an escape that is none":  "https://ex%zzample.com/",
			"a host that cannot be":   "https://exa mple.com/",
			"a host that is missing":  "https:///path",
			"nothing but white space": "  ",
		} {
			_, err := f.Add(t.Context(), "ann", link.Draft{URL: url})
			f.failsField(name, err, "url")
		}
		f.equal("links", f.list("ann", store.Filter{}), []link.Link{})
		f.equal("claims", f.claim(store.LaneAdded, 10), []store.Claim(nil))
	},
	"the longest URL is saved, found again and claimed": func(t *testing.T, f *fixture) {
		url := "https://example.com/" + noise(check.MaxURLBytes-len("https://example.com/"))
		saved := f.add("ann", url)
		_, err := f.Add(t.Context(), "ann", link.Draft{URL: url})
		f.failsDuplicate("again", err, saved)
		f.equal("URL to check", f.claimOne(store.LaneAdded).URL, url)
	},
	"one owner saves a target once, however it is spelled": func(t *testing.T, f *fixture) {
		first := f.add("ann", "https://example.com/a", "kept")
		f.clock.pass(1)
		_, err := f.Add(t.Context(), "ann", link.Draft{URL: "HTTPS://EXAMPLE.com:443/./a#x", Tags: []string{"new"}})
		f.failsDuplicate("second", err, first)
		f.equal("links", f.list("ann", store.Filter{}), []link.Link{first})
		f.delete(first)
		f.equal("claims after the only link is gone", f.claim(store.LaneAdded, 10), []store.Claim(nil))
	},
	"two owners share a target, which is checked once and tells both": func(t *testing.T, f *fixture) {
		ann := f.add("ann", "https://example.com/a")
		bob := f.add("bob", "https://EXAMPLE.com/a")
		f.equal("outcome", f.answer(f.claimOne(store.LaneAdded), check.NotFound), store.Applied)
		for _, l := range []link.Link{f.get(ann), f.get(bob)} {
			f.equal("status of "+l.Owner, l.Status, check.Invalid)
			f.equal("reason of "+l.Owner, l.Reason, check.NotFound)
		}
		f.equal("url of bob", f.get(bob).URL, "https://EXAMPLE.com/a")
		f.equal("links of ann", ids(f.list("ann", store.Filter{})), []string{ann.ID})
	},
	"nobody reaches another owner's link, or one that is none": func(t *testing.T, f *fixture) {
		bob := f.checked("bob", page(1), check.OK)
		before := f.get(bob)
		title := "mine"
		for _, id := range []string{
			bob.ID, "", "1", strings.ToUpper(bob.ID), "{" + bob.ID + "}", "urn:uuid:" + bob.ID, strings.ReplaceAll(bob.ID, "-", ""),
			"\x00", "\xff", "00000000-0000-7000-8000-000000000000", strings.Repeat("x", 10_000),
		} {
			for name, do := range map[string]func(context.Context) error{
				"get": func(ctx context.Context) error { _, err := f.Get(ctx, "ann", id); return err },
				"update": func(ctx context.Context) error {
					_, err := f.Update(ctx, "ann", id, store.Patch{Title: &title})
					return err
				},
				"delete": func(ctx context.Context) error { return f.Delete(ctx, "ann", id) },
				"check":  func(ctx context.Context) error { _, err := f.CheckNow(ctx, "ann", id); return err },
				"checks": func(ctx context.Context) error { _, err := f.Checks(ctx, "ann", id, 10); return err },
				"days":   func(ctx context.Context) error { _, err := f.Days(ctx, "ann", id); return err },
			} {
				f.fails(name+" "+id, do(t.Context()), link.ErrNotFound)
			}
		}
		f.equal("links of ann", f.list("ann", store.Filter{}), []link.Link{})
		f.equal("bob's link", f.get(bob), before)
		f.equal("claims", f.claim(store.LaneAdded, 10), []store.Claim(nil))
	},
	"a deleted link is gone, and so is its place in the queue": func(t *testing.T, f *fixture) {
		l := f.add("ann", page(1), "go")
		f.delete(l)
		_, err := f.Get(t.Context(), "ann", l.ID)
		f.fails("get", err, link.ErrNotFound)
		f.fails("delete again", f.Delete(t.Context(), "ann", l.ID), link.ErrNotFound)
		f.equal("by tag", f.list("ann", store.Filter{Tags: []string{"go"}}), []link.Link{})
		f.equal("claims", f.claim(store.LaneAdded, 10), []store.Claim(nil))
		again := f.add("ann", page(1))
		f.equal("saved again", f.claimOne(store.LaneAdded).Attempt, 1)
		f.equal("saved again", f.get(again).Status, check.Pending)
	},
	"the answer to a check whose last link was deleted is late": func(t *testing.T, f *fixture) {
		l := f.add("ann", page(1))
		claim := f.claimOne(store.LaneAdded)
		f.delete(l)
		f.equal("outcome", f.answer(claim, check.OK), store.Late)
		again := f.add("ann", page(1))
		f.equal("history", f.history(again), []store.Check{})
		f.claimOne(store.LaneAdded)
	},
	"deleting one of two links leaves the check to the other": func(t *testing.T, f *fixture) {
		ann, bob := f.add("ann", page(1)), f.add("bob", page(1))
		claim := f.claimOne(store.LaneAdded)
		f.delete(ann)
		f.equal("outcome", f.answer(claim, check.OK), store.Applied)
		f.equal("status", f.get(bob).Status, check.Valid)
	},
	"check now makes a resting target due at once, for people": func(t *testing.T, f *fixture) {
		l := f.checked("ann", page(1), check.OK)
		now := f.clock.pass(lease)
		got, err := f.CheckNow(t.Context(), "ann", l.ID)
		l.NextCheckAt = now
		f.equal("error", err, nil)
		f.equal("returned", got, l)
		f.equal("read back", f.get(l), l)
		f.equal("in the other lane", f.claim(store.LaneDue, 10), []store.Claim(nil))
		f.claimOne(store.LaneAdded)
	},
	"check now changes nothing while a check is out": func(t *testing.T, f *fixture) {
		l := f.add("ann", page(1))
		claim := f.claimOne(store.LaneAdded)
		before := f.get(l)
		f.clock.pass(lease / 2)
		got, err := f.CheckNow(t.Context(), "ann", l.ID)
		f.equal("error", err, nil)
		f.equal("returned", got, before)
		f.equal("claims", f.claim(store.LaneAdded, 10), []store.Claim(nil))
		f.equal("outcome", f.answer(claim, check.OK), store.Applied)
		f.equal("claims after the answer", f.claim(store.LaneAdded, 10), []store.Claim(nil))
	},
	"check now keeps the place of a target that is due already": func(t *testing.T, f *fixture) {
		first := f.add("ann", page(1))
		f.clock.pass(1000)
		f.add("ann", page(2))
		f.clock.pass(1000)
		if _, err := f.CheckNow(t.Context(), "ann", first.ID); err != nil {
			t.Fatal(err)
		}
		f.equal("order", urls(f.claim(store.LaneAdded, 10)), []string{page(1), page(2)})
	},
	"a cancelled call leaves nothing": func(t *testing.T, f *fixture) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := f.Add(ctx, "ann", link.Draft{URL: page(1)}); !errors.Is(err, context.Canceled) {
			t.Errorf("got error %v, want %v", err, context.Canceled)
		}
		f.equal("links", f.list("ann", store.Filter{}), []link.Link{})
		f.equal("claims", f.claim(store.LaneAdded, 10), []store.Claim(nil))
	},
}

// noise is n characters that no database can compress much, the same ones each time.
func noise(n int) string {
	const letters = "0123456789abcdefghijklmnopqrstuvwxyz"
	text, state := make([]byte, n), uint32(1)
	for i := range text {
		state = state*1664525 + 1013904223
		text[i] = letters[state>>16%uint32(len(letters))]
	}
	return string(text)
}
