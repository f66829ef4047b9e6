package connector

import (
	"testing"
	"time"
)

func TestWhatALookupMayLoseWithoutSuspicion(t *testing.T) {
	for name, test := range map[string]struct {
		l    lost
		want bool
	}{
		"nothing":                             {lost{had: 3}, false},
		"nothing, said as null":               {lost{had: 0, empty: true}, false},
		"one of two":                          {lost{had: 2, gone: 1}, false},
		"one of two, and null was said":       {lost{had: 2, gone: 1, empty: true}, true},
		"two of three":                        {lost{had: 3, gone: 2}, false},
		"half of many":                        {lost{had: 10, gone: 5}, false},
		"more than half of many":              {lost{had: 10, gone: 6}, true},
		"all":                                 {lost{had: 1, gone: 1}, true},
		"all, but another came":               {lost{had: 1, gone: 1, others: true}, false},
		"more than half of many, others came": {lost{had: 10, gone: 6, others: true}, true},
	} {
		t.Run(name, func(t *testing.T) {
			if got := test.l.suspicious(); got != test.want {
				t.Errorf("suspicious is %v", got)
			}
		})
	}
}

func TestASuspiciousLookupIsBelievedAfterItWasSaidForAWhile(t *testing.T) {
	all := lost{had: 2, gone: 2}
	for name, test := range map[string]struct {
		every time.Duration
		want  int // lookups until it is believed
	}{
		"every five seconds": {5 * time.Second, 7},
		"at once":            {time.Millisecond, 30_001},
		"every hour":         {time.Hour, 3},
	} {
		t.Run(name, func(t *testing.T) {
			var d doubt
			at := now
			for n := 1; ; n++ {
				if d.believes(all, at) {
					if n != test.want {
						t.Errorf("it is believed the %d. time, want the %d.", n, test.want)
					}
					return
				}
				at = at.Add(test.every)
			}
		})
	}
}

func TestAGoodLookupOrAFailedOneEndsTheRow(t *testing.T) {
	all := lost{had: 2, gone: 2}
	for name, end := range map[string]func(d *doubt, at time.Time){
		"a good one":   func(d *doubt, at time.Time) { d.believes(lost{had: 2}, at) },
		"a failed one": func(d *doubt, _ time.Time) { d.clear() },
	} {
		t.Run(name, func(t *testing.T) {
			var d doubt
			d.believes(all, now)
			d.believes(all, now.Add(time.Minute/3))
			end(&d, now.Add(time.Minute))
			if d.believes(all, now.Add(2*time.Minute)) {
				t.Error("it is believed")
			}
		})
	}
}
