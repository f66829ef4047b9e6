package link

import (
	"errors"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
)

func TestWhatAnOwnerCanSay(t *testing.T) {
	for _, text := range []string{"", "fine", "muted"} {
		if o, err := ParseOverrule(text); err != nil || string(o) != text {
			t.Errorf("%q is read as %q, %v", text, o, err)
		}
	}
	for _, text := range []string{"Fine", "asked", "valid", "overruled", " ", "\x00"} {
		_, err := ParseOverrule(text)
		var wrong *FieldError
		if !errors.As(err, &wrong) || wrong.Field != "overrule" {
			t.Errorf("%q fails with %v", text, err)
		}
	}
}

// TestOverruling tries each status with each reason, failing and not.
func TestOverruling(t *testing.T) {
	for _, status := range check.Statuses() {
		for _, reason := range append(check.Reasons(), "") {
			for _, failingSince := range []time.Time{{}, now} {
				s := Standing{Status: status, Reason: reason, FailingSince: failingSince, Last: Answer{Status: check.Pending, Reason: check.ServerError, CheckedAt: now}}
				well := status == check.Valid && failingSince.IsZero()

				contested, ok := s.Contested()
				want := map[check.Status]check.Reason{check.Valid: check.ServerError, check.Pending: reason, check.Invalid: reason}[status]
				if well {
					want = ""
				}
				if contested != want || ok == well {
					t.Errorf("who says fine of %+v contests %q, %t", s, contested, ok)
				}
				if got, want := s.Lifts(true), well; got != want {
					t.Errorf("%+v lifts what was said of the same: %t", s, got)
				}
				if got, want := s.Lifts(false), well || status == check.Invalid; got != want {
					t.Errorf("%+v lifts what was said of something else: %t", s, got)
				}
				for o, want := range map[Overrule]Standing{"": s, Muted: s, Fine: {Status: check.Valid, Reason: Overruled, FailingSince: failingSince, Last: s.Last}} {
					if got := s.Overruled(o); got != want {
						t.Errorf("%+v of which the owner says %q shows as %+v", s, o, got)
					}
				}
			}
		}
	}
}

func TestWhatIsOverruledSaysSo(t *testing.T) {
	l := Link{Standing: Standing{Status: check.Invalid, Reason: check.NotFound}}
	if got := l.Explanation(); got != check.NotFound.Explanation() {
		t.Errorf("it says %q", got)
	}
	l.Standing = l.Standing.Overruled(Fine)
	if got := l.Explanation(); got != "You said that this link is fine." {
		t.Errorf("it says %q", got)
	}
	if Overruled.Known() {
		t.Error("a checker could send it")
	}
}

func TestNothingIsSeenOfWhatWasFoundInBetween(t *testing.T) {
	from, until := now, now.Add(day)
	between := now.Add(time.Hour)
	for _, test := range []struct{ at, want time.Time }{
		{from.Add(-1), from.Add(-1)}, {from, from}, {from.Add(1), until}, {between, until}, {until, until}, {until.Add(1), until.Add(1)}, {},
	} {
		s := Standing{Last: Answer{CheckedAt: test.at}, FailingSince: test.at, NextCheckAt: between}
		want := Standing{Last: Answer{CheckedAt: test.want}, FailingSince: test.want, NextCheckAt: between}
		if got := s.UnseenBetween(from, until); got != want {
			t.Errorf("%v is seen as %+v", test.at, got)
		}
		if got := s.UnseenBetween(time.Time{}, time.Time{}); got != s {
			t.Errorf("who was never muted sees %v as %+v", test.at, got)
		}
	}
}
