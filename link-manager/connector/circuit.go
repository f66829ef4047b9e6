package connector

import (
	"context"
	"sync"
	"time"
)

const (
	// circuitFailures is how many calls in a row must go unanswered before the circuit opens.
	circuitFailures = 5
	circuitWaitMin  = 500 * time.Millisecond
	circuitWaitMax  = 4 * time.Second
)

// circuit keeps events in their stream while calls go unanswered. Closed, it admits all there is room for; open, one event
// after each wait, to try, with growing waits; one answer closes it. It is a bus.Gate.
type circuit struct {
	concurrency int
	now         func() time.Time

	mutex    sync.Mutex
	failures int
	// wait is zero while the circuit is closed.
	wait    time.Duration
	nextTry time.Time
}

// Admit waits while the circuit is open and no try is due.
func (c *circuit) Admit(ctx context.Context) (int, error) {
	for {
		admitted, pause := c.admit()
		if admitted > 0 {
			return admitted, nil
		}
		sleep(ctx, pause)
		if err := ctx.Err(); err != nil {
			return 0, err
		}
	}
}

// admit returns how many events may be fetched now, or how long to wait.
func (c *circuit) admit() (admitted int, pause time.Duration) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.wait == 0 {
		return c.concurrency, 0
	}
	if pause = c.nextTry.Sub(c.now()); pause > 0 {
		return 0, pause
	}
	c.wait = min(2*c.wait, circuitWaitMax)
	c.nextTry = c.now().Add(c.wait)
	return 1, 0
}

// answered closes the circuit: a call reached the function.
func (c *circuit) answered() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.failures, c.wait = 0, 0
}

// unanswered counts a call that did not reach the function. The circuit opens if there were too many in a row, or at once
// if the gateway cannot even be connected to. It returns how long the event should wait.
func (c *circuit) unanswered(refused bool) time.Duration {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.failures++
	if c.wait == 0 && (refused || c.failures >= circuitFailures) {
		c.wait = circuitWaitMin
		c.nextTry = c.now().Add(c.wait)
	}
	return max(c.wait, circuitWaitMin)
}
