package connector

import "sync"

// concurrency is how many calls of one function for one topic may be out. It begins at its ceiling, so that nothing is
// slow while all is well; halves when the function has too much to do, once for each round trip of calls; and grows by one
// for each round trip that goes well while it is used. Time plays no part in it: a call knows by its number whether it
// began before the last halving, and then says nothing new.
//
// Events that went unanswered before have room beside it, half as much again but never beyond the ceiling: a few that hang
// the function cannot keep others from it, however small the limit has become.
type concurrency struct {
	ceiling int

	mutex sync.Mutex
	limit float64
	// out is how many calls are out, suspects how many of them are for events that went unanswered before.
	out, suspects int
	// begun is the number of the last call, halved the number that the last one had when the limit was halved.
	begun, halved uint64
}

// call is one that is out.
type call struct {
	number  uint64
	suspect bool
	// used is whether at least half of the limit was in use when it began.
	used bool
}

// effect is what the end of a call says about how much the function can do.
type effect int

const (
	// nothing is said, for example because the function was not reached.
	nothing effect = iota
	// atEase: the function answered.
	atEase
	// overloaded: the function has too much to do.
	overloaded
)

func newConcurrency(ceiling int) *concurrency {
	return &concurrency{ceiling: ceiling, limit: float64(ceiling)}
}

// most returns how many events may be out now, at least 1.
func (c *concurrency) most() int {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return min(c.ceiling, int(c.limit)+c.suspects)
}

// begin counts a call in. It refuses if the call is for a suspect event and there are enough of these already.
func (c *concurrency) begin(suspect bool) (call, bool) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if suspect {
		if c.suspects >= max(1, int(c.limit)/2) {
			return call{}, false
		}
		c.suspects++
	}
	c.out++
	c.begun++
	return call{c.begun, suspect, c.used()}, true
}

// end counts a call out that begin counted in. That a suspect event overloads the function says nothing about others.
func (c *concurrency) end(ended call, e effect) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	used := ended.used || c.used()
	c.out--
	if ended.suspect {
		c.suspects--
	}
	switch {
	case ended.number <= c.halved:
	case e == overloaded && !ended.suspect:
		c.limit = max(1, c.limit/2)
		c.halved = c.begun
	case e == atEase && used:
		c.limit = min(float64(c.ceiling), c.limit+1/c.limit)
	}
}

// used reports whether at least half of the limit is in use; with less a call that goes well tells nothing. It is called
// with the mutex held.
func (c *concurrency) used() bool { return 2*c.out >= int(c.limit) }
