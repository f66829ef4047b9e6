package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/manners"
	"github.com/linkwell/linkwell/link-manager/store"
)

var sightTests = map[string]func(*testing.T, *fixture){
	"whoever judges an answer is shown it before it is folded, and can have it not count": func(t *testing.T, f *fixture) {
		l := f.checked("ann", "https://www.example.com:8443/1", check.OK)
		known := l.Standing
		known.Steady = 1 // which a link does not show
		f.clock.pass(longestDay)
		claim := f.claimOne(store.LaneDue)
		var shown []store.Incoming
		outcome, err := f.Apply(t.Context(), answerTo(claim, check.BlockedAddress), func(a store.Incoming) bool {
			shown = append(shown, a)
			return true
		})
		f.equal("error", err, nil)
		f.equal("outcome", outcome, store.Applied)
		f.equal("shown", shown, []store.Incoming{{TargetID: claim.TargetID, Host: "www.example.com", Known: known, Reason: check.BlockedAddress}})
		l = f.get(l)
		f.equal("status", l.Status, check.Valid)
		f.equal("newest answer", l.Last.Reason, check.BlockedAddress)
		f.equal("failing since", l.FailingSince, time.Time{})
	},
	"nobody is asked about an answer that is late or about another url": func(t *testing.T, f *fixture) {
		f.add("ann", page(1))
		wrong := f.claimOne(store.LaneAdded)
		wrong.URL = page(2)
		for _, claim := range []store.Claim{wrong, {CheckID: "0123456789abcdef0123456789abcdef", URL: page(1)}} {
			_, err := f.Apply(t.Context(), answerTo(claim, check.Gone), func(store.Incoming) bool {
				t.Error("somebody was asked")
				return true
			})
			f.equal("error", err, nil)
		}
	},
	"blindness is one for each cause, and lasts from its first beginning to its last end": func(t *testing.T, f *fixture) {
		f.blindness()
		now := start.UTC()
		f.notice(store.Blindness{Cause: "flips", Why: "many", Since: now, Until: now.Add(time.Minute)})
		f.notice(store.Blindness{Cause: "canaries", Why: "none", Since: now, Until: now.Add(time.Hour)})
		f.notice(store.Blindness{Cause: "flips", Why: "more", Since: now.Add(time.Second), Until: now.Add(2 * time.Minute)})
		f.notice(store.Blindness{Cause: "flips", Why: "most", Since: now.Add(-time.Second), Until: now})
		want := []store.Blindness{
			{Cause: "canaries", Why: "none", Since: now, Until: now.Add(time.Hour)},
			{Cause: "flips", Why: "most", Since: now.Add(-time.Second), Until: now.Add(2 * time.Minute)},
		}
		f.blindness(want...)
		other := f.open()
		f.equal("error", other.ForgetBlindness(t.Context()), nil)
		f.blindness(want...)
		f.clock.pass(2 * time.Minute)
		f.blindness(want...)
		f.equal("error", other.ForgetBlindness(t.Context()), nil)
		f.blindness(want[:1]...)
	},
	"what was answered badly since then is due within minutes, and nothing else": func(t *testing.T, f *fixture) {
		type step struct {
			url    string
			reason check.Reason
		}
		links := map[string]link.Link{}
		answered := func(steps ...step) {
			for _, s := range steps {
				links[s.url] = f.checked("ann", s.url, s.reason)
			}
		}
		const before, good, bad, undecided, out, orphan, soon = "https://before.example/", "https://good.example/", "https://bad.example/",
			"https://undecided.example/", "https://out.example/", "https://orphan.example/", "https://soon.example/"
		answered(step{before, check.Refused})
		since := f.clock.pass(time.Second)
		answered(step{good, check.OK}, step{bad, check.Refused}, step{undecided, check.Forbidden}, step{out, check.Gone}, step{orphan, check.Gone}, step{soon, check.ServerError})
		f.delete(links[orphan])
		if _, err := f.CheckNow(t.Context(), "ann", links[out].ID); err != nil {
			t.Fatal(err)
		}
		claimed := f.claimOne(store.LaneAdded)
		now := f.clock.pass(6 * time.Minute) // soon is due by itself in four

		f.lookAgain(since, 2)
		f.lookAgain(since, 0)
		for url, l := range links {
			switch next := l.NextCheckAt; url {
			case orphan:
			case bad, undecided:
				got := f.get(l)
				if again := got.NextCheckAt.Sub(now); again < 0 || again >= store.LookAgainWithin || got.Last != l.Last {
					t.Errorf("%s is due %v later: %+v", url, again, got.Standing)
				}
			case out:
				f.equal(url, f.get(l).NextCheckAt, claimed.LeaseUntil.Add(-lease))
			default:
				f.equal(url, f.get(l).NextCheckAt, next)
			}
		}
		f.clock.pass(store.LookAgainWithin)
		f.equal("due in the routine lane", len(f.claim(store.LaneDue, 100)), 3) // with soon
	},
	"some targets can be looked at again": func(t *testing.T, f *fixture) {
		links := map[check.Reason]link.Link{}
		var targets []int64
		for _, reason := range []check.Reason{check.OK, check.Forbidden, check.Gone} {
			links[reason] = f.add("ann", "https://"+string(reason)+".example/")
			claim := f.claimOne(store.LaneAdded)
			f.answer(claim, reason)
			if reason != check.Gone {
				targets = append(targets, claim.TargetID)
			}
		}
		got, err := f.LookAgainAt(t.Context(), append(targets, 4711))
		f.equal("error", err, nil)
		f.equal("targets", got, 1)
		f.clock.pass(store.LookAgainWithin)
		f.equal("due", f.claimOne(store.LaneDue).URL, links[check.Forbidden].URL)
	},
	"what waits in its host's line keeps its place": func(t *testing.T, f *fixture) {
		first, second := f.checked("ann", page(1), check.ServerError), f.checked("ann", page(2), check.ServerError)
		f.clock.pass(10 * time.Minute)
		slow := manners.Manners{Limits: manners.Limits{Interval: time.Hour}}
		f.equal("claimed", len(f.claimAs(store.ClaimRequest{Lane: store.LaneDue, Limit: 10, Manners: slow}).Claims), 1)
		places := []time.Time{f.get(first).NextCheckAt, f.get(second).NextCheckAt}
		f.lookAgain(start, 0)
		f.equal("places", []time.Time{f.get(first).NextCheckAt, f.get(second).NextCheckAt}, places)
	},
	"a long history is looked through to its end": func(t *testing.T, f *fixture) {
		const targets = 1100 // more than two chunks, all at the same moment
		f.crowd(store.LaneAdded, "ann", targets)
		at, rested := start.UnixMicro(), start.Add(10*time.Minute).UnixMicro()
		f.raw(fmt.Sprintf(`
			INSERT INTO checks (check_id, target_id, lane, attempt, status, reason, http_status, checked_at, result)
			SELECT 'check ' || id, id, 'added', 1, 'pending', 'server_error', 500, %d, '{}' FROM targets`, at))
		f.raw(fmt.Sprintf(`UPDATE targets SET lane = 'due', due_at = %d, last_status = 'pending', last_checked_at = %d`, rested, at))
		f.lookAgain(start.Add(time.Microsecond), 0)
		f.clock.pass(-time.Minute) // so that none is due soon by itself
		f.lookAgain(start, targets)
	},
}

func (f *fixture) notice(b store.Blindness) {
	f.t.Helper()
	f.equal("error", f.NoticeBlindness(f.t.Context(), b), nil)
}

func (f *fixture) blindness(want ...store.Blindness) {
	f.t.Helper()
	got, err := f.Blindness(f.t.Context())
	f.equal("error", err, nil)
	f.equal("blindness", got, want)
}

func (f *fixture) lookAgain(since time.Time, want int) {
	f.t.Helper()
	got, err := f.LookAgain(f.t.Context(), since)
	f.equal("error", err, nil)
	f.equal("targets to look at again", got, want)
}
