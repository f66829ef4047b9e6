package account

import (
	"context"
	"sync"
	"time"
)

// notedEvery is how often it is written down at most that a token or a session is used: a busy program would have each of
// its requests wait for the disk.
const notedEvery = time.Minute

// noted is when this process last wrote down the use of what.
type noted struct {
	mutex sync.Mutex
	at    map[string]time.Time
}

// begin reports whether the use of what is to be written down now. It says so to one of many who ask at once.
func (n *noted) begin(what string, now time.Time) bool {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	if at, known := n.at[what]; known && now.Sub(at) < notedEvery && !at.After(now) {
		return false
	}
	for other, at := range n.at {
		if now.Sub(at) >= notedEvery {
			delete(n.at, other)
		}
	}
	if n.at == nil {
		n.at = map[string]time.Time{}
	}
	n.at[what] = now
	return true
}

// note writes down that what is used, if it was last written down a minute ago. That it cannot be is no reason to refuse
// anybody.
func (a *Accounts) note(ctx context.Context, what string, last time.Time, write func(context.Context, time.Time) error) {
	now := a.now()
	if now.Sub(last) < notedEvery || !a.noted.begin(what, now) {
		return
	}
	if err := write(ctx, now); err != nil && ctx.Err() == nil {
		a.Logger.WarnContext(ctx, "cannot write down that it is used", "error", err)
	}
}
