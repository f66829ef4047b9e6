package doctor

import (
	"fmt"
	"time"
)

// skew is how far two clocks may be apart. Leases and due times are minutes and more; the broker's and the gateway's clocks
// are told in whole seconds, or a moment ago.
const skew = 5 * time.Second

// clock compares the time that somebody told between two moments of ours with them.
func (e *examination) clock(whose string, told, asked, answered time.Time) {
	ahead := told.Sub(answered)
	if behind := asked.Sub(told); behind > 0 {
		ahead = -behind
	}
	if ahead.Abs() <= skew {
		e.fine("clock", fmt.Sprintf("this machine and %s tell the same time", whose))
		return
	}
	direction := "ahead of"
	if ahead < 0 {
		direction = "behind"
	}
	e.wrong("clock", fmt.Sprintf("the clock of %s is %v %s this machine's", whose, ahead.Abs().Round(time.Second), direction),
		"Have both set by NTP (chrony, systemd-timesyncd): leases, due times and the certificates of servers are told by them.")
}
