package probe

import (
	"testing"
	"time"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

func TestRetryAfterIsSecondsOrADate(t *testing.T) {
	for header, want := range map[string]int{
		"0":                              0,
		"1":                              1,
		" 120 ":                          120,
		"007":                            7,
		"86400":                          86400,
		"86401":                          86400,
		"99999999999999999999999":        86400,
		"Fri, 02 Jan 2026 12:00:30 GMT":  30,
		"Friday, 02-Jan-26 12:00:30 GMT": 30,
		"Fri Jan  2 12:00:30 2026":       30,
		"Fri, 02 Jan 2026 12:00:00 GMT":  0,
		"Fri, 02 Jan 2026 11:59:59 GMT":  0,
		"Thu, 01 Jan 1970 00:00:00 GMT":  0,
		"Sun, 04 Jan 2026 12:00:00 GMT":  86400,
		"Fri, 31 Dec 9999 23:59:59 GMT":  86400,
		"":                               0,
		"-1":                             0,
		"+1":                             0,
		"1.5":                            0,
		"1m30s":                          90,
		"1m30.2s":                        91,
		"-1m":                            0,
		"999h":                           86400,
		"soon":                           0,
		"١":                              0,
	} {
		if got := retryAfterSeconds(header, noon); got != want {
			t.Errorf("%q: %d, want %d", header, got, want)
		}
	}
}

func TestRetryAfterDoesNotDependOnOurTimeZone(t *testing.T) {
	for _, offset := range []int{-11, 0, 5, 14} {
		now := noon.In(time.FixedZone("ours", offset*3600))
		if got := retryAfterSeconds("Fri, 02 Jan 2026 12:00:30 GMT", now); got != 30 {
			t.Errorf("at UTC%+d: %d s, want 30", offset, got)
		}
	}
}

func TestRetryAfterIsRoundedUp(t *testing.T) {
	if got := retryAfterSeconds("Fri, 02 Jan 2026 12:00:30 GMT", noon.Add(time.Millisecond)); got != 30 {
		t.Errorf("got %d s, want 30: to come a little early is to be refused again", got)
	}
}

func FuzzRetryAfter(f *testing.F) {
	for _, seed := range []string{"0", "120", "-1", "1m30s", "99999999999999999999", "Fri, 02 Jan 2026 12:00:30 GMT", "Fri, 31 Dec 9999 23:59:59 GMT"} {
		f.Add(seed, noon.Unix())
	}
	f.Fuzz(func(t *testing.T, header string, now int64) {
		if got := retryAfterSeconds(header, time.Unix(now, 0)); got < 0 || got > 86400 {
			t.Errorf("%q at %d: %d s", header, now, got)
		}
	})
}
