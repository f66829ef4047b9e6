package connector

import (
	"log/slog"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheStateOfEveryCircuitIsTold(t *testing.T) {
	c := &Connector{Logger: slog.New(slog.DiscardHandler)}
	if got := c.Circuits(); len(got) != 0 {
		t.Errorf("before the first lookup there are %v", got)
	}
	s := newServing(c, nil)
	s.functions["well"], s.functions["gone"] = newFunction(c.now), newFunction(c.now)
	c.note(s, nil)
	for range circuitFailures {
		s.functions["gone"].circuit.unanswered()
	}
	want := []CircuitState{{"", false}, {"gone", true}, {"well", false}}
	if diff := cmp.Diff(want, c.Circuits()); diff != "" {
		t.Error(diff)
	}
	s.functions["gone"].circuit.answered()
	s.gateway.unanswered()
	want = []CircuitState{{"", true}, {"gone", false}, {"well", false}}
	if diff := cmp.Diff(want, c.Circuits()); diff != "" {
		t.Error(diff)
	}
}
