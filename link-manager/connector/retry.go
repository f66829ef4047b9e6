package connector

import (
	"maps"
	"math/rand/v2"
	"sync"
	"time"
)

// Retries of one event by one function. They are Linkwell's defaults; a function's annotations may change them later.
const (
	maxAttempts  = 10
	retryWaitMin = time.Second
	retryWaitMax = 2 * time.Minute
)

// backoff is the wait before the attempt after n: doubling from retryWaitMin to retryWaitMax, half of it random, so that
// what failed together does not come back together.
func backoff(n int) time.Duration {
	d := retryWaitMin << min(max(n-1, 0), 20)
	d = min(d, retryWaitMax)
	return d/2 + rand.N(d/2+1) //nolint:gosec // spreads load, keeps no secret
}

// attempts counts the answers a function gave to each event that is still open, by stream sequence. A restart begins the
// count again, which can only make an event be tried more often.
type attempts struct {
	mutex sync.Mutex
	open  map[uint64]attempted
}

type attempted struct {
	count int
	last  time.Time
}

const (
	// attemptsPruned is how many open events there must be before those that never came again are looked for: their
	// stream let go of them, or another connector settled them.
	attemptsPruned = 10_000
	// attemptsKept outlasts every wait between two attempts.
	attemptsKept = 2 * maxRetryAfter
)

// add counts one more answer, given at now, and returns how many there are.
func (a *attempts) add(sequence uint64, now time.Time) int {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if a.open == nil {
		a.open = make(map[uint64]attempted)
	}
	if len(a.open) >= attemptsPruned {
		maps.DeleteFunc(a.open, func(_ uint64, had attempted) bool { return now.Sub(had.last) > attemptsKept })
	}
	had := a.open[sequence]
	a.open[sequence] = attempted{had.count + 1, now}
	return had.count + 1
}

// forget ends the count of an event that is settled.
func (a *attempts) forget(sequence uint64) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	delete(a.open, sequence)
}
