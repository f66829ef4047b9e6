package link

import (
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
)

// Circumstances are what an answer is judged under.
type Circumstances struct {
	Now time.Time
	// Blind means that we cannot trust what we see now: no answer counts against a target.
	Blind bool
	// Host is what speaks against the target's host as a whole, this answer included; it counts as if it spoke against
	// the target.
	Host Evidence
}

// Fold is the pure heart of Linkwell: what we knew, a new result, and when and how we saw it → what we know, and when to
// look again. What each reason takes to be believed is in policies, how long a target rests in rest.go.
//
// One good answer clears everything. Against a valid target an answer is evidence, and the target stays valid, failing,
// until there is enough. A target that was never valid takes its first invalid answer at once, and is looked at again
// soon. An invalid one stays so until a good answer comes.
func Fold(known Standing, result check.Result, under Circumstances) Standing {
	now := under.Now
	answer := Answer{Status: result.Status, Reason: result.Reason, HTTPStatus: result.HTTPStatus, CheckedAt: now}
	if result.Status == check.Valid {
		return good(known, answer)
	}
	if under.Blind {
		return unseen(known, answer, result)
	}
	next := known
	next.Last = answer
	if next.FailingSince.IsZero() {
		next.FailingSince = now
	}
	next.Against = known.Against.With(result.Reason, now)
	var rest time.Duration
	switch p := policyOf(result.Reason); {
	case known.Status == check.Invalid:
		rest = next.stayInvalid(result, p)
	case next.Against.convicts(result.Reason, now) || under.Host.convictsHost(result.Reason):
		next.Status, next.Reason, next.Steady, next.Undecided = check.Invalid, result.Reason, 1, 0
		rest = invalidRest(next.Steady, p)
	case known.Status == check.Pending && result.Status == check.Invalid:
		next.Status, next.Reason, next.Steady, next.Undecided = check.Invalid, result.Reason, 0, 0
		rest = invalidRest(next.Steady, p)
	default:
		rest = next.suspect(result, p)
	}
	next.NextCheckAt = now.Add(next.orAsAsked(rest, result))
	return next
}

// believedAsks is how many times in a row a server is believed that it needs less rest than we would give it. One that
// for ever says "in a minute" would for ever be asked each minute.
const believedAsks = 2

// orAsAsked is rest, or what the server asked for if that is longer, or still believed.
func (s *Standing) orAsAsked(rest time.Duration, result check.Result) time.Duration {
	asked, ok := askedRest(result)
	switch {
	case !ok || result.Status != check.Pending:
		return rest
	case s.Status != check.Invalid && s.Undecided <= believedAsks:
		return asked
	}
	return max(rest, asked)
}

// good is the standing after a good answer: it rests longer each time that nothing is new.
func good(known Standing, answer Answer) Standing {
	steady := 1
	if known.Status == check.Valid && known.Reason == answer.Reason && known.FailingSince.IsZero() {
		steady = known.Steady + 1
	}
	return Standing{
		Status: check.Valid, Reason: answer.Reason, Last: answer, Steady: steady,
		NextCheckAt: answer.CheckedAt.Add(validRest(steady)),
	}
}

// unseen is for an answer against a target while we are blind: it is shown, and nothing follows from it but another look.
func unseen(known Standing, answer Answer, result check.Result) Standing {
	next := known
	next.Last = answer
	if next.Status == check.Pending {
		next.Reason = check.Internal
	}
	next.Undecided++
	next.NextCheckAt = answer.CheckedAt.Add(next.orAsAsked(suspectRest(next.Undecided, policy{}), result))
	return next
}

// stayInvalid is for one more answer against an invalid target, and returns its rest.
func (s *Standing) stayInvalid(result check.Result, p policy) time.Duration {
	if result.Status == check.Invalid {
		s.Reason = result.Reason
	}
	s.Steady++
	return invalidRest(s.Steady, p)
}

// suspect is for an answer that is not enough to decide, and returns the target's rest.
func (s *Standing) suspect(result check.Result, p policy) time.Duration {
	if s.Status == check.Pending {
		s.Reason = result.Reason
	}
	s.Undecided++
	return suspectRest(s.Undecided, p)
}

// FreshFor is how long an answer is good enough to settle another link to the same target without asking again.
const FreshFor = 24 * time.Hour

// Fresh reports whether the standing can settle a newly saved link at now.
func (s Standing) Fresh(now time.Time) bool {
	return s.Checked() && now.Sub(s.Last.CheckedAt) < FreshFor && now.Before(s.NextCheckAt)
}
