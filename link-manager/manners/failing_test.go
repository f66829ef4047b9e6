package manners

import (
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
)

const day = 24 * time.Hour

func result(reason check.Reason) check.Result {
	var r check.Result
	r.Decide(reason)
	return r
}

// hear has the host hear the same answer about n targets.
func hear(h *Host, n int, reason check.Reason, when time.Time) link.Evidence {
	var against link.Evidence
	for target := range n {
		against = h.Hear(int64(target), result(reason), link.Circumstances{Now: when})
	}
	return against
}

func TestManyThatFailAlikeHoldTheirHost(t *testing.T) {
	for name, test := range map[string]struct {
		heard func(h *Host)
		held  bool
	}{
		"five targets": {func(h *Host) { hear(h, 5, check.Refused, now) }, true},
		"four targets": {func(h *Host) { hear(h, 4, check.Refused, now) }, false},
		"one target five times": {func(h *Host) {
			for range 5 {
				hear(h, 1, check.Refused, now)
			}
		}, false},
		"five that nothing answers, in two ways": {func(h *Host) { hear(h, 3, check.Refused, now); hear(h, 5, check.TimeoutConnect, now) }, true},
		"five of two troubles":                   {func(h *Host) { hear(h, 4, check.Refused, now); hear(h, 4, check.TLSExpired, now) }, false},
		"five pages that are not there":          {func(h *Host) { hear(h, 5, check.NotFound, now) }, false},
		"one that is there between them": {func(h *Host) {
			hear(h, 4, check.Refused, now)
			hear(h, 1, check.OK, now)
			hear(h, 4, check.Refused, now)
		}, false},
		"one that is not there between them": {func(h *Host) {
			hear(h, 4, check.Refused, now)
			hear(h, 1, check.NotFound, now)
			hear(h, 4, check.Refused, now)
		}, false},
		"our own trouble between them": {func(h *Host) {
			hear(h, 4, check.Refused, now)
			hear(h, 1, check.Internal, now)
			hear(h, 5, check.Refused, now)
		}, true},
		"a reason that is news to us": {func(h *Host) { hear(h, 9, "news", now) }, false},
		"five bot walls":              {func(h *Host) { hear(h, 5, check.BotWall, now) }, true},
	} {
		t.Run(name, func(t *testing.T) {
			var h Host
			test.heard(&h)
			if h.Failing.Held() != test.held || h.Failing.HeldUntil.IsZero() == test.held {
				t.Errorf("held is %v until %v, want %v", h.Failing.Held(), h.Failing.HeldUntil, test.held)
			}
		})
	}
}

func TestAHeldHostIsAskedThroughOneOfItsTargets(t *testing.T) {
	var h Host
	hear(&h, 5, check.Refused, now)
	known := Check{Again: true}
	when := now
	for _, rest := range []time.Duration{10 * time.Minute, time.Hour, 6 * time.Hour, day} {
		if got := h.Failing.HeldUntil.Sub(when); got != rest {
			t.Fatalf("it rests for %v, want %v", got, rest)
		}
		hear(&h, 9, check.Refused, when.Add(time.Second)) // those that were out when it began
		if got := h.Failing.HeldUntil.Sub(when); got != rest {
			t.Fatalf("it rests for %v after more of the same, want %v", got, rest)
		}
		when = h.Failing.HeldUntil
		known.LeaseUntil = when.Add(5 * time.Minute)
		if turn := h.Turn(when, known, 0, public); !turn.Equal(when) {
			t.Fatalf("nobody is asked for the others until %v", turn)
		}
		known.InLine = true
		if turn := h.Turn(when.Add(time.Minute), known, 1, public); !turn.Equal(known.LeaseUntil) {
			t.Fatalf("the next is asked at %v, while the first is waited for until %v", turn, known.LeaseUntil)
		}
		when = when.Add(2 * time.Second)
		if turn := h.Turn(when, Check{}, 1, public); !turn.Equal(when) {
			t.Fatalf("a new target has its turn at %v", turn)
		}
		hear(&h, 1, check.Reset, when)
	}
	hear(&h, 1, check.OK, when)
	if h.Failing.Held() || !h.Failing.HeldUntil.IsZero() || h.Failing.Against != (link.Evidence{}) {
		t.Errorf("after a good answer it is %+v", h.Failing)
	}
}

func TestAHostCollectsAStrikeADayAndIsLetGoWhenItIsDead(t *testing.T) {
	var h Host
	hear(&h, 5, check.Refused, now)
	for i, want := range []int{2, 3, 4, 5, 6, 7} {
		when := at(time.Duration(i+1) * day)
		var against link.Evidence
		for range 10 {
			against = hear(&h, 1, check.Refused, when)
		}
		if against.Strikes != want {
			t.Errorf("after %d days there are %d strikes", i+1, against.Strikes)
		}
		if dead := i == 5; against.EnoughStrikes() != dead || h.Failing.HeldUntil.IsZero() != dead {
			t.Errorf("after %d days %+v", i+1, h.Failing)
		}
	}
}

func TestWhatAServerAsksForIsDone(t *testing.T) {
	for name, test := range map[string]struct {
		seconds int
		blind   bool
		want    time.Duration
	}{
		"a minute":                {60, false, time.Minute},
		"a year is a day":         {31_536_000, false, day},
		"nothing":                 {0, false, 0},
		"less than nothing":       {-5, false, 0},
		"also while we are blind": {60, true, time.Minute},
	} {
		var h Host
		r := result(check.RateLimited)
		r.RetryAfterSeconds = test.seconds
		h.Hear(1, r, link.Circumstances{Now: now, Blind: test.blind})
		if want := now.Add(test.want); test.want > 0 && !h.PausedUntil.Equal(want) || test.want == 0 && !h.PausedUntil.IsZero() {
			t.Errorf("%s: paused until %v", name, h.PausedUntil)
		}
		r.RetryAfterSeconds = 1
		h.Hear(1, r, link.Circumstances{Now: now})
		if test.want > time.Second && !h.PausedUntil.Equal(now.Add(test.want)) {
			t.Errorf("%s: a shorter wait made it %v", name, h.PausedUntil)
		}
	}
}

func TestWhileWeAreBlindNoHostFails(t *testing.T) {
	var h Host
	for target := range int64(9) {
		h.Hear(target, result(check.Refused), link.Circumstances{Now: now, Blind: true})
	}
	if h.Failing.Held() {
		t.Errorf("it is held: %+v", h.Failing)
	}
}
