// Package live wakes whoever waits for changes: those in this process, and those in other link managers. What changed is in the
// store; that something did is all that is told here, and a wake that gets lost costs some seconds.
package live

import "sync"

// Bell wakes any number of waiters. The zero value is ready.
type Bell struct {
	mutex sync.Mutex
	rung  chan struct{}
}

// Rung returns a channel that is closed when the bell is rung next. Who looks at the store after asking for it, and before
// waiting, misses nothing.
func (b *Bell) Rung() <-chan struct{} {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if b.rung == nil {
		b.rung = make(chan struct{})
	}
	return b.rung
}

// Ring wakes all who wait.
func (b *Bell) Ring() {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if b.rung != nil {
		close(b.rung)
		b.rung = nil
	}
}
