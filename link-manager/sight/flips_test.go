package sight

import (
	"fmt"
	"testing"
	"time"
)

var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// rule is flips with a clock.
type rule struct {
	flips
	now time.Time
}

// hosts lets n hosts answer from number first on, a second after each other.
func (r *rule) hosts(first, n int, failed bool) {
	for i := range n {
		r.now = r.now.Add(time.Second)
		r.hear(r.now, fmt.Sprint("host", first+i), int64(first+i), failed)
	}
}

func (r *rule) blind() bool { return !r.since.IsZero() }

const (
	good = false
	bad  = true
)

func TestManyThatFailOfASuddenBlindUs(t *testing.T) {
	for name, test := range map[string]struct {
		happens func(*rule)
		blind   bool
	}{
		"20 of 20 hosts": {func(r *rule) { r.hosts(0, 20, bad) }, true},
		"19 of 19 hosts": {func(r *rule) { r.hosts(0, 19, bad) }, false},
		"7 of 20 hosts":  {func(r *rule) { r.hosts(0, 7, bad); r.hosts(7, 13, good) }, true},
		"6 of 20 hosts":  {func(r *rule) { r.hosts(0, 6, bad); r.hosts(6, 14, good) }, false},
		"31 of 100":      {func(r *rule) { r.hosts(0, 69, good); r.hosts(69, 31, bad) }, true},
		"30 of 100":      {func(r *rule) { r.hosts(0, 70, good); r.hosts(70, 30, bad) }, false},
		"one host a thousand times": {func(r *rule) {
			r.hosts(0, 21, good)
			for range 1000 {
				r.hosts(0, 1, bad)
			}
		}, false},
		"a page of each host is gone, and the next is there": {func(r *rule) {
			for i := range 100 {
				r.hosts(i, 1, bad)
				r.hosts(i, 1, good)
			}
		}, false},
		"20 hosts in more than five minutes": {func(r *rule) {
			r.hosts(0, 10, bad)
			r.now = r.now.Add(window)
			r.hosts(10, 10, bad)
		}, false},
		"20 hosts in five minutes": {func(r *rule) {
			r.hosts(0, 10, bad)
			r.now = r.now.Add(window - 20*time.Second)
			r.hosts(10, 10, bad)
		}, true},
		"hosts without end": {func(r *rule) { r.hosts(0, 3*mostHosts, good); r.hosts(3*mostHosts, 100, bad) }, true},
	} {
		t.Run(name, func(t *testing.T) {
			r := &rule{now: start}
			test.happens(r)
			if r.blind() != test.blind {
				t.Errorf("blind is %v, with %d of %d failed", r.blind(), r.failed, len(r.heard))
			}
		})
	}
}

func TestBlindnessEndsByWhatIsHeard(t *testing.T) {
	later := func(r *rule) { r.now = r.now.Add(time.Hour) }
	for name, test := range map[string]struct {
		happens func(*rule)
		blind   bool
	}{
		"at once when all have answered well":        {func(r *rule) { r.hosts(0, 40, good) }, false},
		"not before few are left that failed":        {func(r *rule) { r.hosts(0, 33, good) }, true},
		"when few are left that failed":              {func(r *rule) { r.hosts(0, 34, good) }, false},
		"by ten hosts, however slowly they come":     {slowly(10, good), false},
		"not by nine, while those that failed count": {slowly(8, good), true},
		"not by silence":                             {later, true},
		"not by one host again and again": {func(r *rule) {
			later(r)
			for range 100 {
				r.hosts(0, 1, good)
			}
		}, true},
		"not by half of them":          {func(r *rule) { later(r); r.hosts(0, 20, good); r.hosts(20, 20, bad) }, true},
		"by many good ones and a few":  {func(r *rule) { later(r); r.hosts(0, 34, good); r.hosts(34, 6, bad) }, false},
		"though more failed than that": {func(r *rule) { later(r); r.hosts(34, 6, bad); r.hosts(0, 33, good) }, true},
	} {
		t.Run(name, func(t *testing.T) {
			r := &rule{now: start}
			r.hosts(0, 40, bad)
			if !r.blind() || r.why != "40 of 40 hosts failed within 5 minutes" {
				t.Fatalf("blind is %v: %s", r.blind(), r.why)
			}
			test.happens(r)
			if r.blind() != test.blind {
				t.Errorf("blind is %v, with %d of %d failed", r.blind(), r.failed, len(r.heard))
			}
		})
	}
}

// slowly has n hosts answer, an hour after each other.
func slowly(n int, failed bool) func(*rule) {
	return func(r *rule) {
		for i := range n {
			r.now = r.now.Add(time.Hour)
			r.hosts(i, 1, failed)
		}
	}
}

func TestWhatNeverComesBackWasNotOurNetwork(t *testing.T) {
	r := &rule{now: start}
	r.hosts(0, 40, bad)
	for range 23 {
		r.now = r.now.Add(time.Hour)
		r.hosts(0, 40, bad)
		if !r.blind() {
			t.Fatalf("it ended after %v", r.now.Sub(start))
		}
	}
	r.now = r.now.Add(time.Hour)
	r.hosts(0, 40, bad)
	if r.blind() {
		t.Error("it did not end after a day")
	}
	r.now = r.now.Add(time.Hour)
	r.hosts(40, 40, bad)
	if r.blind() {
		t.Error("it began again before all was well")
	}
	slowly(10, good)(r)
	r.hosts(100, 20, bad)
	if !r.blind() {
		t.Error("it never begins again")
	}
}

func TestThoseThatFailedAreSuspectsUntilTheyAnswer(t *testing.T) {
	r := &rule{now: start}
	r.hosts(0, 5, good)
	r.hosts(5, 14, bad)
	if len(r.suspects) != 0 {
		t.Errorf("while we see, suspects are %v", r.suspects)
	}
	r.hosts(19, 2, bad)
	r.hosts(5, 1, good)
	r.hosts(21, 1, good)
	for host := range 22 {
		if target, suspect := r.suspects[fmt.Sprint("host", host)]; suspect != (host > 5 && host < 21) || suspect && target != int64(host) {
			t.Errorf("host %d: %v with target %d", host, suspect, target)
		}
	}
	r.hosts(0, 200, good)
	if r.blind() || len(r.suspects) != 0 {
		t.Errorf("blind is %v, and suspects are %v", r.blind(), r.suspects)
	}
}

func TestTheMemoryIsBounded(t *testing.T) {
	r := &rule{now: start}
	r.hosts(0, 20, bad)
	for i := range 5 * mostHosts {
		r.hear(r.now, fmt.Sprint("host", i), int64(i), i%2 == 0)
	}
	if len(r.suspects) > mostSuspects || len(r.heard) != mostHosts || r.oldest.Len() != mostHosts || r.failed != mostHosts/2 {
		t.Errorf("it keeps %d and %d, of which %d failed", len(r.heard), r.oldest.Len(), r.failed)
	}
}
