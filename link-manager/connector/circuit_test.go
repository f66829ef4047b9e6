package connector

import (
	"math"
	"testing"
	"time"
)

// ticking is a clock that is moved by hand.
type ticking struct{ at time.Time }

func (t *ticking) now() time.Time { return t.at }

func (t *ticking) pass(d time.Duration) { t.at = t.at.Add(d) }

func admits(t *testing.T, c *circuit, want int) {
	t.Helper()
	if got, _ := c.admit(); got != want {
		t.Fatalf("it admits %d, want %d", got, want)
	}
}

func enters(t *testing.T, c *circuit, suspect, want bool) {
	t.Helper()
	if _, ok := c.enter(suspect); ok != want {
		t.Fatalf("entered is %v, want %v", ok, want)
	}
}

func TestAFunctionsCircuitOpensAfterFailuresInARow(t *testing.T) {
	clock := &ticking{now}
	c := newFunctionCircuit(clock.now)
	for range 10 { // an answer between failures starts the count again
		for range circuitFailures - 1 {
			c.unanswered()
		}
		c.answered()
	}
	for range circuitFailures - 1 {
		c.unanswered()
		admits(t, c, math.MaxInt)
		enters(t, c, false, true)
	}
	c.unanswered()
	admits(t, c, 0)
	enters(t, c, false, false)
	enters(t, c, true, false)
}

func TestAnOpenCircuitTriesAfterGrowingWaitsAndOneAnswerClosesIt(t *testing.T) {
	clock := &ticking{now}
	c := newGatewayCircuit(clock.now)
	if wait := c.unanswered(); wait != circuitWaitMin {
		t.Errorf("the next try is %v away", wait)
	}
	for wait := circuitWaitMin; wait < 4*circuitWaitMax; wait *= 2 {
		clock.pass(min(wait, circuitWaitMax) - time.Nanosecond)
		admits(t, c, 0)
		enters(t, c, false, false)
		clock.pass(time.Nanosecond)
		admits(t, c, 1)
		enters(t, c, false, true)
		enters(t, c, false, false)
		admits(t, c, 0)
		c.unanswered()
	}
	c.answered()
	admits(t, c, math.MaxInt)
	enters(t, c, false, true)
}

// However many suspects come first, events that had no chance yet get one after each wait, and soon several do.
func TestSuspectsDoNotTakeTheTriesOfOthers(t *testing.T) {
	clock := &ticking{now}
	c := newFunctionCircuit(clock.now)
	for range circuitFailures {
		c.unanswered()
	}
	suspects, others := 0, 0
	clock.pass(circuitWaitMin)
	enters(t, c, false, true)
	enters(t, c, false, false)
	for range 1000 {
		clock.pass(100 * time.Millisecond)
		for range 50 {
			if _, ok := c.enter(true); ok {
				suspects++
				c.unanswered()
			}
		}
		for range 50 {
			if _, ok := c.enter(false); ok {
				others++
				c.unanswered()
			}
		}
	}
	if suspects < 24 || suspects > 30 || others < 90 || others > 30*circuitTries {
		t.Errorf("in 100 s %d suspects and %d others were tried", suspects, others)
	}
}
