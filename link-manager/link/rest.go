package link

import (
	"math"
	"strconv"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
)

// How long a target rests between two checks. It never stops: sites come back, and go.
const (
	// A valid target rests for a day, and growth times as long after each further good answer.
	longestValidRest = 60 * day
	growth           = 1.7
	// An invalid one rests for a day, and twice as long each time.
	longestInvalidRest = 30 * day
	// soon is when a target that was invalid from the first is looked at again, to be sure.
	soon = time.Hour
)

// suspectRests are the rests after the first, second … answer in a row against a target; the last one repeats. They give
// three days of strikes within a week and a half.
var suspectRests = []time.Duration{10 * time.Minute, time.Hour, 6 * time.Hour, day, 3 * day}

// patientRests are those after answers that will hardly change soon.
var patientRests = []time.Duration{day, 7 * day, 30 * day}

// validRest is the rest after n good answers in a row.
func validRest(n int) time.Duration {
	const enough = 20 // to reach the longest
	rest := float64(day) * math.Pow(growth, float64(min(n, enough)-1))
	return min(longestValidRest, time.Duration(rest).Truncate(time.Second))
}

// invalidRest is the rest after n answers in a row that bore out that a target is invalid; none yet means soon.
func invalidRest(n int, p policy) time.Duration {
	switch {
	case n > 0:
		return min(longestInvalidRest, day<<min(n-1, 10))
	case p.class == twice:
		return p.again
	}
	return soon
}

// suspectRest is the rest after n answers in a row against a target, the last of which has policy p.
func suspectRest(n int, p policy) time.Duration {
	rests := suspectRests
	if p.patient {
		rests = patientRests
	}
	rest := rests[min(n, len(rests))-1]
	if p.class == twice {
		return max(rest, p.again)
	}
	return rest
}

// SuspectRest is the rest after n answers in a row that say that something is wrong, and nothing about how long it takes;
// n is at least 1.
func SuspectRest(n int) time.Duration { return suspectRest(n, policy{}) }

// askedRest is the rest that the server asked for, at least a minute and at most a day; ok is false if it asked for none.
func askedRest(result check.Result) (rest time.Duration, ok bool) {
	if result.RetryAfterSeconds <= 0 {
		return 0, false
	}
	asked := time.Duration(min(result.RetryAfterSeconds, check.MaxRetryAfterSeconds)) * time.Second
	return max(asked, time.Minute), true
}

// jitter is the share by which a long rest is made longer or shorter, so that what was saved together is not for ever
// checked together.
const jitter = 0.15

// LongestRest is more than any target rests.
const LongestRest = longestValidRest*(100+15)/100 + day

// Spread moves next, when it is a day or more from now, by up to 15 % of the rest either way. By how much depends on
// checkID alone, which is random: 32 hexadecimal digits.
func Spread(now, next time.Time, checkID string) time.Time {
	rest := next.Sub(now)
	if rest < day || len(checkID) < 8 {
		return next
	}
	random, err := strconv.ParseUint(checkID[:8], 16, 32)
	if err != nil {
		return next
	}
	share := jitter * (2*float64(random)/math.MaxUint32 - 1)
	return next.Add(time.Duration(float64(rest) * share).Truncate(time.Second))
}
