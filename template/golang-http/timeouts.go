package main

import (
	"cmp"
	"time"

	"github.com/linkwell/linkwell/link-checker/ladder"
)

// timeouts are how long this process waits for what.
type timeouts struct {
	// Read bounds the arrival of a request, Write the time from its header to the end of its answer.
	Read, Write time.Duration
	// Outlast is the longest that a watchdog hands calls over, and waits for them, after SIGTERM; zero without a watchdog.
	Outlast time.Duration
}

// readTimeouts follows the watchdog around this process, which is there if write_timeout or healthcheck_interval is set;
// alone it waits as long as a gateway would. It fails, naming the variable, for what ladder.ReadWatchdog refuses.
func readTimeouts(getenv func(string) string) (timeouts, error) {
	watchdog, err := ladder.ReadWatchdog(getenv)
	if err != nil {
		return timeouts{}, err
	}
	waits := timeouts{Read: cmp.Or(watchdog.Read, ladder.Gateway), Write: cmp.Or(watchdog.Write, ladder.Gateway)}
	if watchdog.Healthcheck > 0 || watchdog.Write > 0 {
		waits.Outlast = cmp.Or(watchdog.Healthcheck, waits.Write) + waits.Write
	}
	return waits, nil
}
