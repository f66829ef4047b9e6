package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
)

// ChangeKind is what happened to a link.
type ChangeKind string

const (
	// LinkAdded means that there is a new link.
	LinkAdded ChangeKind = "added"
	// LinkEdited means that its owner changed it.
	LinkEdited ChangeKind = "edited"
	// LinkChecked means that a check found what is new to its owner, or what its owner has waited for.
	LinkChecked ChangeKind = "checked"
	// LinkDeleted means that it is gone.
	LinkDeleted ChangeKind = "deleted"
)

// Change is one thing that happened to a link.
type Change struct {
	// Number rises from change to change, by more than one perhaps; it starts at 1 and is never given out twice.
	Number int64
	LinkID string
	Kind   ChangeKind
	// PreviousStatus is what the link's status was, with LinkChecked; empty if that did not change.
	PreviousStatus check.Status
	// At is when it happened, by the database's clock.
	At time.Time
	// Link is the link as it is now; nil if it is gone.
	Link *link.Link
}

// ChangesKept is how long changes can be read.
const ChangesKept = 7 * 24 * time.Hour

// Changes returns what happened to the owner's links after the change with that number, in order, at most limit changes;
// never nil. Only what NumberChanges has numbered is told. What is older than ChangesKept may be missing (OldestChange).
func (s *Store) Changes(ctx context.Context, owner string, after int64, limit int) ([]Change, error) {
	changes := []Change{}
	err := s.read(ctx, func(ctx context.Context, db querier) error {
		var err error
		if changes, err = readChanges(ctx, db, owner, after, limit); err != nil {
			return err
		}
		now, err := linksOf(ctx, db, owner, changes)
		for i := range changes {
			if l, ok := now[changes[i].LinkID]; ok {
				changes[i].Link = &l
			}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read changes: %w", err)
	}
	return changes, nil
}

func readChanges(ctx context.Context, db querier, owner string, after int64, limit int) ([]Change, error) {
	rows, err := db.QueryContext(ctx, `
		SELECT seq, link_id, kind, previous_status, at
		FROM changes
		WHERE owner = $1 AND seq > $2
		ORDER BY seq
		LIMIT $3`, owner, after, max(limit, 0))
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	changes := []Change{}
	for rows.Next() {
		var c Change
		if err := rows.Scan(&c.Number, &c.LinkID, &c.Kind, &c.PreviousStatus, instant{&c.At}); err != nil {
			return nil, err
		}
		changes = append(changes, c)
	}
	return changes, rows.Err()
}

// linksOf are the links that the owner's changes are about, by id, as they are now.
func linksOf(ctx context.Context, db querier, owner string, changes []Change) (map[string]link.Link, error) {
	links := map[string]link.Link{}
	if len(changes) == 0 {
		return links, nil
	}
	rows, err := db.QueryContext(ctx, selectSaved+` AND l.id IN (SELECT c.link_id FROM changes c WHERE c.owner = $1 AND c.seq BETWEEN $2 AND $3)`,
		owner, changes[0].Number, changes[len(changes)-1].Number)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		l, err := scanSaved(rows)
		if err != nil {
			return nil, err
		}
		links[l.ID] = l.Link
	}
	return links, rows.Err()
}

// numberedAtOnce is how many changes are numbered in one transaction.
const numberedAtOnce = 1_000

// NumberChanges numbers the changes that were committed, so that they can be read, and returns the last number given out;
// 0 before the first change. What happened before can never get a lower number.
func (s *Store) NumberChanges(ctx context.Context) (last int64, err error) {
	for {
		if last, err = s.lastChange(ctx); err != nil || s.dialect.numberChanges == "" {
			break
		}
		var waits bool
		err = s.read(ctx, func(ctx context.Context, db querier) error {
			return db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM changes WHERE seq IS NULL)`).Scan(&waits)
		})
		if err != nil || !waits {
			break
		}
		err = s.write(ctx, func(ctx context.Context, tx querier) error {
			// The lock first, and then the statement that sees what others have committed until now.
			if _, err := tx.ExecContext(ctx, `SELECT last FROM change_counter WHERE id = 1 FOR UPDATE`); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, s.dialect.numberChanges, numberedAtOnce)
			return err
		})
		if err != nil {
			break
		}
	}
	if err != nil {
		return 0, fmt.Errorf("number changes: %w", err)
	}
	return last, nil
}

// lastChange is the last number given out.
func (s *Store) lastChange(ctx context.Context) (last int64, err error) {
	err = s.read(ctx, func(ctx context.Context, db querier) error {
		err := db.QueryRowContext(ctx, s.dialect.lastChange).Scan(&last)
		if none(err) { // on SQLite, before the first
			return nil
		}
		return err
	})
	return last, err
}

// OldestChange is the lowest number of a change, of any owner, that can still be read; 0 if there is none.
func (s *Store) OldestChange(ctx context.Context) (oldest int64, err error) {
	err = s.read(ctx, func(ctx context.Context, db querier) error {
		var number sql.NullInt64
		err := db.QueryRowContext(ctx, `SELECT min(seq) FROM changes`).Scan(&number)
		oldest = number.Int64
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("read changes: %w", err)
	}
	return oldest, nil
}

// ForgetChanges removes changes older than ChangesKept, at most limit of them, and returns how many.
func (s *Store) ForgetChanges(ctx context.Context, limit int) (forgotten int, err error) {
	return s.execute(ctx, "forget changes", `
			DELETE FROM changes
			WHERE `+s.dialect.changeKey+` IN (SELECT `+s.dialect.changeKey+` FROM changes WHERE at < $1 ORDER BY at LIMIT $2)`,
		micros(s.now().Add(-ChangesKept)), max(limit, 0))
}

// tellWhoAsked logs that the locked target was checked, for the link of the owner who put it into the lane that people wait
// for, unless the answer is news that the link is about to copy: nothing else would tell them.
func tellWhoAsked(ctx context.Context, tx querier, t target, news bool, now time.Time) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO changes (owner, link_id, kind, at)
		SELECT l.owner, l.id, $2, $3
		FROM targets t
		JOIN links l ON l.target_id = t.id AND l.owner = t.queued_by
		WHERE t.id = $1 AND (NOT CAST($4 AS BOOLEAN) OR l.overrule <> '')`, t.id, LinkChecked, micros(now), news)
	return err
}
