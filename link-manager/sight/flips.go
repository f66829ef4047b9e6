package sight

import (
	"container/list"
	"fmt"
	"time"
)

// The rule by which many that fail of a sudden are our fault, not theirs.
const (
	// window is how long a host's newest answer counts.
	window = 5 * time.Minute
	// enoughHosts must have been heard before anything is concluded, and blindPercent of them, or more, be exceeded by
	// those that failed.
	enoughHosts  = 20
	blindPercent = 30
	// Of at least hostsToEnd hosts no more than seeingPercent may have failed, for blindness to end.
	hostsToEnd    = 10
	seeingPercent = blindPercent / 2
	// longestFlips is how long blindness lasts at most, by this rule.
	longestFlips = 24 * time.Hour
	// mostSuspects is how many hosts are looked at again, one target of each, while we are blind.
	mostSuspects = 30
	// mostHosts bounds the memory; so many are as good as all.
	mostHosts = 4096
)

// flips is the rule above, applied to the answers of targets that we know. It is not safe for concurrent use.
//
// A host has one voice, its newest answer, so that a big host is heard no louder than a small one, and a page that is gone
// does not count for the hundred that are there.
//
// Only who can tell us something has a voice. A good answer always does, unless it is the first. One that counts against
// its target does if the target was well until then: this is a flip. Nothing is learnt from a target that fails again,
// nor from the first answer of a new one: a list of old bookmarks would blind us, and those that are known to be dead
// would hide that all others have died. Neither is from an answer that could never count against a target: the server
// that turns us away is there, and while our own name server is away (dns_temporary) nothing turns invalid anyway.
//
// While we are blind checks go on, and nothing they find counts against their targets: those that were well still are, and
// say the same each time. So it ends by what is heard, never by silence: when enough hosts were heard and few of them
// failed. Half the share at which it began keeps it from coming and going. Where little is checked, the last few hosts
// count however long ago they were heard; and so that nobody has to wait for what comes due by itself, some of those that
// failed (suspects) are looked at every few minutes.
//
// If those that failed never come back it was not our network: after a day it ends anyway, and does not begin again
// before all is well once. Links to a big place that closed down are then judged like all others, and an outage of
// ours that lasts for a day would have to last for most of a week to turn a link invalid, save by the few reasons that need
// no second look.
//
// It takes 20 hosts within 5 minutes, so it is for those who have thousands of links. Others set CANARY_URLS.
type flips struct {
	heard  map[string]*list.Element
	oldest *list.List // of voice; the newest is at the back
	failed int        // of those in heard
	// since is when blindness began; zero while we see.
	since time.Time
	// why is a sentence about the moment when most had failed, and worst how many that were.
	why   string
	worst int
	// suspects are, while we are blind, hosts that failed and have not answered well since, with a target of each.
	suspects map[string]int64
	// worn means that blindness lasted too long to begin again.
	worn bool
}

// voice is the newest answer of a host.
type voice struct {
	host   string
	target int64
	at     time.Time
	failed bool
}

// hear takes the newest answer of a host, by one of its targets, and concludes.
func (f *flips) hear(now time.Time, host string, target int64, failed bool) {
	if f.heard == nil {
		f.heard, f.oldest = map[string]*list.Element{}, list.New()
	}
	if before, ok := f.heard[host]; ok {
		f.drop(before)
	}
	f.heard[host] = f.oldest.PushBack(voice{host, target, now, failed})
	if failed {
		f.failed++
	}
	f.suspect(host, target, failed)
	for f.oldest.Len() > mostHosts || f.isOver(now) {
		f.drop(f.oldest.Front())
	}
	f.conclude(now)
}

// isOver reports whether the oldest voice no longer counts.
func (f *flips) isOver(now time.Time) bool {
	waiting := !f.since.IsZero() || f.worn
	if waiting && f.oldest.Len() <= hostsToEnd {
		return false
	}
	v, _ := f.oldest.Front().Value.(voice)
	return now.Sub(v.at) >= window
}

func (f *flips) drop(e *list.Element) {
	v, _ := f.oldest.Remove(e).(voice)
	delete(f.heard, v.host)
	if v.failed {
		f.failed--
	}
}

func (f *flips) conclude(now time.Time) {
	heard := len(f.heard)
	well := heard >= hostsToEnd && f.failed*100 <= heard*seeingPercent
	ill := heard >= enoughHosts && f.failed*100 > heard*blindPercent
	switch blind := !f.since.IsZero(); {
	case blind && well:
		f.end()
	case blind && now.Sub(f.since) >= longestFlips:
		f.end()
		f.worn = true
	case blind && ill && f.failed > f.worst:
		f.say(heard)
	case !blind && well:
		f.worn = false
	case !blind && ill && !f.worn:
		f.begin(now)
		f.say(heard)
	}
}

// begin suspects those who failed until now.
func (f *flips) begin(now time.Time) {
	f.since, f.suspects = now, map[string]int64{}
	for e := f.oldest.Front(); e != nil; e = e.Next() {
		v, _ := e.Value.(voice)
		f.suspect(v.host, v.target, v.failed)
	}
}

func (f *flips) end() { f.since, f.suspects = time.Time{}, nil }

// suspect keeps who has failed while we are blind.
func (f *flips) suspect(host string, target int64, failed bool) {
	switch {
	case f.since.IsZero():
	case !failed:
		delete(f.suspects, host)
	case len(f.suspects) < mostSuspects:
		f.suspects[host] = target
	}
}

func (f *flips) say(heard int) {
	f.worst = f.failed
	f.why = fmt.Sprintf("%d of %d hosts failed within %d minutes", f.failed, heard, int(window.Minutes()))
}

// resume goes on where an earlier process was blind, and why.
func (f *flips) resume(now time.Time, why string) {
	f.since, f.why, f.suspects = now, why, map[string]int64{}
}
