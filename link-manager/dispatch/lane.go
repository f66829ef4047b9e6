package dispatch

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-checker/tracing"
	"github.com/linkwell/linkwell/link-manager/store"
)

const (
	// minOutstanding is how many checks of a lane may always be out.
	minOutstanding = 256
	// recentShare is the share of a lease that is lately: 3 s of the 5 min it has by default. Whatever comes new waits about as
	// long behind what is out, wherever that waits. It is longer than most checks take, so that what is out can grow.
	recentShare = 100
	// claimBatch is how many targets are claimed in one transaction.
	claimBatch = 256
	// publishAtOnce is how many publishes wait for the broker at a time.
	publishAtOnce = 64
	// publishTimeout bounds one publish.
	publishTimeout = 5 * time.Second
	// lastPublish bounds one that is under way when the dispatcher is to end.
	lastPublish = time.Second
)

// laneDispatcher dispatches one lane. It is used by one goroutine.
type laneDispatcher struct {
	*Dispatcher
	lane store.Lane
	// unpublished are claims the broker has not taken yet. While there are any, nothing more is claimed.
	unpublished []store.Claim
	// turn is the owner whose turn it was last.
	turn string
	// claiming and publishing are what keeps it from either.
	claiming, publishing trouble
}

// tick publishes what could not be published before, then claims and publishes what is due.
func (l *laneDispatcher) tick(ctx context.Context) (more bool, next time.Time) {
	if len(l.unpublished) > 0 {
		l.unpublished = l.publish(ctx, l.unpublished)
		if len(l.unpublished) > 0 {
			return false, time.Time{}
		}
	}
	claimed, err := l.claim(ctx)
	l.claiming.note(ctx, l.Dispatcher, slog.LevelError, "dispatch", err, "lane", l.lane)
	if err != nil {
		return false, time.Time{}
	}
	l.unpublished = l.publish(ctx, claimed.Claims)
	return claimed.More && len(l.unpublished) == 0, claimed.Next
}

// claim claims as much as there is room for.
func (l *laneDispatcher) claim(ctx context.Context) (store.Claimed, error) {
	room, err := l.room(ctx)
	if err != nil || room <= 0 {
		return store.Claimed{}, err
	}
	claimed, err := l.Store.Claim(ctx, store.ClaimRequest{
		Lane:    l.lane,
		Limit:   min(room, claimBatch),
		Lease:   l.Lease,
		Manners: l.Manners,
		After:   l.turn,
	})
	if err == nil {
		l.turn = claimed.Turn
	}
	return claimed, err
}

// room is how many more checks may be out. What is out waits in the broker and nobody goes before it any more, so it is
// bounded by what came back lately: enough to keep the functions busy, little enough that whoever comes new is soon asked
// for, and that all of it comes back within its lease.
func (l *laneDispatcher) room(ctx context.Context) (int, error) {
	applied, err := l.Store.Applied(ctx, l.lane, l.Now().Add(-l.Lease/recentShare))
	if err != nil {
		return 0, err
	}
	outstanding, err := l.Store.Outstanding(ctx, l.lane)
	if err != nil {
		return 0, err
	}
	return max(minOutstanding, applied) - outstanding, nil
}

// publish asks for the claimed checks and returns those the broker did not take, as long as their leases last. A claim
// whose lease ended is left to the next claim.
func (l *laneDispatcher) publish(ctx context.Context, claims []store.Claim) (failed []store.Claim) {
	errs := make([]error, len(claims))
	var publishing errgroup.Group
	publishing.SetLimit(publishAtOnce)
	for i, claim := range claims {
		if !l.Now().Before(claim.LeaseUntil) {
			continue
		}
		publishing.Go(func() error {
			errs[i] = l.request(ctx, claim)
			return nil
		})
	}
	_ = publishing.Wait()

	var first error
	for i, err := range errs {
		if err != nil {
			failed = append(failed, claims[i])
			if first == nil {
				first = err
			}
		}
	}
	if len(claims) > 0 { // else nothing was tried
		l.publishing.note(ctx, l.Dispatcher, slog.LevelWarn, "requests wait for the broker", first, "lane", l.lane, "waiting", len(failed))
	}
	return failed
}

// request publishes one claim. Repeating it is safe: its id is the check's. At the end of the process it still has
// lastPublish, because nobody would ask for a claim that was not published before its lease ended.
func (l *laneDispatcher) request(ctx context.Context, claim store.Claim) error {
	publishing, cancel := context.WithTimeout(context.WithoutCancel(ctx), publishTimeout)
	defer cancel()
	detach := context.AfterFunc(ctx, func() { time.AfterFunc(lastPublish, cancel) })
	defer detach()
	publishing = tracing.WithParent(publishing, claim.TraceParent)
	subject := claim.Lane.Subject()
	attributes := event.Attributes{ID: claim.CheckID, Type: event.RequestType(subject), Source: "link-manager", Time: l.Now(), Expires: claim.LeaseUntil}
	body := event.Request{
		CheckID:   claim.CheckID,
		URL:       claim.URL,
		Attempt:   claim.Attempt,
		Confirm:   claim.Confirm,
		ExpiresAt: claim.LeaseUntil.UTC(),
	}.Encode()
	if err := l.Publisher.Publish(publishing, subject, attributes.Header(), body); err != nil {
		return fmt.Errorf("request check %s: %w", claim.CheckID, err)
	}
	return nil
}
