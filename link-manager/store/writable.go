package store

import (
	"context"
	"fmt"
)

// Writable writes a few bytes and commits them. It fails if the database cannot be written, for whatever reason.
func (s *Store) Writable(ctx context.Context) error {
	err := s.write(ctx, func(ctx context.Context, tx querier) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO write_probe (id, written_at)
			VALUES (1, $1)
			ON CONFLICT (id) DO UPDATE SET written_at = excluded.written_at`, micros(s.now()))
		return err
	})
	if err != nil {
		return fmt.Errorf("write to the database: %w", err)
	}
	return nil
}
