package storetest

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

var applyTests = map[string]func(*testing.T, *fixture){
	"an answer becomes the link's standing": func(t *testing.T, f *fixture) {
		l := f.add("ann", page(1))
		claim := f.claimOne(store.LaneAdded)
		now := f.clock.pass(time.Second)
		f.equal("outcome", f.answer(claim, check.NotFound), store.Applied)
		l.Standing = link.Standing{
			Status: check.Invalid, Reason: check.NotFound,
			Last:         link.Answer{Status: check.Invalid, Reason: check.NotFound, HTTPStatus: 299, CheckedAt: now},
			FailingSince: now, NextCheckAt: link.Spread(now, now.Add(24*time.Hour), claim.CheckID),
		}
		f.equal("link", f.get(l), l)
		f.equal("listed by status", f.list("ann", store.Filter{Status: check.Invalid}), []link.Link{l})
		f.equal("listed by old status", f.list("ann", store.Filter{Status: check.Pending}), []link.Link{})
	},
	"a repeated, late, forged or malformed answer is late and changes nothing": func(t *testing.T, f *fixture) {
		l := f.add("ann", page(1))
		claim := f.claimOne(store.LaneAdded)
		forged := claim
		for _, id := range []string{"0123456789abcdef0123456789abcdef", "", "x", "\x00", "\xff"} {
			forged.CheckID = id
			f.equal("outcome of "+id, f.answer(forged, check.Gone), store.Late)
		}
		f.equal("outcome", f.answer(claim, check.OK), store.Applied)
		want := f.get(l)
		f.clock.pass(time.Second)
		f.equal("repeated", f.answer(claim, check.OK), store.Late)
		f.equal("contradicted", f.answer(claim, check.Gone), store.Late)
		f.equal("link", f.get(l), want)
		f.equal("answers in the history", len(f.history(l)), 1)
	},
	"an answer about another url is a mismatch, and the right one still counts": func(t *testing.T, f *fixture) {
		l := f.add("ann", page(1))
		claim := f.claimOne(store.LaneAdded)
		wrong := claim
		wrong.URL = page(2)
		f.equal("outcome", f.answer(wrong, check.Gone), store.Mismatch)
		f.equal("link", f.get(l), l)
		f.equal("history", f.history(l), []store.Check{})
		f.equal("outcome", f.answer(claim, check.OK), store.Applied)
	},
	"an undecided answer is shown, asked again when due, and turned by the next": func(t *testing.T, f *fixture) {
		l := f.checked("ann", page(1), check.ServerError)
		f.equal("status", l.Status, check.Pending)
		f.equal("reason", l.Reason, check.ServerError)
		f.equal("checked at", l.Last.CheckedAt, start.UTC())
		f.equal("next check", l.NextCheckAt, start.Add(10*time.Minute).UTC())
		f.clock.pass(10 * time.Minute)
		claim := f.claimOne(store.LaneDue)
		f.equal("attempt", claim.Attempt, 1)
		f.answer(claim, check.OK)
		l = f.get(l)
		f.equal("status", l.Status, check.Valid)
		f.equal("failing since", l.FailingSince, time.Time{})
	},
	"an undecided answer leaves a valid link valid, and says since when it fails": func(t *testing.T, f *fixture) {
		l := f.checked("ann", page(1), check.OK)
		now := f.clock.pass(longestDay)
		f.answer(f.claimOne(store.LaneDue), check.ServerError)
		l.Last = link.Answer{Status: check.Pending, Reason: check.ServerError, HTTPStatus: 299, CheckedAt: now}
		l.FailingSince, l.Undecided, l.NextCheckAt = now, 1, now.Add(10*time.Minute)
		f.equal("link", f.get(l), l)
	},
	"evidence against a valid link is kept until there is enough, and forgotten after a good answer": func(t *testing.T, f *fixture) {
		l := f.checked("ann", page(1), check.OK)
		for _, step := range []struct {
			reason check.Reason
			want   check.Status
		}{
			{check.Refused, check.Valid}, {check.ServerError, check.Valid}, {check.OK, check.Valid}, // forgotten
			{check.NotFound, check.Valid}, {check.Gone, check.Valid}, {check.NotFound, check.Invalid},
			{check.OK, check.Valid},
			{check.Refused, check.Valid}, {check.TimeoutDNS, check.Valid}, {check.ServerError, check.Invalid},
		} {
			f.clock.pass(4 * 24 * time.Hour)
			f.answer(f.claimOne(store.LaneDue), step.reason)
			f.equal("status after "+string(step.reason), f.get(l).Status, step.want)
		}
	},
	"an answer that says the same reaches a link that waits": func(t *testing.T, f *fixture) {
		f.checked("ann", page(1), check.OK)
		f.clock.pass(48 * time.Hour)
		bob := f.add("bob", page(1))
		f.answer(f.claimOne(store.LaneAdded), check.OK)
		f.equal("status", f.get(bob).Status, check.Valid)
	},
	"figures and texts of any size are kept": func(t *testing.T, f *fixture) {
		l := f.add("ann", page(1))
		answer := answerTo(f.claimOne(store.LaneAdded), check.OK)
		answer.HTTPStatus, answer.DurationMS, answer.RetryAfterSeconds = math.MaxInt64, math.MaxInt64, math.MaxInt64
		answer.Method, answer.FinalURL = "\x00", "https://example.com/<&>\x00"
		f.equal("outcome", f.apply(answer), store.Applied)
		answer.CheckedAt = start.UTC()
		f.equal("history", f.history(l), []store.Check{{CheckID: answer.CheckID, Attempt: 1, Result: answer.Result}})
	},
	"a target with 1,200 owners settles them all": func(t *testing.T, f *fixture) {
		const owners = 1200
		f.share(f.add("owner", page(1)), owners-1)
		valid := func() int { return f.number(`SELECT count(*) FROM links WHERE status = 'valid' AND reason = 'ok'`) }
		f.equal("outcome", f.answer(f.claimOne(store.LaneAdded), check.OK), store.Applied)
		f.equal("valid at once", valid(), 500)
		f.equal("settled", f.settle(), 700)
		f.equal("valid in the end", valid(), owners)
		f.equal("listed by the last of them", len(f.list(fmt.Sprint("owner ", owners-1), store.Filter{Status: check.Valid})), 1)
		f.equal("settled again", f.settle(), 0)
	},
}

// share has n more owners, "owner 1" and so on, save the same link at the same moment, past the store.
func (f *fixture) share(l link.Link, n int) {
	f.t.Helper()
	uuid := "TEXT"
	if f.config.URL != "" {
		uuid = "UUID"
	}
	f.raw(fmt.Sprintf(`
		WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < %d)
		INSERT INTO links (id, owner, target_id, url, title, description, search_text, status, reason, target_version, linked_at, created_at, updated_at)
		SELECT CAST('00000000-0000-7000-8000-' || substr('' || (1000000000000 + i), 2) AS %s), 'owner ' || i, target_id, url, title, description, search_text, status, reason, target_version, linked_at, created_at, updated_at
		FROM links, numbers
		WHERE id = '%s'`, n, uuid, l.ID))
	f.raw(fmt.Sprintf(`UPDATE targets SET owners = owners + %d WHERE id = (SELECT target_id FROM links WHERE id = '%s')`, n, l.ID))
}
