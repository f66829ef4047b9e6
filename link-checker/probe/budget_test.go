package probe

import (
	"testing"
	"time"
)

func TestHEADHasThreeTenthsOfTheTimeAtMost3Seconds(t *testing.T) {
	for total, want := range map[time.Duration]time.Duration{
		time.Second:      300 * time.Millisecond,
		10 * time.Second: 3 * time.Second,
		time.Minute:      3 * time.Second,
	} {
		if got := headBudget(total); got != want {
			t.Errorf("of %v: %v, want %v", total, got, want)
		}
	}
}

func TestTheZeroProberHas10Seconds(t *testing.T) {
	if got := new(Prober).timeout(); got != 10*time.Second {
		t.Errorf("it has %v", got)
	}
}
