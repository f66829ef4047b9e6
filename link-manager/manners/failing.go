package manners

import (
	"slices"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
)

// Failing is how far a host is in trouble as a whole. When enough of its targets fail alike, one after the other, it is the
// host that fails and not they: then its known targets are not asked one by one, and each collects a strike. One of them
// is, after growing rests, and its strikes are the host's.
type Failing struct {
	// Trouble is what the newest answers agree on.
	Trouble link.Trouble
	// Targets are those that failed so since the last that did not: different ones, at most enoughAlike.
	Targets []int64
	// Against is what speaks against the host since it is Held. Like that of a target it holds a strike for each day.
	Against link.Evidence
	// Probes counts the answers since it is held that said that nothing has changed.
	Probes int
	// HeldUntil is when the next known target is asked, for all of them; zero while they are asked one by one.
	HeldUntil time.Time
	// Asking is true while that one is out.
	Asking bool
}

// enoughAlike is how many different targets must fail alike for their host to be held.
const enoughAlike = 5

// Held reports whether the host counts as failing as a whole.
func (f *Failing) Held() bool { return len(f.Targets) >= enoughAlike }

// Hear takes note of an answer about one of the host's targets. It returns what now speaks against the host as a whole,
// for link.Circumstances. While we are blind an answer says nothing about the host, but what it asks for is done.
func (h *Host) Hear(target int64, result check.Result, under link.Circumstances) link.Evidence {
	if asked := time.Duration(min(result.RetryAfterSeconds, check.MaxRetryAfterSeconds)) * time.Second; asked > 0 {
		h.PausedUntil = latest(h.PausedUntil, under.Now.Add(asked))
	}
	trouble := link.TroubleOf(result.Reason)
	switch {
	case trouble != link.NoTrouble && !under.Blind:
		h.Failing.add(target, trouble, result.Reason, under.Now)
	case trouble == link.NoTrouble && aboutTheHost(result.Reason) && h.Failing.Trouble != link.NoTrouble:
		if h.Failing.Held() {
			h.HurriedEnd, h.RoutineEnd = time.Time{}, time.Time{}
		}
		h.Failing = Failing{}
	}
	return h.Failing.Against
}

// aboutTheHost reports whether an answer that is no trouble shows that the host is well: somebody there said something.
func aboutTheHost(reason check.Reason) bool {
	ours := []check.Reason{check.BadURL, check.UnsupportedScheme, check.BlockedAddress, check.Internal}
	return reason.Known() && !slices.Contains(ours, reason)
}

// add takes note of an answer that is trouble.
func (f *Failing) add(target int64, trouble link.Trouble, reason check.Reason, now time.Time) {
	if f.Trouble != trouble {
		*f = Failing{Trouble: trouble}
	}
	wasHeld := f.Held()
	if !wasHeld && !slices.Contains(f.Targets, target) {
		f.Targets = append(f.Targets, target)
	}
	if !f.Held() {
		return
	}
	f.Against = f.Against.With(reason, now)
	if !wasHeld || f.Asking {
		f.Asking = false
		f.Probes++
		f.HeldUntil = now.Add(link.SuspectRest(min(f.Probes, longestHold)))
	}
	if f.Against.EnoughStrikes() {
		// It is dead, and each of its targets may hear so.
		f.HeldUntil = time.Time{}
	}
}

// longestHold is after how many answers the rest of a held host grows no more: it is a day then.
const longestHold = 4

// ask takes note that a known target is asked for all of them, if that is so: the others wait for its answer.
func (f *Failing) ask(c Check) {
	if f.Held() && !f.HeldUntil.IsZero() && c.Again && !c.Hurried {
		f.Asking, f.HeldUntil = true, c.LeaseUntil
	}
}
