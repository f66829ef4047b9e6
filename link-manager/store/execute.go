package store

import (
	"context"
	"database/sql"
	"fmt"
)

// execute runs one statement in a transaction of its own and returns how many rows it changed. An error begins with verb.
func (s *Store) execute(ctx context.Context, verb, statement string, args ...any) (changed int, err error) {
	err = s.write(ctx, func(ctx context.Context, tx querier) (err error) {
		changed, err = affected(tx.ExecContext(ctx, statement, args...))
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("%s: %w", verb, err)
	}
	return changed, nil
}

// affected is how many rows a statement changed.
func affected(result sql.Result, err error) (int, error) {
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}
