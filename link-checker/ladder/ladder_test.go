package ladder

import (
	"strings"
	"testing"
	"time"
)

func TestDefaultLadder(t *testing.T) {
	got, err := Of(0, 0)
	if err != nil {
		t.Fatal(err)
	}
	want := Ladder{
		Check: 10 * time.Second, Publish: 3 * time.Second, Exec: 15 * time.Second, Write: 16 * time.Second,
		Connector: 25 * time.Second, AckWait: time.Minute, Lease: 5 * time.Minute,
	}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestEveryRungIsBelowTheNext(t *testing.T) {
	for _, check := range []time.Duration{minCheck, 2 * time.Second, DefaultCheck, maxCheck} {
		l, err := Of(check, 0)
		if err != nil {
			t.Fatal(err)
		}
		rungs := []time.Duration{l.Check + l.Publish, l.Exec, l.Write, l.Connector, Gateway}
		for i := 1; i < len(rungs); i++ {
			if rungs[i-1] >= rungs[i] {
				t.Errorf("CHECK_TIMEOUT %v: rung %d is %v, the next %v", check, i, rungs[i-1], rungs[i])
			}
		}
		if l.AckWait >= l.Lease || l.Connector >= l.Lease {
			t.Errorf("CHECK_TIMEOUT %v: the lease %v ends before an answer can come", check, l.Lease)
		}
	}
}

func TestBrokenLadder(t *testing.T) {
	for name, test := range map[string]struct {
		check, lease time.Duration
		names        string
	}{
		"check too short": {check: time.Millisecond, names: "CHECK_TIMEOUT is 1ms"},
		"check too long":  {check: 24 * time.Second, names: "CHECK_TIMEOUT is 24s"},
		"negative check":  {check: -time.Second, names: "CHECK_TIMEOUT is -1s"},
		"lease too short": {lease: 49 * time.Second, names: "LEASE is 49s"},
		"negative lease":  {lease: -time.Second, names: "LEASE is -1s"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Of(test.check, test.lease); err == nil || !strings.Contains(err.Error(), test.names) {
				t.Errorf("error is %v, want it to say %q", err, test.names)
			}
		})
	}
}
