package connector

import (
	"math/rand/v2"
	"testing"
)

// trip begins as many calls as there may be and ends them all.
func trip(t *testing.T, c *concurrency, e effect) {
	t.Helper()
	var calls []call
	for range c.most() {
		begun, ok := c.begin(false)
		if !ok {
			t.Fatal("a call was refused")
		}
		calls = append(calls, begun)
	}
	for _, ended := range calls {
		c.end(ended, e)
	}
}

func wantMost(t *testing.T, c *concurrency, want int) {
	t.Helper()
	if got := c.most(); got != want {
		t.Fatalf("%d calls may be out, want %d", got, want)
	}
}

func TestConcurrencyBeginsAtItsCeilingAndStaysThereWhileAllIsWell(t *testing.T) {
	c := newConcurrency(64)
	for range 100 {
		wantMost(t, c, 64)
		trip(t, c, atEase)
	}
}

func TestTheManyAnswersOfOneOverloadHalveOnce(t *testing.T) {
	c := newConcurrency(64)
	for _, want := range []int{32, 16, 8, 4, 2, 1, 1} {
		trip(t, c, overloaded)
		wantMost(t, c, want)
	}
}

func TestACallThatBeganBeforeTheHalvingSaysNothingNew(t *testing.T) {
	c := newConcurrency(64)
	early, _ := c.begin(false)
	late, _ := c.begin(false)
	c.end(late, overloaded)
	wantMost(t, c, 32)
	c.end(early, overloaded)
	wantMost(t, c, 32)
	next, _ := c.begin(false)
	c.end(next, overloaded)
	wantMost(t, c, 16)
}

func TestConcurrencyGrowsByOneForEachRoundTripThatIsUsed(t *testing.T) {
	c := newConcurrency(64)
	trip(t, c, overloaded)
	for range 8 {
		before := c.most()
		trip(t, c, atEase)
		if got := c.most(); got != before && got != before+1 {
			t.Fatalf("from %d it grew to %d in one round trip", before, got)
		}
	}
	if got := c.most(); got < 38 || got > 40 {
		t.Errorf("eight round trips after 32 it is %d", got)
	}
	before := c.most()
	for range 1000 { // one call at a time does not show what more would do
		alone, _ := c.begin(false)
		c.end(alone, atEase)
	}
	wantMost(t, c, before)
}

func TestWhatDoesNotReachTheFunctionChangesNothing(t *testing.T) {
	c := newConcurrency(64)
	trip(t, c, overloaded)
	trip(t, c, nothing)
	wantMost(t, c, 32)
}

func TestSuspectsHaveRoomBesideTheOthers(t *testing.T) {
	c := newConcurrency(64)
	for range 10 {
		trip(t, c, overloaded)
	}
	wantMost(t, c, 1)
	hung, ok := c.begin(true)
	if !ok {
		t.Fatal("there is no room for a suspect at all")
	}
	wantMost(t, c, 2)
	if _, ok := c.begin(true); ok {
		t.Error("a second suspect has room where one call may be out")
	}
	c.end(hung, overloaded)
	wantMost(t, c, 1)

	c = newConcurrency(8)
	for range 4 {
		c.begin(true)
	}
	if _, ok := c.begin(true); ok {
		t.Error("suspects have more than half the room")
	}
	wantMost(t, c, 8)
}

func TestASuspectThatTimesOutHalvesNothing(t *testing.T) {
	c := newConcurrency(8)
	suspect, _ := c.begin(true)
	c.end(suspect, overloaded)
	wantMost(t, c, 8)
}

func TestConcurrencyIsNeverBelowOneNorAboveItsCeiling(t *testing.T) {
	for seed := range uint64(50) {
		random := rand.New(rand.NewPCG(seed, 1))
		ceiling := 1 + random.IntN(100)
		c := newConcurrency(ceiling)
		var out []call
		for range 2000 {
			if random.IntN(2) == 0 {
				if begun, ok := c.begin(random.IntN(5) == 0); ok {
					out = append(out, begun)
				}
			} else if len(out) > 0 {
				i := random.IntN(len(out))
				c.end(out[i], effect(random.IntN(3)))
				out = append(out[:i], out[i+1:]...)
			}
			if most := c.most(); most < 1 || most > ceiling {
				t.Fatalf("seed %d: %d calls may be out, of %d", seed, most, ceiling)
			}
		}
	}
}
