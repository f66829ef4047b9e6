package connector

import "time"

const (
	// doubtTimes and doubtFor are how often in a row, and over how long, a gateway must say that most functions are gone
	// before it is believed.
	doubtTimes = 3
	doubtFor   = 30 * time.Second
	// doubtLarge is from how many subscriptions on it is suspicious that more than half are gone.
	doubtLarge = 4
)

// doubt is about lookups that went well but lost what was there before: a gateway that starts, or whose provider is away,
// may list nothing, or a part. Functions that come are never doubted.
type doubt struct {
	since time.Time
	times int
}

// lost is what a lookup says about the subscriptions served until then.
type lost struct {
	had, gone int
	// others is whether something is served that was not before.
	others bool
	// empty is found.empty.
	empty bool
}

// believes reports whether what is gone is to be let go.
func (d *doubt) believes(l lost, now time.Time) bool {
	if !l.suspicious() {
		d.clear()
		return true
	}
	if d.times++; d.times == 1 {
		d.since = now
	}
	if d.times < doubtTimes || now.Sub(d.since) < doubtFor {
		return false
	}
	d.clear()
	return true
}

// clear forgets what was said; a lookup that failed clears too, because it breaks the row.
func (d *doubt) clear() { *d = doubt{} }

func (l lost) suspicious() bool {
	switch {
	case l.gone == 0:
		return false
	case l.empty:
		return true
	case l.gone == l.had:
		return !l.others
	default:
		return l.had >= doubtLarge && 2*l.gone > l.had
	}
}
