package connector

import (
	"math"
	"sync"
	"time"
)

const (
	// circuitFailures is how many calls in a row must go unanswered before a function's circuit opens.
	circuitFailures = 5
	circuitWaitMin  = 500 * time.Millisecond
	circuitWaitMax  = 4 * time.Second
	// circuitAsks is how many events are asked for at a time while one to try is searched for.
	circuitAsks = 16
	// circuitTries is how many events that never failed a function's circuit lets through after one wait, at most.
	circuitTries = 4
)

// circuit keeps events in their stream while calls go unanswered. Closed, it lets every call through. Open, it lets a few
// through after each wait, to try, with growing waits; one answer closes it.
//
// There are two lanes of tries that know nothing of each other: one for events that never went unanswered, and one, of a
// single event for each wait, for the suspects that did. However many events break each call, and although they come again
// first, those that never had a chance get theirs.
type circuit struct {
	now func() time.Time
	// allowed is how many calls in a row must go unanswered before it opens.
	allowed int
	// asks is how many events are worth asking for when a try is due, tries how many there are after one wait, at most.
	asks, tries int

	mutex    sync.Mutex
	failures int
	open     bool
	fresh    lane
	suspects lane
}

// lane is a sequence of tries.
type lane struct {
	wait time.Duration
	next time.Time
	// size is how many tries there were after the last wait, left how many of them nobody made yet.
	size, left int
}

// due returns how long there will be no try; 0 if one can be made now.
func (l *lane) due(now time.Time) time.Duration {
	if l.left > 0 {
		return 0
	}
	return max(0, l.next.Sub(now))
}

// try makes one, if it is due; the next waits longer and has twice as many, up to most.
func (l *lane) try(now time.Time, most int) bool {
	if l.due(now) > 0 {
		return false
	}
	if !now.Before(l.next) {
		l.wait = min(2*l.wait, circuitWaitMax)
		l.next = now.Add(l.wait)
		l.size = min(max(1, 2*l.size), most)
		l.left = l.size
	}
	l.left--
	return true
}

// newGatewayCircuit opens with the first call that the gateway refuses. What is refused there is no event's fault, so all
// its tries are in one lane.
func newGatewayCircuit(now func() time.Time) *circuit {
	return &circuit{now: now, allowed: 1, asks: 1, tries: 1}
}

func newFunctionCircuit(now func() time.Time) *circuit {
	return &circuit{now: now, allowed: circuitFailures, asks: circuitAsks, tries: circuitTries}
}

// admit returns how many events it makes sense to ask for, or how long it makes none.
func (c *circuit) admit() (events int, pause time.Duration) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if !c.open {
		return math.MaxInt, 0
	}
	pause = c.fresh.due(c.now())
	if c.asks > 1 {
		pause = min(pause, c.suspects.due(c.now()))
	}
	if pause > 0 {
		return 0, pause
	}
	return c.asks, 0
}

// enter reports whether a call may be made for an event. If not, it returns how long there will be no try in its lane.
func (c *circuit) enter(suspect bool) (wait time.Duration, ok bool) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if !c.open {
		return 0, true
	}
	l, most := &c.fresh, c.tries
	if suspect {
		l, most = &c.suspects, 1
	}
	if !l.try(c.now(), most) {
		return l.due(c.now()), false
	}
	return 0, true
}

// answered closes the circuit.
func (c *circuit) answered() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.failures, c.open = 0, false
}

// unanswered counts a call that was not answered, and opens the circuit if there were too many in a row. It returns how
// long the next try is away.
func (c *circuit) unanswered() time.Duration {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.failures++
	if !c.open && c.failures >= c.allowed {
		first := lane{wait: circuitWaitMin, next: c.now().Add(circuitWaitMin)}
		c.open, c.fresh, c.suspects = true, first, first
	}
	if !c.open {
		return 0
	}
	return c.fresh.due(c.now())
}
