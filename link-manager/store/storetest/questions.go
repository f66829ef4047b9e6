package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// questionTests are about what owners are asked to decide.
var questionTests = map[string]func(*testing.T, *fixture){
	"links that are invalid, moved or doubtful are asked about, by host": func(t *testing.T, f *fixture) {
		f.equal("nothing saved", f.waiting("ann"), 0)
		f.checked("ann", on("a.example", 1), check.OK)
		f.checked("ann", on("b.example", 1), check.Gone)
		f.checked("ann", on("a.example", 2), check.NotFound)
		f.checked("ann", on("b.example", 2), check.NotFound)
		moved := f.checkedAs("ann", on("a.example", 3), func(r *check.Result) { r.MovedTo = "https://new.example/3" })
		f.checkedAs("ann", on("c.example", 1), func(r *check.Result) { r.Note(check.Parked); r.MovedTo = "https://park.example/" })
		f.checkedAs("ann", on("c.example", 2), func(r *check.Result) { r.Note(check.Soft404) })
		f.checked("bob", on("d.example", 1), check.Gone)
		f.cases("ann", store.AboutHosts)
		f.cases("ann", store.AboutDead, store.Case{Question: link.Dead, Host: "b.example", Links: 2}, store.Case{Question: link.Dead, Host: "a.example", Links: 1})
		f.cases("ann", store.AboutMoved, store.Case{Question: link.MovedTo("new.example"), Host: "a.example", Links: 1})
		f.cases("ann", store.AboutDoubtful, store.Case{Question: link.LooksGone, Host: "c.example", Links: 1}, store.Case{Question: link.Parked, Host: "c.example", Links: 1})
		f.equal("waiting", f.waiting("ann"), 6)
		f.equal("waiting for bob", f.waiting("bob"), 1)
		if n, err := f.Waiting(t.Context(), "ann", 3); n != 3 || err != nil {
			t.Errorf("counted to three: %d, %v", n, err)
		}
		asked := f.asked("ann", link.MovedTo("new.example"), "a.example")
		f.equal("moved", asked, []store.Asked{{Link: f.get(moved), MovedTo: "https://new.example/3"}})
		f.equal("asked of bob", len(f.asked("bob", link.MovedTo("new.example"), "a.example")), 0)
	},
	"pages of questions hold each once, most links first and then the newest": func(t *testing.T, f *fixture) {
		for i := range 7 {
			f.checked("ann", on(fmt.Sprintf("%d.example", i), 1), check.Gone)
		}
		for i := range 3 {
			f.checked("ann", on("3.example", 2+i), check.Gone)
		}
		f.checked("ann", on("1.example", 2), check.Gone)
		var hosts []string
		var after store.Case
		for {
			page, err := f.Cases(t.Context(), "ann", store.AboutDead, after, 3)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range page {
				hosts = append(hosts, c.Host)
				after = c
			}
			if len(page) < 3 {
				break
			}
		}
		f.equal("hosts", hosts, []string{"3.example", "1.example", "6.example", "5.example", "4.example", "2.example", "0.example"})
	},
	"what is kept does not come back until something new happens": func(t *testing.T, f *fixture) {
		l := f.checked("ann", page(1), check.Gone)
		f.keep(l)
		f.equal("kept", f.waiting("ann"), 0)
		f.clock.pass(longestDay)
		f.equal("again", f.answer(f.claimOne(store.LaneDue), check.NotFound), store.Applied)
		f.equal("still invalid", f.waiting("ann"), 0)
		f.clock.pass(3 * longestDay)
		f.answer(f.claimOne(store.LaneDue), check.OK)
		f.equal("well", f.waiting("ann"), 0)
		for range 2 {
			f.clock.pass(2 * longestDay)
			f.answer(f.claimOne(store.LaneDue), check.Gone)
		}
		f.equal("invalid anew", f.waiting("ann"), 1)
	},
	"where a kept link moves to is news only if it is another host": func(t *testing.T, f *fixture) {
		to := func(url string) func(*check.Result) { return func(r *check.Result) { r.MovedTo = url } }
		l := f.checkedAs("ann", page(1), to("https://new.example/?session=1"))
		f.keep(l)
		f.clock.pass(longestDay)
		f.answerAs(f.claimOne(store.LaneDue), to("https://new.example/?session=2"))
		f.equal("on the same host", f.waiting("ann"), 0)
		f.clock.pass(2 * longestDay)
		f.answerAs(f.claimOne(store.LaneDue), to("https://other.example/"))
		f.equal("on another host", f.waiting("ann"), 1)
		f.equal("where to", f.asked("ann", link.MovedTo("other.example"), "example.com")[0].MovedTo, "https://other.example/")
	},
	"what is kept is taken back together": func(t *testing.T, f *fixture) {
		at := f.clock.Now()
		for i := range 3 {
			l := f.checked("ann", page(i), check.Gone)
			if err := f.Keep(t.Context(), "ann", l.ID, at.Add(time.Duration(i/2)*time.Second)); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := f.Reopen(t.Context(), "bob", at); n != 0 || err != nil {
			t.Errorf("bob reopened %d: %v", n, err)
		}
		n, err := f.Reopen(t.Context(), "ann", at)
		if n != 2 || err != nil || f.waiting("ann") != 2 {
			t.Errorf("reopened %d: %v; %d wait", n, err, f.waiting("ann"))
		}
	},
	"nobody keeps what is another's": func(t *testing.T, f *fixture) {
		l := f.checked("ann", page(1), check.Gone)
		f.fails("keep", f.Keep(t.Context(), "bob", l.ID, f.clock.Now()), link.ErrNotFound)
		f.equal("waiting", f.waiting("ann"), 1)
	},
	"what an owner says of a link answers the question, and what takes that back asks again": func(t *testing.T, f *fixture) {
		l := f.checked("ann", page(1), check.Gone)
		for _, say := range []link.Overrule{link.Fine, link.Muted} {
			f.says(l, say)
			f.equal(string(say), f.waiting("ann"), 0)
			f.says(l, "")
			f.settle()
			f.equal("no longer "+string(say), f.waiting("ann"), 1)
		}
		if err := f.Trash(t.Context(), "ann", l.ID, nil); err != nil {
			t.Fatal(err)
		}
		f.equal("in the trash", f.waiting("ann"), 0)
		f.restore(l)
		f.equal("brought back", f.waiting("ann"), 1)
		url := page(2)
		if _, err := f.Update(t.Context(), "ann", l.ID, store.Patch{URL: &url}); err != nil {
			t.Fatal(err)
		}
		f.equal("with another address", f.waiting("ann"), 0)
	},
	"a host that fails as a whole is one question, and its links are none": func(t *testing.T, f *fixture) {
		links := f.fill("ann", "10.0.0.1", 8)
		f.fill("bob", "10.0.0.1", 2)
		f.all(store.LaneAdded, check.OK)
		f.settle()
		f.clock.pass(longestDay)
		f.all(store.LaneDue, check.Refused)
		f.equal("waiting", f.waiting("ann"), 1)
		f.cases("ann", store.AboutHosts, store.Case{Question: link.Failing, Host: "10.0.0.1", Links: 8})
		f.equal("troubled", f.troubled("ann"), []store.TroubledHost{{Host: "10.0.0.1", Links: 8, Failing: true}})
		f.equal("who has too few links there is not told", f.waiting("bob"), 0)
		f.cases("bob", store.AboutHosts)
		f.equal("and hears of no trouble", len(f.troubled("bob")), 0)
		for _, l := range links {
			f.keep(l)
		}
		f.equal("kept", f.waiting("ann"), 0)
		f.equal("and in trouble all the same", len(f.troubled("ann")), 1)
	},
	"a few links that fail are no question": func(t *testing.T, f *fixture) {
		f.fill("ann", "10.0.0.1", 3)
		f.all(store.LaneAdded, check.OK)
		f.clock.pass(longestDay)
		f.all(store.LaneDue, check.ServerError)
		f.equal("waiting", f.waiting("ann"), 0)
	},
	"a host that asked to be left alone is told to whom it did not answer": func(t *testing.T, f *fixture) {
		f.fill("ann", "example.com", 1)
		f.fill("bob", "example.com", 2)
		answer := answerTo(f.claimPolitely(store.LaneAdded).Claims[0], check.RateLimited)
		answer.RetryAfterSeconds = 90
		f.apply(answer)
		told := 0
		for _, owner := range []string{"ann", "bob"} {
			for _, l := range f.list(owner, store.Filter{}) {
				if troubled := f.troubled(owner); l.Checked() {
					f.equal("troubled", troubled, []store.TroubledHost{{Host: "example.com", Links: 1, Paused: true, PausedUntil: f.clock.Now().Add(90 * time.Second).UTC()}})
					told++
				}
			}
		}
		f.equal("owners who were told", told, len(f.list("ann", store.Filter{Query: query(t, "is:failing")}))+len(f.list("bob", store.Filter{Query: query(t, "is:failing")})))
	},
	"how long checks take is told by host, of links whose checks are their owner's to see": func(t *testing.T, f *fixture) {
		for i, ms := range []int64{30, 10, 20} {
			f.checkedAs("ann", on("a.example", i), func(r *check.Result) { r.DurationMS = ms })
		}
		f.checkedAs("ann", on("b.example", 1), func(r *check.Result) { r.DurationMS = 50 })
		f.checkedAs("bob", on("c.example", 1), func(r *check.Result) { r.DurationMS = 40 })
		f.checkedAs("bob", on("d.example", 1), func(r *check.Result) { r.Decide(check.BlockedAddress); r.Method = "" })
		f.clock.pass(time.Minute)
		f.add("bob", on("b.example", 1))
		f.settle()
		f.equal("ann's", f.latencies("ann"), []store.HostLatency{{Host: "b.example", Links: 1, MedianMS: 50, SlowestMS: 50}, {Host: "a.example", Links: 3, MedianMS: 20, SlowestMS: 30}})
		f.equal("bob's", f.latencies("bob"), []store.HostLatency{{Host: "c.example", Links: 1, MedianMS: 40, SlowestMS: 40}})
	},
	"causes are counted": func(t *testing.T, f *fixture) {
		for i, reason := range []check.Reason{check.Gone, check.NotFound, check.NotFound, check.OK, check.OKRestricted, check.Forbidden} {
			f.checked("ann", page(i), reason)
		}
		f.checked("bob", page(9), check.Gone)
		causes, err := f.Causes(t.Context(), "ann")
		if err != nil {
			t.Fatal(err)
		}
		f.equal("causes", causes, []store.Cause{{Reason: check.NotFound, Links: 2}, {Reason: check.Forbidden, Links: 1}, {Reason: check.Gone, Links: 1}})
	},
	"what is due is counted": func(t *testing.T, f *fixture) {
		f.fill("ann", "example.com", 4)
		f.clock.pass(time.Second)
		for most, want := range map[int]int{3: 3, 100: 4} {
			if n, err := f.Due(t.Context(), most); n != want || err != nil {
				t.Errorf("counted to %d: %d, %v", most, n, err)
			}
		}
	},
}

// checkedAs is checked for a good answer that has more to it.
func (f *fixture) checkedAs(owner, url string, tell func(*check.Result)) link.Link {
	f.t.Helper()
	l := f.add(owner, url)
	f.answerAs(f.claimOne(store.LaneAdded), tell)
	return f.get(l)
}

func (f *fixture) answerAs(c store.Claim, tell func(*check.Result)) {
	f.t.Helper()
	answer := answerTo(c, check.OK)
	tell(&answer.Result)
	f.equal("outcome", f.apply(answer), store.Applied)
}

func (f *fixture) waiting(owner string) int {
	f.t.Helper()
	n, err := f.Waiting(f.t.Context(), owner, 100)
	if err != nil {
		f.t.Fatal(err)
	}
	return n
}

func (f *fixture) cases(owner string, topic store.Topic, want ...store.Case) {
	f.t.Helper()
	got, err := f.Cases(f.t.Context(), owner, topic, store.Case{}, 100)
	if err != nil {
		f.t.Fatal(err)
	}
	for i := range got {
		got[i].Newest = ""
	}
	f.equal(fmt.Sprintf("%s's cases about %s", owner, topic), got, append([]store.Case{}, want...))
}

func (f *fixture) asked(owner string, about link.Question, host string) []store.Asked {
	f.t.Helper()
	asked, err := f.AskedLinks(f.t.Context(), owner, about, host, 100)
	if err != nil {
		f.t.Fatal(err)
	}
	return asked
}

func (f *fixture) keep(l link.Link) {
	f.t.Helper()
	if err := f.Keep(f.t.Context(), l.Owner, l.ID, f.clock.Now()); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) troubled(owner string) []store.TroubledHost {
	f.t.Helper()
	hosts, err := f.TroubledHosts(f.t.Context(), owner, 100)
	if err != nil {
		f.t.Fatal(err)
	}
	return hosts
}

func (f *fixture) latencies(owner string) []store.HostLatency {
	f.t.Helper()
	hosts, err := f.Latencies(f.t.Context(), owner, 100)
	if err != nil {
		f.t.Fatal(err)
	}
	return hosts
}
