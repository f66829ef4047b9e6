package connector

import (
	"testing"
	"time"
)

func TestNoTwoConsumersAreNamedAlike(t *testing.T) {
	seen := map[string]subscription{}
	for _, s := range []subscription{
		{"link-checker.openfaas-fn", "link.added"},
		{"a.on", "b"}, {"a", "on.b"}, {"a", "on_b"}, {"a", "_b"}, {"a", "b._c"}, {"a", "b_.c"}, {"a", "b.c"}, {"a", "b_c"},
		{"a", "orders.*"}, {"a", "orders.>"}, {"a", "orders_any"}, {"a", "orders.=2A"}, {"a", "orders._"},
	} {
		name := durable(s)
		if had, taken := seen[name]; taken {
			t.Errorf("%v and %v are both named %s", had, s, name)
		}
		seen[name] = s
	}
	if want := "link-checker_openfaas-fn__link_added"; seen[want].topic == "" {
		t.Errorf("nothing is named %s: %v", want, seen)
	}
}

func TestAttemptsAreNotKeptForEver(t *testing.T) {
	var a attempts
	for sequence := range uint64(attemptsPruned) {
		a.add(sequence, now)
	}
	if n := a.add(0, now.Add(time.Minute)); n != 2 {
		t.Errorf("the second answer counts %d", n)
	}
	a.add(attemptsPruned, now.Add(attemptsKept+time.Second))
	if kept := len(a.open); kept != 2 {
		t.Errorf("%d events are kept", kept)
	}
}
