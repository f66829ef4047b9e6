package connector

import (
	"maps"
	"sync"
	"time"

	"github.com/linkwell/linkwell/link-manager/bus"
)

// attempts remembers of each event that is still open what became of its calls. A restart begins anew, which can only make
// an event be tried more often.
type attempts struct {
	mutex sync.Mutex
	open  map[place]attempted
}

// place is an event's in its stream. A stream that is made anew counts from 1 again, so its sequence alone would give an
// event the attempts of another.
type place struct {
	sequence  uint64
	published int64
}

func placeOf(m bus.Message) place { return place{m.Sequence, m.Published.UnixNano()} }

type attempted struct {
	// answers is how often the function answered.
	answers int
	// failures is how often it did not; lonely is how many of them were this event's alone, because the function did
	// what another event asks for since the failure before.
	failures, lonely int
	// successes is how many the function had at the last failure.
	successes uint64
	// given is why the event was given up although its letter is not kept yet, and refused how often the broker did not
	// keep it.
	given   *letter
	refused int
	last    time.Time
}

const (
	// attemptsPruned is how many open events there must be before those that never came again are looked for: their
	// stream let go of them, or another connector settled them.
	attemptsPruned = 10_000
	// attemptsKept outlasts every wait between two attempts.
	attemptsKept = 2 * maxRetryAfter
)

// answered counts one more answer, given at now, and returns how many there are.
func (a *attempts) answered(event place, now time.Time) int {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	had := a.open[event]
	had.answers++
	a.keep(event, had, now)
	return had.answers
}

// failed counts one more call that went unanswered. It is told how many successes the function had when the call began,
// and has now, and returns how many failures there are, and how many of them were this event's alone.
func (a *attempts) failed(event place, now time.Time, before, successes uint64) (failures, lonely int) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	had := a.open[event]
	if had.failures > 0 {
		before = had.successes
	}
	had.failures++
	if successes > before {
		had.lonely++
	}
	had.successes = successes
	a.keep(event, had, now)
	return had.failures, had.lonely
}

// suspect reports whether a call for this event went unanswered.
func (a *attempts) suspect(event place) bool {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	return a.open[event].failures > 0
}

// refused counts that the broker did not keep the letter of an event that is given up, and returns how often that was. The
// event is not brought to its function again for that.
func (a *attempts) refused(event place, l letter, now time.Time) int {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	had := a.open[event]
	had.given = &l
	had.refused++
	a.keep(event, had, now)
	return had.refused
}

// given returns why an event was given up whose letter is not kept yet; nil if it was not.
func (a *attempts) given(event place) *letter {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	return a.open[event].given
}

// forget ends the memory of an event that is settled.
func (a *attempts) forget(event place) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	delete(a.open, event)
}

// keep remembers what became of an event. It is called with the mutex held.
func (a *attempts) keep(event place, had attempted, now time.Time) {
	if a.open == nil {
		a.open = make(map[place]attempted)
	}
	if len(a.open) >= attemptsPruned {
		maps.DeleteFunc(a.open, func(_ place, had attempted) bool { return now.Sub(had.last) > attemptsKept })
	}
	had.last = now
	a.open[event] = had
}
