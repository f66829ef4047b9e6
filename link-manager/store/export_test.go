package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/google/uuid"
)

// Plans lists like List, and returns how the database carries out each statement for that.
func (s *Store) Plans(ctx context.Context, owner string, f Filter) ([]string, error) {
	return s.plans(func(db querier) error {
		_, err := s.newLister(owner, f).list(ctx, db)
		return err
	})
}

// PlansOfChanges does what ChangedAt does, and Pick by change, and returns how the database carries out each statement for
// that.
func (s *Store) PlansOfChanges(ctx context.Context, owner string) ([]string, error) {
	return s.plans(func(db querier) error {
		at, err := changedAt(ctx, db, owner)
		for _, p := range []Pick{{Order: OrderLastChanged, Limit: 10}, {Order: OrderFirstChanged, ChangedAfter: at, Limit: 10}} {
			_, failed := p.list(ctx, db, owner)
			err = errors.Join(err, failed)
		}
		return err
	})
}

// PlansOfLatest are the plans of the statements that read the newest answers for a page of links.
func (s *Store) PlansOfLatest(ctx context.Context, owner string) ([]string, error) {
	ids := make([]string, 50)
	for i := range ids {
		ids[i] = uuid.NewString()
	}
	return s.plans(func(db querier) error {
		_, err := s.latest(ctx, db, owner, ids, 30)
		return err
	})
}

func (s *Store) plans(run func(db querier) error) ([]string, error) {
	explain := "EXPLAIN "
	if s.dialect.countHits != "" {
		explain = "EXPLAIN QUERY PLAN "
	}
	db := &explaining{querier: s.reader, explain: explain}
	err := run(db)
	if err == nil {
		err = db.err
	}
	return db.plans, err
}

// explaining asks for the plan of each statement before it is run.
type explaining struct {
	querier
	explain string
	plans   []string
	err     error
}

func (e *explaining) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	e.plan(ctx, query, args)
	return e.querier.QueryContext(ctx, query, args...)
}

func (e *explaining) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	e.plan(ctx, query, args)
	return e.querier.QueryRowContext(ctx, query, args...)
}

func (e *explaining) plan(ctx context.Context, query string, args []any) {
	rows, err := e.querier.QueryContext(ctx, e.explain+query, args...)
	if err != nil {
		e.err = err
		return
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		e.err = err
		return
	}
	var plan strings.Builder
	for rows.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		var line string
		values[len(values)-1] = &line // the last one is the text
		if err := rows.Scan(values...); err != nil {
			e.err = err
			return
		}
		plan.WriteString(line + "\n")
	}
	if err := rows.Err(); err != nil {
		e.err = err
	}
	e.plans = append(e.plans, plan.String())
}
