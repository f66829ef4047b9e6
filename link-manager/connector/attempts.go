package connector

import (
	"maps"
	"sync"
	"time"
)

// attempts remembers of each event that is still open what became of its calls, by stream sequence. A restart begins
// anew, which can only make an event be tried more often.
type attempts struct {
	mutex sync.Mutex
	open  map[uint64]attempted
}

type attempted struct {
	// answers is how often the function answered.
	answers int
	// failures is how often it did not; lonely is how many of them were this event's alone, because the function did
	// what another event asks for since the failure before.
	failures, lonely int
	// successes is how many the function had at the last failure.
	successes uint64
	last      time.Time
}

const (
	// attemptsPruned is how many open events there must be before those that never came again are looked for: their
	// stream let go of them, or another connector settled them.
	attemptsPruned = 10_000
	// attemptsKept outlasts every wait between two attempts.
	attemptsKept = 2 * maxRetryAfter
)

// answered counts one more answer, given at now, and returns how many there are.
func (a *attempts) answered(sequence uint64, now time.Time) int {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	had := a.open[sequence]
	had.answers++
	a.keep(sequence, had, now)
	return had.answers
}

// failed counts one more call that went unanswered. It is told how many successes the function had when the call began,
// and has now, and returns how many failures there are, and how many of them were this event's alone.
func (a *attempts) failed(sequence uint64, now time.Time, before, successes uint64) (failures, lonely int) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	had := a.open[sequence]
	if had.failures > 0 {
		before = had.successes
	}
	had.failures++
	if successes > before {
		had.lonely++
	}
	had.successes = successes
	a.keep(sequence, had, now)
	return had.failures, had.lonely
}

// suspect reports whether a call for this event went unanswered.
func (a *attempts) suspect(sequence uint64) bool {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	return a.open[sequence].failures > 0
}

// forget ends the memory of an event that is settled.
func (a *attempts) forget(sequence uint64) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	delete(a.open, sequence)
}

// keep remembers what became of an event. It is called with the mutex held.
func (a *attempts) keep(sequence uint64, had attempted, now time.Time) {
	if a.open == nil {
		a.open = make(map[uint64]attempted)
	}
	if len(a.open) >= attemptsPruned {
		maps.DeleteFunc(a.open, func(_ uint64, had attempted) bool { return now.Sub(had.last) > attemptsKept })
	}
	had.last = now
	a.open[sequence] = had
}
