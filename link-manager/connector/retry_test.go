package connector

import (
	"testing"
	"time"
)

func TestWaitsGrowAndAreBounded(t *testing.T) {
	p := defaultRetryPolicy
	for attempt, want := range map[int][2]time.Duration{
		0: {time.Second, 1500 * time.Millisecond}, 1: {time.Second, 1500 * time.Millisecond}, 2: {time.Second, 2 * time.Second},
		5: {8 * time.Second, 16 * time.Second}, 8: {time.Minute, 2 * time.Minute}, 1000: {time.Minute, 2 * time.Minute},
	} {
		for range 100 {
			if got := p.wait(attempt); got < want[0] || got > want[1] {
				t.Fatalf("the wait before attempt %d is %v, want %v to %v", attempt+1, got, want[0], want[1])
			}
		}
	}
	for range 100 {
		narrow := retryPolicy{minWait: time.Second, maxWait: time.Second}
		if got := narrow.wait(7); got != time.Second {
			t.Fatalf("the only wait there may be is %v", got)
		}
	}
}

func TestAnUnansweredEventWaitsLongOnlyIfItIsAlone(t *testing.T) {
	for range 100 {
		if got := unansweredWait(1000, 0); got < circuitWaitMax/2 || got > circuitWaitMax {
			t.Fatalf("in an outage it waits %v", got)
		}
		if got := unansweredWait(1000, poisonFailures-1); got < time.Minute/2 || got > 2*time.Minute {
			t.Fatalf("alone it waits %v", got)
		}
	}
}

func TestAPolicysCodesOverruleTheOutcomeTable(t *testing.T) {
	p := retryPolicy{codes: map[int]bool{400: true, 503: true}}
	for name, test := range map[string]struct {
		status int
		had    verdict
		want   verdict
	}{
		"a listed refusal is tried again":        {400, hopeless, again},
		"a listed failure is tried again":        {503, again, again},
		"another failure is given up":            {500, again, hopeless},
		"a success is one":                       {200, done, done},
		"what did not reach the function stands": {502, unanswered, unanswered},
	} {
		t.Run(name, func(t *testing.T) {
			if got := p.apply(outcome{verdict: test.had}, test.status); got.verdict != test.want {
				t.Errorf("got %s", got.verdict)
			}
		})
	}
}
