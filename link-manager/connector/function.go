package connector

import (
	"sync/atomic"
	"time"
)

// function is what the deliveries of all topics to one function share.
type function struct {
	circuit *circuit
	// successes counts events that the function did what they ask for.
	successes atomic.Uint64
	policy    atomic.Pointer[retryPolicy]
}

func newFunction(now func() time.Time) *function {
	f := &function{circuit: newFunctionCircuit(now)}
	f.policy.Store(&defaultRetryPolicy)
	return f
}
