package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Webhook is where an owner wants to be told of changes of status.
type Webhook struct {
	// ID is a UUIDv7 in lower case.
	ID    string
	Owner string
	URL   string
	// Secret is what is signed with.
	Secret    string
	CreatedAt time.Time
	// DisabledAt is since when nothing is sent, and WhyDisabled why; zero while all is well.
	DisabledAt  time.Time
	WhyDisabled string
	// DeliveredAt is the last success. FailedAt is the last failure since then, and Failure says what it was.
	DeliveredAt, FailedAt time.Time
	Failure               string
	// Waiting is how many changes are yet to be told, WaitingCounted at most.
	Waiting int
}

// MaxWebhooks is how many webhooks an owner may have.
const MaxWebhooks = 10

// WaitingCounted is how far Webhook.Waiting counts.
const WaitingCounted = 1_000

var (
	// ErrNoWebhook means that there is no such webhook for this owner.
	ErrNoWebhook = errors.New("there is no such webhook")
	// ErrTooManyWebhooks means that the owner has MaxWebhooks.
	ErrTooManyWebhooks = fmt.Errorf("there are %d webhooks already, the most allowed; delete one first", MaxWebhooks)
)

const selectWebhook = `
	SELECT w.id, w.owner, w.url, w.secret, w.created_at, w.disabled_at, w.why_disabled, w.delivered_at, w.failed_at, w.failure,
	       (SELECT count(*) FROM (SELECT 1 FROM deliveries d WHERE d.webhook_id = w.id LIMIT 1000) AS waiting)
	FROM webhooks w`

func scanWebhook(row interface{ Scan(...any) error }) (w Webhook, err error) {
	err = row.Scan(&w.ID, &w.Owner, &w.URL, &w.Secret, instant{&w.CreatedAt}, instant{&w.DisabledAt}, &w.WhyDisabled,
		instant{&w.DeliveredAt}, instant{&w.FailedAt}, &w.Failure, &w.Waiting)
	return w, err
}

// AddWebhook tells url of the owner's changes of status from now on, signed with secret. It fails with ErrTooManyWebhooks.
func (s *Store) AddWebhook(ctx context.Context, owner, url, secret string) (Webhook, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return Webhook{}, fmt.Errorf("add webhook: %w", err)
	}
	added := Webhook{ID: id.String(), Owner: owner, URL: url, Secret: secret}
	err = s.write(ctx, func(ctx context.Context, tx querier) error {
		added.CreatedAt = s.now()
		n, err := affected(tx.ExecContext(ctx, `
			INSERT INTO webhooks (id, owner, url, secret, created_at)
			SELECT $1, $2, $3, $4, $5
			WHERE (SELECT count(*) FROM webhooks WHERE owner = $2) < $6`,
			added.ID, owner, url, secret, micros(added.CreatedAt), MaxWebhooks))
		if err == nil && n == 0 {
			return ErrTooManyWebhooks
		}
		return err
	})
	if err != nil {
		return Webhook{}, fmt.Errorf("add webhook: %w", err)
	}
	return added, nil
}

// Webhooks are the owner's, oldest first; never nil.
func (s *Store) Webhooks(ctx context.Context, owner string) ([]Webhook, error) {
	webhooks := []Webhook{}
	err := s.read(ctx, func(ctx context.Context, db querier) error {
		rows, err := db.QueryContext(ctx, selectWebhook+` WHERE w.owner = $1 ORDER BY w.created_at, w.id`, owner)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			w, err := scanWebhook(rows)
			if err != nil {
				return err
			}
			webhooks = append(webhooks, w)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read webhooks: %w", err)
	}
	return webhooks, nil
}

// Webhook is one of the owner's. It fails with ErrNoWebhook.
func (s *Store) Webhook(ctx context.Context, owner, id string) (w Webhook, err error) {
	err = s.read(ctx, func(ctx context.Context, db querier) error {
		if parsed, err := uuid.Parse(id); err != nil || parsed.String() != id {
			return ErrNoWebhook
		}
		w, err = scanWebhook(db.QueryRowContext(ctx, selectWebhook+` WHERE w.owner = $1 AND w.id = $2`, owner, id))
		if none(err) {
			return ErrNoWebhook
		}
		return err
	})
	if err != nil {
		return Webhook{}, fmt.Errorf("read webhook: %w", err)
	}
	return w, nil
}

// EnableWebhook has a webhook that was disabled told again, of what happens from now on. It fails with ErrNoWebhook.
func (s *Store) EnableWebhook(ctx context.Context, owner, id string) error {
	return s.changeWebhook(ctx, "enable webhook", `
		UPDATE webhooks
		SET disabled_at = NULL, why_disabled = '', failed_at = NULL, failure = '', failures = 0, failing_since = NULL, resume_at = 0
		WHERE owner = $1 AND id = $2`, owner, id)
}

// DeleteWebhook forgets it, and what it was not told. It fails with ErrNoWebhook.
func (s *Store) DeleteWebhook(ctx context.Context, owner, id string) error {
	return s.changeWebhook(ctx, "delete webhook", `DELETE FROM webhooks WHERE owner = $1 AND id = $2`, owner, id)
}

// changeWebhook runs a statement about one webhook of the owner. It fails with ErrNoWebhook.
func (s *Store) changeWebhook(ctx context.Context, verb, statement, owner, id string) error {
	if parsed, err := uuid.Parse(id); err != nil || parsed.String() != id {
		return ErrNoWebhook
	}
	n, err := s.execute(ctx, verb, statement, owner, id)
	if err == nil && n == 0 {
		return ErrNoWebhook
	}
	return err
}
