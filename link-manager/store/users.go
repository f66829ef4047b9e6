package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/linkwell/linkwell/link-manager/account"
)

// userColumns are what nullUser reads.
const userColumns = `users.id, users.name, users.login, users.issuer, users.subject, users.admin, users.created_at, users.signed_in_at, users.disabled_at`

// nullUser is a user, or none where a join found none.
type nullUser struct {
	id, name, login, issuer, subject sql.NullString
	admin                            sql.NullInt64
	created, signedIn, disabled      time.Time
}

func (n *nullUser) scan() []any {
	return []any{&n.id, &n.name, &n.login, &n.issuer, &n.subject, &n.admin, instant{&n.created}, instant{&n.signedIn}, instant{&n.disabled}}
}

func (n *nullUser) user() account.User {
	return account.User{
		ID: n.id.String, Name: n.name.String, Login: n.login.String, Issuer: n.issuer.String, Subject: n.subject.String,
		Admin: n.admin.Int64 == 1, CreatedAt: n.created, SignedInAt: n.signedIn, DisabledAt: n.disabled,
	}
}

// AddUser is account.Store's.
func (s *Store) AddUser(ctx context.Context, u account.User, password string) error {
	err := s.write(ctx, func(ctx context.Context, tx querier) error {
		result, err := tx.ExecContext(ctx, `
			INSERT INTO users (id, name, admin, login, password, created_at) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (login) DO NOTHING`,
			u.ID, u.Name, bit(u.Admin), u.Login, password, micros(u.CreatedAt))
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 1 {
			return err
		}
		return account.ErrTaken
	})
	if err != nil {
		return fmt.Errorf("add user: %w", err)
	}
	return nil
}

// User is account.Store's.
func (s *Store) User(ctx context.Context, id string) (account.User, error) {
	u, _, err := s.userWhere(ctx, `id = $1`, id)
	return u, err
}

// UserByLogin is account.Store's.
func (s *Store) UserByLogin(ctx context.Context, login string) (account.User, string, error) {
	return s.userWhere(ctx, `login = $1`, login)
}

func (s *Store) userWhere(ctx context.Context, condition string, value string) (account.User, string, error) {
	var n nullUser
	var password sql.NullString
	err := s.read(ctx, func(ctx context.Context, db querier) error {
		row := db.QueryRowContext(ctx, `SELECT `+userColumns+`, password FROM users WHERE `+condition, value)
		return orUnknown(row.Scan(append(n.scan(), &password)...))
	})
	if err != nil {
		return account.User{}, "", fmt.Errorf("find user: %w", err)
	}
	return n.user(), password.String, nil
}

// Users is account.Store's.
func (s *Store) Users(ctx context.Context, after string, limit int) (all []account.User, err error) {
	err = s.read(ctx, func(ctx context.Context, db querier) error {
		all = nil
		rows, err := db.QueryContext(ctx, `SELECT `+userColumns+` FROM users WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var n nullUser
			if err := rows.Scan(n.scan()...); err != nil {
				return err
			}
			all = append(all, n.user())
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("list users: %w", err)
	}
	return all, nil
}

// ChangeUser is account.Store's.
func (s *Store) ChangeUser(ctx context.Context, id string, c account.UserChange) (account.User, error) {
	var n nullUser
	err := s.write(ctx, func(ctx context.Context, tx querier) error {
		var admin, disabled, password any
		if c.Admin != nil {
			admin = bit(*c.Admin)
		}
		if c.Disabled != nil {
			disabled = bit(*c.Disabled)
		}
		if c.Password != nil {
			password = *c.Password
		}
		row := tx.QueryRowContext(ctx, `
			UPDATE users SET
				admin = COALESCE(CAST($2 AS BIGINT), admin),
				password = COALESCE(CAST($3 AS TEXT), password),
				disabled_at = CASE CAST($4 AS BIGINT) WHEN 1 THEN COALESCE(disabled_at, $5) WHEN 0 THEN NULL ELSE disabled_at END
			WHERE id = $1 RETURNING `+userColumns,
			id, admin, password, disabled, micros(s.now()))
		if err := row.Scan(n.scan()...); err != nil {
			return orUnknown(err)
		}
		if c.Password == nil && n.disabled.IsZero() {
			return nil
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE user_id = $1`, id)
		return err
	})
	if err != nil {
		return account.User{}, fmt.Errorf("change user: %w", err)
	}
	return n.user(), nil
}

// Meet is account.Store's.
func (s *Store) Meet(ctx context.Context, p account.Person, id string) (account.User, error) {
	var n nullUser
	err := s.write(ctx, func(ctx context.Context, tx querier) error {
		return tx.QueryRowContext(ctx, `
			INSERT INTO users (id, name, issuer, subject, created_at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (issuer, subject) DO UPDATE SET name = excluded.name
			RETURNING `+userColumns,
			id, p.Name, p.Issuer, p.Subject, micros(s.now())).Scan(n.scan()...)
	})
	if err != nil {
		return account.User{}, fmt.Errorf("meet user: %w", err)
	}
	return n.user(), nil
}

// bit is a truth as both databases keep it.
func bit(truth bool) int {
	if truth {
		return 1
	}
	return 0
}
