package store

import (
	"context"
	"fmt"
	"time"

	"github.com/linkwell/linkwell/link-manager/account"
)

// AddSession is account.Store's.
func (s *Store) AddSession(ctx context.Context, hash [32]byte, user, browser string, idle time.Time) error {
	err := s.write(ctx, func(ctx context.Context, tx querier) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE seen_at <= $1`, micros(idle)); err != nil {
			return err
		}
		if err := one(tx.ExecContext(ctx, `UPDATE users SET signed_in_at = $2 WHERE id = $1 AND disabled_at IS NULL`, user, micros(s.now()))); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO sessions (hash, user_id, browser, created_at, seen_at) VALUES ($1, $2, $3, $4, $4)`, hash[:], user, browser, micros(s.now()))
		return err
	})
	if err != nil {
		return fmt.Errorf("add session: %w", err)
	}
	return nil
}

// Session is account.Store's.
func (s *Store) Session(ctx context.Context, hash [32]byte) (session account.Session, u account.User, err error) {
	var n nullUser
	err = s.read(ctx, func(ctx context.Context, db querier) error {
		row := db.QueryRowContext(ctx, `SELECT `+userColumns+`, sessions.created_at, sessions.seen_at
			FROM sessions JOIN users ON users.id = sessions.user_id WHERE hash = $1`, hash[:])
		return orUnknown(row.Scan(append(n.scan(), instant{&session.CreatedAt}, instant{&session.SeenAt})...))
	})
	if err != nil {
		return account.Session{}, account.User{}, fmt.Errorf("find session: %w", err)
	}
	return session, n.user(), nil
}

// SeeSession is account.Store's.
func (s *Store) SeeSession(ctx context.Context, hash [32]byte, at time.Time) error {
	return s.writeOne(ctx, "see session", `UPDATE sessions SET seen_at = $2 WHERE hash = $1`, hash[:], micros(at))
}

// EndSession is account.Store's.
func (s *Store) EndSession(ctx context.Context, hash [32]byte) error {
	return s.writeOne(ctx, "end session", `DELETE FROM sessions WHERE hash = $1`, hash[:])
}

// Sessions is account.Store's.
func (s *Store) Sessions(ctx context.Context, user string) (all []account.Session, err error) {
	err = s.read(ctx, func(ctx context.Context, db querier) error {
		all = nil
		rows, err := db.QueryContext(ctx, `SELECT hash, browser, created_at, seen_at FROM sessions WHERE user_id = $1 ORDER BY seen_at DESC, created_at DESC`, user)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var session account.Session
			var hash []byte
			if err := rows.Scan(&hash, &session.Browser, instant{&session.CreatedAt}, instant{&session.SeenAt}); err != nil {
				return err
			}
			copy(session.Hash[:], hash)
			all = append(all, session)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	return all, nil
}

// EndSessions is account.Store's.
func (s *Store) EndSessions(ctx context.Context, user string) error {
	_, err := s.execute(ctx, "end sessions", `DELETE FROM sessions WHERE user_id = $1`, user)
	return err
}
