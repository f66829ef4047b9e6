package link

import (
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
)

// Fold is the pure heart of Linkwell: what we knew, a new result, now → what we know, and when to look again.
//
// A decisive result is believed. A result that decides nothing leaves a valid or invalid target as it is and marks since
// when it fails; it is asked again after Retry-After, or after a growing gap.
func Fold(known Standing, result check.Result, now time.Time) Standing {
	next := known
	next.Last = Answer{Status: result.Status, Reason: result.Reason, HTTPStatus: result.HTTPStatus, CheckedAt: now}

	if result.Status == check.Valid {
		next.FailingSince = time.Time{}
	} else if next.FailingSince.IsZero() {
		next.FailingSince = now
	}

	if result.Status == check.Pending {
		next.Undecided++
		if known.Status == check.Pending {
			next.Reason = result.Reason
		}
		next.NextCheckAt = now.Add(undecidedGap(next.Undecided, result.RetryAfterSeconds))
		return next
	}

	next.Status, next.Reason, next.Undecided = result.Status, result.Reason, 0
	next.NextCheckAt = now.Add(decidedGap)
	return next
}

// decidedGap is how long a decided target rests.
const decidedGap = 24 * time.Hour

// undecidedGaps are the rests after the first, second … answer in a row that decided nothing; the last one repeats.
var undecidedGaps = []time.Duration{10 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour}

// undecidedGap is how long to wait after n undecided answers in a row: what the server asked for, but never less than a
// minute and never more than a day, or the next of undecidedGaps.
func undecidedGap(n, retryAfterSeconds int) time.Duration {
	if retryAfterSeconds > 0 {
		return max(time.Duration(min(retryAfterSeconds, check.MaxRetryAfterSeconds))*time.Second, time.Minute)
	}
	return undecidedGaps[min(n, len(undecidedGaps))-1]
}

// FreshFor is how long an answer is good enough to settle another link to the same target without asking again.
const FreshFor = 24 * time.Hour

// Fresh reports whether the standing can settle a newly saved link at now.
func (s Standing) Fresh(now time.Time) bool {
	return s.Checked() && now.Sub(s.Last.CheckedAt) < FreshFor && now.Before(s.NextCheckAt)
}
