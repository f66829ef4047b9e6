package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
)

// Delivery is a change of status that a webhook is to be told.
type Delivery struct {
	// Number is the same at each attempt, and no other delivery's.
	Number  int64
	Webhook Webhook
	// LinkID is of the link whose status became Status; Link is the link as it is now, nil if it is gone.
	LinkID                 string
	Link                   *link.Link
	Status, PreviousStatus check.Status
	Reason                 check.Reason
	// At is when the status changed, by the database's clock.
	At time.Time
}

// DeliveriesTried is for how long a webhook that does not take a change is told it again and again. One that has taken
// nothing for so long is disabled.
const DeliveriesTried = 3 * 24 * time.Hour

// deliveriesKept leaves a webhook that takes nothing one more attempt after DeliveriesTried, by which it is disabled.
const deliveriesKept = DeliveriesTried + 12*time.Hour

// ClaimDelivery takes one change that a webhook is to be told; false if none is due. Until the lease ends nobody else gets
// another one for the same webhook, unless Delivered or Undelivered tells what became of this. New ones go before those that
// failed.
func (s *Store) ClaimDelivery(ctx context.Context, lease time.Duration) (d Delivery, found bool, err error) {
	err = s.write(ctx, func(ctx context.Context, tx querier) error {
		now := s.now()
		d, found = Delivery{}, false
		var id string
		err := tx.QueryRowContext(ctx, `
			SELECT id
			FROM webhooks
			WHERE disabled_at IS NULL AND resume_at <= $1 AND EXISTS (SELECT 1 FROM deliveries WHERE webhook_id = webhooks.id)
			ORDER BY resume_at, id
			LIMIT 1`+s.dialect.skipLocked, micros(now)).Scan(&id)
		if none(err) {
			return nil
		}
		if err != nil {
			return err
		}
		if d, found, err = s.nextDelivery(ctx, tx, id, now); err != nil || !found {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE webhooks SET resume_at = $2 WHERE id = $1`, id, micros(now.Add(lease)))
		return err
	})
	if err != nil {
		return Delivery{}, false, fmt.Errorf("claim delivery: %w", err)
	}
	return d, found, nil
}

// nextDelivery takes the next change that the locked webhook is to be told, and forgets those that are too old.
func (s *Store) nextDelivery(ctx context.Context, tx querier, id string, now time.Time) (d Delivery, found bool, err error) {
	if _, err := tx.ExecContext(ctx, `DELETE FROM deliveries WHERE webhook_id = $1 AND at < $2`, id, micros(now.Add(-deliveriesKept))); err != nil {
		return Delivery{}, false, err
	}
	err = tx.QueryRowContext(ctx, `
		UPDATE deliveries
		SET attempt = attempt + 1
		WHERE id = (SELECT id FROM deliveries WHERE webhook_id = $1 ORDER BY attempt, id LIMIT 1)
		RETURNING id, link_id, status, reason, previous_status, at`, id).
		Scan(&d.Number, &d.LinkID, &d.Status, &d.Reason, &d.PreviousStatus, instant{&d.At})
	if none(err) {
		return Delivery{}, false, nil
	}
	if err != nil {
		return Delivery{}, false, err
	}
	if d.Webhook, err = scanWebhook(tx.QueryRowContext(ctx, selectWebhook+` WHERE w.id = $1`, id)); err != nil {
		return Delivery{}, false, err
	}
	switch l, err := find(ctx, tx, d.Webhook.Owner, d.LinkID); {
	case err == nil:
		d.Link = &l.Link
	case !errors.Is(err, link.ErrNotFound):
		return Delivery{}, false, err
	}
	return d, true, nil
}

// Delivered forgets a change that its webhook has taken.
func (s *Store) Delivered(ctx context.Context, d Delivery) error {
	err := s.write(ctx, func(ctx context.Context, tx querier) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM deliveries WHERE id = $1`, d.Number); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `
			UPDATE webhooks
			SET resume_at = 0, failures = 0, failing_since = NULL, delivered_at = $2, failed_at = NULL, failure = ''
			WHERE id = $1`, d.Webhook.ID, micros(s.now()))
		return err
	})
	if err != nil {
		return fmt.Errorf("record delivery: %w", err)
	}
	return nil
}

// Undelivered records why a webhook did not take a change. The webhook is tried again after a growing time, unless it is
// gone for good, or has taken nothing for DeliveriesTried: then it is disabled, and forgets what it was not told.
func (s *Store) Undelivered(ctx context.Context, d Delivery, failure string, gone bool) error {
	err := s.write(ctx, func(ctx context.Context, tx querier) error {
		now := s.now()
		var failures int
		var since time.Time
		err := tx.QueryRowContext(ctx, `
			UPDATE webhooks
			SET failures = failures + 1, failing_since = COALESCE(failing_since, $2), failed_at = $2, failure = $3
			WHERE id = $1
			RETURNING failures, failing_since`, d.Webhook.ID, micros(now), failure).Scan(&failures, instant{&since})
		if none(err) {
			return nil // it was deleted meanwhile
		}
		if err != nil {
			return err
		}
		if !gone && now.Sub(since) < DeliveriesTried {
			_, err := tx.ExecContext(ctx, `UPDATE webhooks SET resume_at = $2 WHERE id = $1`, d.Webhook.ID, micros(now.Add(untilRetry(failures))))
			return err
		}
		why := "it took nothing for three days"
		if gone {
			why = "it said that it is gone"
		}
		if _, err := tx.ExecContext(ctx, `UPDATE webhooks SET disabled_at = $2, why_disabled = $3 WHERE id = $1`, d.Webhook.ID, micros(now), why); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM deliveries WHERE webhook_id = $1`, d.Webhook.ID)
		return err
	})
	if err != nil {
		return fmt.Errorf("record delivery: %w", err)
	}
	return nil
}

// untilRetry is how long a webhook rests after so many failures in a row: from 5 s to 6 h, ±15 %.
func untilRetry(failures int) time.Duration {
	wait := 6 * time.Hour
	if failures < 8 {
		wait = min(wait, 5*time.Second<<(2*(failures-1)))
	}
	return time.Duration(float64(wait) * (0.85 + 0.3*rand.Float64())) //nolint:gosec // spreads load, keeps no secret
}

// NewTestDelivery is what a webhook is told when its owner tries it: no link's.
func NewTestDelivery(w Webhook, now time.Time) Delivery {
	return Delivery{Webhook: w, LinkID: uuid.Nil.String(), Status: check.Valid, PreviousStatus: check.Pending, Reason: check.OK, At: now}
}
