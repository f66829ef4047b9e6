package connector

import (
	"math/rand/v2"
	"time"
)

// retryPolicy is how events are tried again that a function could not handle.
type retryPolicy struct {
	// attempts is how many answers of a function end an event, at least 1.
	attempts int
	// codes are the status codes of a function that are tried again, and no others; nil means what the outcome table says.
	codes map[int]bool
	// minWait and maxWait bound the wait between two attempts.
	minWait, maxWait time.Duration
}

var defaultRetryPolicy = retryPolicy{attempts: 10, minWait: time.Second, maxWait: 2 * time.Minute}

// apply lets the policy's codes overrule what the outcome table says about a function's answer other than 2xx.
func (p *retryPolicy) apply(o outcome, status int) outcome {
	if p.codes != nil && (o.verdict == again || o.verdict == hopeless) {
		o.verdict = hopeless
		if p.codes[status] {
			o.verdict = again
		}
	}
	return o
}

// wait is the pause before the attempt after n: doubling from minWait to maxWait, up to half of it random, so that what
// failed together does not come back together.
func (p *retryPolicy) wait(n int) time.Duration {
	d := p.minWait
	for range min(max(n-1, 0), 30) {
		d = min(2*d, p.maxWait)
	}
	low, high := max(p.minWait, d/2), max(d, min(p.minWait*3/2, p.maxWait))
	return low + rand.N(high-low+1) //nolint:gosec // spreads load, keeps no secret
}

// buryPolicy has the waits before a dead letter that the broker did not keep is tried again.
var buryPolicy = retryPolicy{minWait: time.Second, maxWait: time.Minute}

// poisonFailures is how many unanswered calls of one event, while others succeed, end it.
const poisonFailures = 10

// unansweredWait is the pause before the next call for an event that went unanswered: short while that is the way of all
// events, so that they are there when the function is back, and growing where it is this event's alone.
func unansweredWait(failures, lonely int) time.Duration {
	p := retryPolicy{minWait: circuitWaitMin, maxWait: circuitWaitMax}
	if lonely > 1 {
		p.maxWait = defaultRetryPolicy.maxWait
		return p.wait(lonely)
	}
	return p.wait(failures)
}

// heldWait is the pause of a suspect event that finds no room for suspects.
func heldWait() time.Duration {
	return circuitWaitMax + rand.N(circuitWaitMax) //nolint:gosec // spreads load, keeps no secret
}
