package sight

import (
	"fmt"
	"time"
)

// State is whether we are blind, and why; the zero State means that we see.
type State struct {
	Cause Cause
	// Why is half a sentence: "39 of 60 hosts failed within 5 minutes".
	Why   string
	Since time.Time
}

// Blind reports whether we are blind.
func (s State) Blind() bool { return s.Cause != "" }

// String says it in a sentence.
func (s State) String() string {
	if !s.Blind() {
		return "ok"
	}
	return fmt.Sprintf("blind since %s: %s; that is our network, not theirs, and no link turns invalid until it passes", s.Since.UTC().Format(time.RFC3339), s.Why)
}
