// Package ladder holds the timeouts of one check, from the innermost wait to the outermost, in one place: each must end
// before the one around it gives up, or an answer is thrown away by somebody who stopped listening.
package ladder

import (
	"fmt"
	"time"
)

// Gateway is how long a stock OpenFaaS gateway waits for a function (upstream_timeout of its chart).
const Gateway = 60 * time.Second

const (
	// DefaultCheck is CHECK_TIMEOUT where nobody set it.
	DefaultCheck = 10 * time.Second
	minCheck     = time.Second
	// maxCheck is the longest check whose connector rung is still below Gateway.
	maxCheck = 23 * time.Second
)

// Ladder is every rung. Of builds one; a test may build its own.
type Ladder struct {
	// Check bounds one check of one URL: every lookup, dial, hop and byte of it.
	Check time.Duration
	// Publish bounds the function's wait for the broker to keep its answer.
	Publish time.Duration
	// Exec is of-watchdog's exec_timeout; Write its read_timeout and write_timeout.
	Exec, Write time.Duration
	// Connector bounds the connector's call of the function.
	Connector time.Duration
	// AckWait is how long the broker waits for a word from the connector before it hands the event to another. The
	// connector speaks every third of it while a call is out, so it may be shorter than a call.
	AckWait time.Duration
	// Lease is how long an outstanding check is waited for before it is asked again.
	Lease time.Duration
}

// Of derives the ladder from CHECK_TIMEOUT and LEASE; zero means the default (10 s; 30 checks, which is 5 min). The rungs
// are multiples of the check, so that the default is 10 s, 3 s, 15 s, 16 s, 25 s, 60 s, 5 min. It fails, naming the
// setting and its range, if a rung would not be below the next.
func Of(check, lease time.Duration) (Ladder, error) {
	if check == 0 {
		check = DefaultCheck
	}
	if check < minCheck || check > maxCheck {
		return Ladder{}, fmt.Errorf("CHECK_TIMEOUT is %v; it must be from %v to %v, so that the gateway, which waits %v, outlasts the connector", check, minCheck, maxCheck, Gateway)
	}
	if lease == 0 {
		lease = 30 * check
	}
	l := Ladder{
		Check:     check,
		Publish:   check * 3 / 10,
		Exec:      check * 15 / 10,
		Write:     check * 16 / 10,
		Connector: check * 25 / 10,
		AckWait:   min(6*check, lease/3),
		Lease:     lease,
	}
	if lease < 2*l.Connector {
		return Ladder{}, fmt.Errorf("LEASE is %v; with CHECK_TIMEOUT %v it must be at least %v, so that an answer comes while it is waited for", lease, check, 2*l.Connector)
	}
	return l, nil
}
