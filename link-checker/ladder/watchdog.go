package ladder

import (
	"errors"
	"fmt"
	"strconv"
	"time"
)

// Watchdog is how long the of-watchdog around a function waits; zero where nobody said.
type Watchdog struct {
	// Exec bounds a call, Read the arrival of a request, Write the time from its header to the end of its answer.
	Exec, Read, Write time.Duration
	// Healthcheck is how long it goes on taking calls after SIGTERM.
	Healthcheck time.Duration
}

// ReadWatchdog reads of-watchdog's variables: exec_timeout, read_timeout, write_timeout and healthcheck_interval, each a
// duration or a whole number of seconds. It fails, naming each, for what is not positive, because the watchdog takes that
// for something else: no limit, no timeout, its default. It also fails if a call may outlast the time to write its answer.
func ReadWatchdog(getenv func(string) string) (w Watchdog, err error) {
	read := func(name string) time.Duration {
		wait, broken := watchdogDuration(name, getenv(name))
		err = errors.Join(err, broken)
		return wait
	}
	w = Watchdog{Exec: read("exec_timeout"), Read: read("read_timeout"), Write: read("write_timeout"), Healthcheck: read("healthcheck_interval")}
	if err == nil && w.Write != 0 && w.Exec >= w.Write {
		err = fmt.Errorf("exec_timeout is %v; with write_timeout %v it must be less, or answers are cut off", w.Exec, w.Write)
	}
	return w, err
}

// watchdogDuration reads text as the watchdog does; zero if it is empty.
func watchdogDuration(name, text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	if _, err := strconv.Atoi(text); err == nil {
		text += "s"
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("%s is %q; it must be a positive duration such as 16s", name, text)
	}
	return d, nil
}
