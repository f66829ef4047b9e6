package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/linkwell/linkwell/link-manager/account"
)

var _ account.Store = (*Store)(nil)

// tokenColumns are what scanToken reads.
//
//nolint:gosec // names of columns
const tokenColumns = `tokens.id, tokens.owner, COALESCE(tokens.made_by, ''), tokens.name, tokens.scopes, tokens.created_at, tokens.expires_at, tokens.last_used_at`

func scanToken(t *account.Token, scopes *string) []any {
	return []any{&t.ID, &t.Owner, &t.MadeBy, &t.Name, scopes, instant{&t.CreatedAt}, instant{&t.ExpiresAt}, instant{&t.LastUsedAt}}
}

// AddToken is account.Store's. Where several are added at once on PostgreSQL, an owner may come to have some more than
// account.MaxTokens.
func (s *Store) AddToken(ctx context.Context, t account.StoredToken) error {
	err := s.write(ctx, func(ctx context.Context, tx querier) error {
		var had int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM tokens WHERE owner = $1`, t.Owner).Scan(&had); err != nil {
			return err
		}
		if had >= account.MaxTokens {
			return account.ErrTooMany
		}
		result, err := tx.ExecContext(ctx, `
			INSERT INTO tokens (id, owner, made_by, name, hash, scopes, created_at, expires_at)
			SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), made.by, CAST($4 AS TEXT), $5, CAST($6 AS TEXT), $7, $8
			FROM (SELECT NULLIF(CAST($3 AS TEXT), '') AS by) AS made
			WHERE made.by IS NULL OR EXISTS (SELECT 1 FROM tokens WHERE id = made.by AND owner = $2)`,
			t.ID, t.Owner, t.MadeBy, t.Name, t.Hash[:], t.Scopes.String(), micros(t.CreatedAt), micros(t.ExpiresAt))
		return one(result, err)
	})
	if err != nil {
		return fmt.Errorf("add token: %w", err)
	}
	return nil
}

// Token is account.Store's.
func (s *Store) Token(ctx context.Context, id string) (t account.StoredToken, u account.User, err error) {
	err = s.read(ctx, func(ctx context.Context, db querier) error {
		var scopes string
		var hash []byte
		var user nullUser
		row := db.QueryRowContext(ctx, `SELECT `+tokenColumns+`, tokens.hash, `+userColumns+`
			FROM tokens LEFT JOIN users ON users.id = tokens.owner WHERE tokens.id = $1`, id)
		if err := row.Scan(append(append(scanToken(&t.Token, &scopes), &hash), user.scan()...)...); err != nil {
			return orUnknown(err)
		}
		if copy(t.Hash[:], hash) != len(t.Hash) {
			return errors.New("the hash of a token is too short")
		}
		t.Scopes, u = account.ScopesFrom(scopes), user.user()
		return nil
	})
	if err != nil {
		return account.StoredToken{}, account.User{}, fmt.Errorf("find token: %w", err)
	}
	return t, u, nil
}

// Tokens is account.Store's: the newest first.
func (s *Store) Tokens(ctx context.Context, owner string) (all []account.Token, err error) {
	err = s.read(ctx, func(ctx context.Context, db querier) error {
		all = nil
		rows, err := db.QueryContext(ctx, `SELECT `+tokenColumns+` FROM tokens WHERE owner = $1 ORDER BY created_at DESC, id`, owner)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var t account.Token
			var scopes string
			if err := rows.Scan(scanToken(&t, &scopes)...); err != nil {
				return err
			}
			t.Scopes = account.ScopesFrom(scopes)
			all = append(all, t)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	return all, nil
}

// RevokeToken is account.Store's. What was made with the token goes with it.
func (s *Store) RevokeToken(ctx context.Context, owner, id string) error {
	return s.writeOne(ctx, "revoke token", `DELETE FROM tokens WHERE owner = $1 AND id = $2`, owner, id)
}

// UseToken is account.Store's.
func (s *Store) UseToken(ctx context.Context, id string, at time.Time) error {
	return s.writeOne(ctx, "use token", `UPDATE tokens SET last_used_at = $2 WHERE id = $1`, id, micros(at))
}

// writeOne runs a statement that is about one row. It fails with account.ErrNotFound if that is not there.
func (s *Store) writeOne(ctx context.Context, verb, statement string, args ...any) error {
	n, err := s.execute(ctx, verb, statement, args...)
	if err == nil && n == 0 {
		return fmt.Errorf("%s: %w", verb, account.ErrNotFound)
	}
	return err
}

// one fails with account.ErrNotFound if a statement changed nothing.
func one(result sql.Result, err error) error {
	n, err := affected(result, err)
	if err == nil && n == 0 {
		return account.ErrNotFound
	}
	return err
}

// orUnknown is err, or account.ErrNotFound for a row that is not there.
func orUnknown(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return account.ErrNotFound
	}
	return err
}
