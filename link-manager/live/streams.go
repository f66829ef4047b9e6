package live

import "sync"

// StreamsPerOwner is how many streams an owner may have open in a Streams.
const StreamsPerOwner = 20

// Streams counts the open streams of each owner. The zero value is ready.
type Streams struct {
	mutex sync.Mutex
	open  map[string]int
}

// Begin reports whether one more may be opened; End closes it.
func (s *Streams) Begin(owner string) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.open == nil {
		s.open = map[string]int{}
	}
	if s.open[owner] >= StreamsPerOwner {
		return false
	}
	s.open[owner]++
	return true
}

// End is for who has begun.
func (s *Streams) End(owner string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.open[owner]--; s.open[owner] == 0 {
		delete(s.open, owner)
	}
}
