package connector

import (
	"testing"
	"time"
)

func TestAttemptsAreNotKeptForEver(t *testing.T) {
	var a attempts
	for sequence := range uint64(attemptsPruned) {
		a.answered(place{sequence: sequence}, now)
	}
	if n := a.answered(place{}, now.Add(time.Minute)); n != 2 {
		t.Errorf("the second answer counts %d", n)
	}
	a.answered(place{sequence: attemptsPruned}, now.Add(attemptsKept+time.Second))
	if kept := len(a.open); kept != 2 {
		t.Errorf("%d events are kept", kept)
	}
}

func TestAFailureIsAnEventsAloneOnlyIfAnotherSucceededSinceTheOneBefore(t *testing.T) {
	var a attempts
	for i, step := range []struct {
		before, successes uint64
		lonely            int
	}{
		{before: 5, successes: 5, lonely: 0},
		{before: 5, successes: 5, lonely: 0}, // an outage
		{before: 5, successes: 6, lonely: 1}, // another succeeded while the call was out
		{before: 6, successes: 6, lonely: 1},
		{before: 9, successes: 9, lonely: 2}, // others succeeded while the event waited
	} {
		failures, lonely := a.failed(place{sequence: 1}, now, step.before, step.successes)
		if failures != i+1 || lonely != step.lonely {
			t.Errorf("step %d: %d failures, %d alone, want %d", i, failures, lonely, step.lonely)
		}
	}
	if failures, lonely := a.failed(place{sequence: 2}, now, 7, 9); failures != 1 || lonely != 1 {
		t.Errorf("a first call during which others succeed: %d failures, %d alone", failures, lonely)
	}
	if !a.suspect(place{sequence: 1}) || a.suspect(place{sequence: 3}) {
		t.Error("a suspect is an event that failed before")
	}
	a.forget(place{sequence: 1})
	if a.suspect(place{sequence: 1}) {
		t.Error("a settled event is still suspected")
	}
}
