package connector

import (
	"cmp"
	"slices"
)

// CircuitState says whether calls are held back because the last ones went unanswered.
type CircuitState struct {
	// Function is whose circuit it is; empty for the gateway's, which holds back the calls of all.
	Function string
	Open     bool
}

// Circuits returns the state of every circuit there was after the last lookup, by function: the gateway's is the first. It
// is empty before the first lookup.
func (c *Connector) Circuits() []CircuitState {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	states := make([]CircuitState, 0, len(c.circuits))
	for function, of := range c.circuits {
		states = append(states, CircuitState{Function: function, Open: of.isOpen()})
	}
	slices.SortFunc(states, func(a, b CircuitState) int { return cmp.Compare(a.Function, b.Function) })
	return states
}

// circuits are those of all functions by name, and the gateway's, which has none.
func (s *serving) circuits() map[string]*circuit {
	all := map[string]*circuit{"": s.gateway}
	for name, f := range s.functions {
		all[name] = f.circuit
	}
	return all
}

func (c *circuit) isOpen() bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.open
}
