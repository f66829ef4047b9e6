package store

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

const (
	// AnswersKept is how long the answer to a request with an idempotency key is kept.
	AnswersKept = 24 * time.Hour
	// requestPatience is how long a request that was begun is waited for; then whoever was at it counts as dead.
	requestPatience = 2 * time.Minute
)

var (
	// ErrKeyReused means that the key was used for another request.
	ErrKeyReused = errors.New("the idempotency key was used for another request")
	// ErrKeyBusy means that a request with this key is being answered right now.
	ErrKeyBusy = errors.New("a request with this idempotency key is being answered")
)

// KeptAnswer is the answer to a request that may come twice.
type KeptAnswer struct {
	Status int
	Header map[string][]string
	Body   []byte
}

// BeginRequest tells what to do with a request of the owner under this key: answer it as it was answered before, if answer
// is not nil; else do it, and tell KeepAnswer or DropRequest, with attempt. Of several at once, on any number of replicas,
// one does it. It fails with ErrKeyReused if the key was used for another request within AnswersKept, and with ErrKeyBusy
// while somebody else is at it.
func (s *Store) BeginRequest(ctx context.Context, owner, key string, request [sha256.Size]byte) (attempt string, answer *KeptAnswer, err error) {
	attempt = uuid.NewString()
	err = s.write(ctx, func(ctx context.Context, tx querier) error {
		answer = nil
		now, hash := s.now(), sha256.Sum256([]byte(key))
		var had KeptAnswer
		var hadAttempt, header string
		var hadRequest []byte
		var busyUntil, createdAt time.Time
		err := tx.QueryRowContext(ctx, `
			INSERT INTO idempotency_keys (owner, key_hash, request, attempt, status, header, body, busy_until, created_at)
			VALUES ($1, $2, $3, $4, 0, '{}', $5, $6, $7)
			ON CONFLICT (owner, key_hash) DO UPDATE SET owner = excluded.owner
			RETURNING attempt, request, status, header, body, busy_until, created_at`,
			owner, hash[:], request[:], attempt, []byte{}, micros(now.Add(requestPatience)), micros(now)).
			Scan(&hadAttempt, &hadRequest, &had.Status, &header, &had.Body, instant{&busyUntil}, instant{&createdAt})
		switch {
		case err != nil:
			return err
		case hadAttempt == attempt:
			return nil
		case !createdAt.Add(AnswersKept).After(now):
			// Its time is over: it is a new one.
		case [sha256.Size]byte(hadRequest) != request:
			return ErrKeyReused
		case had.Status != 0:
			answer = &had
			return json.Unmarshal([]byte(header), &had.Header)
		case busyUntil.After(now):
			return ErrKeyBusy
		}
		_, err = tx.ExecContext(ctx, `
			UPDATE idempotency_keys
			SET request = $3, attempt = $4, status = 0, header = '{}', body = $5, busy_until = $6, created_at = $7
			WHERE owner = $1 AND key_hash = $2`,
			owner, hash[:], request[:], attempt, []byte{}, micros(now.Add(requestPatience)), micros(now))
		return err
	})
	if err != nil {
		return "", nil, fmt.Errorf("begin request: %w", err)
	}
	return attempt, answer, nil
}

// KeepAnswer keeps the answer to a request that was begun; it does nothing if somebody else is at it meanwhile.
func (s *Store) KeepAnswer(ctx context.Context, owner, key, attempt string, answer KeptAnswer) error {
	header, err := json.Marshal(answer.Header)
	if err != nil {
		return fmt.Errorf("keep answer: %w", err)
	}
	hash := sha256.Sum256([]byte(key))
	err = s.write(ctx, func(ctx context.Context, tx querier) error {
		_, err := tx.ExecContext(ctx, `
			UPDATE idempotency_keys
			SET status = $4, header = $5, body = $6
			WHERE owner = $1 AND key_hash = $2 AND attempt = $3`,
			owner, hash[:], attempt, answer.Status, string(header), append([]byte{}, answer.Body...))
		return err
	})
	if err != nil {
		return fmt.Errorf("keep answer: %w", err)
	}
	return nil
}

// DropRequest forgets a request that was begun and came to nothing, so that it can be sent again.
func (s *Store) DropRequest(ctx context.Context, owner, key, attempt string) error {
	hash := sha256.Sum256([]byte(key))
	err := s.write(ctx, func(ctx context.Context, tx querier) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM idempotency_keys WHERE owner = $1 AND key_hash = $2 AND attempt = $3`, owner, hash[:], attempt)
		return err
	})
	if err != nil {
		return fmt.Errorf("drop request: %w", err)
	}
	return nil
}

// ForgetAnswers removes at most limit answers that were kept for AnswersKept, and returns how many.
func (s *Store) ForgetAnswers(ctx context.Context, limit int) (forgotten int, err error) {
	return s.execute(ctx, "forget answers", `
			DELETE FROM idempotency_keys
			WHERE (owner, key_hash) IN (
				SELECT owner, key_hash FROM idempotency_keys WHERE created_at <= $1 ORDER BY created_at LIMIT $2)`,
		micros(s.now().Add(-AnswersKept)), max(limit, 0))
}
