package store

import (
	"context"
	"fmt"
	"time"
)

// Blindness is why, since when and until when nobody who works on this store trusts what they see.
type Blindness struct {
	// Cause names how it was noticed; there is one Blindness for each.
	Cause string
	// Why is a sentence for people.
	Why   string
	Since time.Time
	// Until is when it ends unless somebody notices it again. One that ended is kept until ForgetBlindness.
	Until time.Time
}

// longestNotice is more than the time for which blindness is noticed at once, and unknownSince when it is taken to have
// begun if nobody knows.
const (
	longestNotice = time.Hour
	unknownSince  = 24 * time.Hour
)

// NoticeBlindness adds b, or, if there is one of this cause, gives it b's reason and the earlier beginning and the later
// end of both.
func (s *Store) NoticeBlindness(ctx context.Context, b Blindness) error {
	err := s.write(ctx, func(ctx context.Context, tx querier) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO blindness (cause, why, since, until)
			VALUES ($1, $2, $3, $4)
			ON CONFLICT (cause) DO UPDATE
			SET why   = excluded.why,
			    since = CASE WHEN excluded.since < blindness.since THEN excluded.since ELSE blindness.since END,
			    until = CASE WHEN excluded.until > blindness.until THEN excluded.until ELSE blindness.until END`,
			b.Cause, b.Why, b.Since.UnixMicro(), b.Until.UnixMicro())
		return err
	})
	if err != nil {
		return fmt.Errorf("notice blindness: %w", err)
	}
	return nil
}

// Blindness returns every Blindness that is not forgotten, also those that ended, by cause.
func (s *Store) Blindness(ctx context.Context) ([]Blindness, error) {
	var all []Blindness
	err := s.read(ctx, func(ctx context.Context, db querier) error {
		rows, err := db.QueryContext(ctx, `SELECT cause, why, since, until FROM blindness ORDER BY cause`)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var b Blindness
			if err := rows.Scan(&b.Cause, &b.Why, instant{&b.Since}, instant{&b.Until}); err != nil {
				return err
			}
			all = append(all, b.asOf(s.now()))
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read blindness: %w", err)
	}
	return all, nil
}

// asOf is b as it is believed at now: what a clock that was ahead noticed has ended, or it would last until then.
func (b Blindness) asOf(now time.Time) Blindness {
	if b.Until.After(now.Add(longestNotice + clockSkew)) {
		b.Until = now
	}
	if b.Since.After(now.Add(clockSkew)) {
		b.Since = now.Add(-unknownSince)
	}
	return b
}

// ForgetBlindness removes every Blindness that has ended.
func (s *Store) ForgetBlindness(ctx context.Context) error {
	err := s.write(ctx, func(ctx context.Context, tx querier) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM blindness WHERE until <= $1 OR until > $2`, micros(s.now()), micros(s.now().Add(longestNotice+clockSkew)))
		return err
	})
	if err != nil {
		return fmt.Errorf("forget blindness: %w", err)
	}
	return nil
}
