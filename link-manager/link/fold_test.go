package link

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/linkwell/linkwell/link-checker/check"
)

var now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func result(reason check.Reason) check.Result {
	r := check.Result{HTTPStatus: 200}
	r.Decide(reason)
	return r
}

func TestFold(t *testing.T) {
	yesterday := now.Add(-24 * time.Hour)
	valid := Standing{Status: check.Valid, Reason: check.OK, Last: Answer{check.Valid, check.OK, 200, yesterday}}
	invalid := Standing{Status: check.Invalid, Reason: check.NotFound, Last: Answer{check.Invalid, check.NotFound, 404, yesterday}, FailingSince: yesterday}
	undecided := Standing{Status: check.Pending, Reason: check.ServerError, Last: Answer{check.Pending, check.ServerError, 503, yesterday}, FailingSince: yesterday, Undecided: 1}
	for name, test := range map[string]struct {
		known  Standing
		reason check.Reason
		want   Standing
	}{
		"a new target that answers": {
			Standing{Status: check.Pending}, check.OK,
			Standing{Status: check.Valid, Reason: check.OK, NextCheckAt: now.Add(24 * time.Hour)},
		},
		"a new target that is not there": {
			Standing{Status: check.Pending}, check.NotFound,
			Standing{Status: check.Invalid, Reason: check.NotFound, FailingSince: now, NextCheckAt: now.Add(24 * time.Hour)},
		},
		"a new target that cannot be decided": {
			Standing{Status: check.Pending}, check.ServerError,
			Standing{Status: check.Pending, Reason: check.ServerError, FailingSince: now, Undecided: 1, NextCheckAt: now.Add(10 * time.Minute)},
		},
		"an undecided target that still cannot be decided": {
			undecided, check.TimeoutConnect,
			Standing{Status: check.Pending, Reason: check.TimeoutConnect, FailingSince: yesterday, Undecided: 2, NextCheckAt: now.Add(time.Hour)},
		},
		"an undecided target that answers": {
			undecided, check.OK,
			Standing{Status: check.Valid, Reason: check.OK, NextCheckAt: now.Add(24 * time.Hour)},
		},
		"a valid target that cannot be decided stays valid": {
			valid, check.ServerError,
			Standing{Status: check.Valid, Reason: check.OK, FailingSince: now, Undecided: 1, NextCheckAt: now.Add(10 * time.Minute)},
		},
		"an invalid target that cannot be decided stays invalid": {
			invalid, check.ServerError,
			Standing{Status: check.Invalid, Reason: check.NotFound, FailingSince: yesterday, Undecided: 1, NextCheckAt: now.Add(10 * time.Minute)},
		},
		"an invalid target that answers is valid again": {
			invalid, check.OK,
			Standing{Status: check.Valid, Reason: check.OK, NextCheckAt: now.Add(24 * time.Hour)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := result(test.reason)
			test.want.Last = Answer{r.Status, r.Reason, r.HTTPStatus, now}
			if diff := cmp.Diff(test.want, Fold(test.known, r, now)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFoldIsClosed(t *testing.T) {
	for _, status := range check.Statuses() {
		for _, reason := range check.Reasons() {
			next := Fold(Standing{Status: status, Reason: check.OK}, result(reason), now)
			if !next.Status.Known() || !next.Reason.Known() || !next.NextCheckAt.After(now) || !next.Checked() {
				t.Errorf("%s and %s fold to %+v", status, reason, next)
			}
			if reason.Status() == check.Pending && next.Status != status {
				t.Errorf("%s, which decides nothing, moved %s to %s", reason, status, next.Status)
			}
		}
	}
}

func TestUndecidedTargetsRestLongerAndLonger(t *testing.T) {
	s := Standing{Status: check.Pending}
	for i, want := range []time.Duration{10 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour, 24 * time.Hour} {
		s = Fold(s, result(check.ServerError), now)
		if got := s.NextCheckAt.Sub(now); got != want {
			t.Errorf("rest after answer %d is %v, want %v", i+1, got, want)
		}
	}
}

func TestRetryAfterIsHonoured(t *testing.T) {
	for seconds, want := range map[int]time.Duration{
		1: time.Minute, 90: 90 * time.Second, 7200: 2 * time.Hour, 86_400: 24 * time.Hour, 1_000_000: 24 * time.Hour, math.MaxInt: 24 * time.Hour,
		0: 10 * time.Minute, -5: 10 * time.Minute,
	} {
		r := result(check.RateLimited)
		r.RetryAfterSeconds = seconds
		if got := Fold(Standing{Status: check.Pending}, r, now).NextCheckAt.Sub(now); got != want {
			t.Errorf("rest after Retry-After: %d is %v, want %v", seconds, got, want)
		}
	}
}

func TestFresh(t *testing.T) {
	checked := func(ago, due time.Duration) Standing {
		return Standing{Status: check.Valid, Last: Answer{CheckedAt: now.Add(-ago)}, NextCheckAt: now.Add(due)}
	}
	for name, test := range map[string]struct {
		standing Standing
		fresh    bool
	}{
		"never checked":         {Standing{NextCheckAt: now.Add(time.Hour)}, false},
		"checked just now":      {checked(0, time.Hour), true},
		"checked yesterday":     {checked(FreshFor, time.Hour), false},
		"checked and due again": {checked(time.Minute, 0), false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := test.standing.Fresh(now); got != test.fresh {
				t.Errorf("fresh is %v", got)
			}
		})
	}
}

func TestSeenSinceTellsNothingFromBefore(t *testing.T) {
	saved := now
	s := Standing{Status: check.Invalid, Last: Answer{CheckedAt: now.Add(-time.Hour)}, FailingSince: now.Add(-48 * time.Hour), NextCheckAt: now.Add(time.Hour)}
	seen := s.SeenSince(saved)
	if !seen.Last.CheckedAt.Equal(saved) || !seen.FailingSince.Equal(saved) || !seen.NextCheckAt.Equal(s.NextCheckAt) {
		t.Errorf("an owner who saved at %v sees %+v", saved, seen)
	}
	if later := s.SeenSince(saved.Add(-72 * time.Hour)); later != s {
		t.Errorf("an owner of long standing sees %+v", later)
	}
	if never := (Standing{}).SeenSince(saved); never.Checked() || !never.FailingSince.IsZero() {
		t.Errorf("what never was shows as %+v", never)
	}
}
