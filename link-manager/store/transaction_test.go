package store

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store/storetest/postgrestest"
)

// onBoth runs the test on a fresh database of each kind.
func onBoth(t *testing.T, test func(t *testing.T, s *Store)) {
	for name, config := range map[string]func(*testing.T) Config{
		"SQLite":     func(t *testing.T) Config { return Config{Path: filepath.Join(t.TempDir(), "linkwell.db")} },
		"PostgreSQL": func(t *testing.T) Config { return Config{URL: postgrestest.URL(t)} },
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t, config(t))) })
	}
}

func open(t *testing.T, c Config) *Store {
	t.Helper()
	s, err := Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// adoption returns a transaction that leaves a target behind and then does what comes next.
func adoption(s *Store, then func() error) func(context.Context, querier) error {
	return func(ctx context.Context, tx querier) error {
		if _, err := adopt(ctx, tx, "ann", "https://example.com/", s.now()); err != nil {
			return err
		}
		return then()
	}
}

func (s *Store) expectTargets(t *testing.T, want int) {
	t.Helper()
	got, err := s.count(t.Context(), `SELECT count(*) FROM targets`)
	if err != nil || got != want {
		t.Errorf("targets: got %d (%v), want %d", got, err, want)
	}
}

func TestATransactionThatFailsLeavesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		failure := errors.New("failure")
		if err := s.write(t.Context(), adoption(s, func() error { return failure })); !errors.Is(err, failure) {
			t.Errorf("got error %v, want %v", err, failure)
		}
		s.expectTargets(t, 0)
	})
}

func TestATransactionThatPanicsLeavesNothingAndHoldsNobodyUp(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		func() {
			defer func() { _ = recover() }()
			_ = s.write(t.Context(), adoption(s, func() error { panic("failure") }))
		}()
		s.expectTargets(t, 0)
		if err := s.Writable(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestATransactionIsRunAgainUntilItSucceeds(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		runs := 0
		err := s.write(t.Context(), adoption(s, func() error {
			if runs++; runs < 3 {
				return errMoved
			}
			return nil
		}))
		if err != nil || runs != 3 {
			t.Errorf("got error %v after %d runs, want none after 3", err, runs)
		}
		s.expectTargets(t, 1)
	})
}

func TestATransactionIsNotRunForEver(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		runs := 0
		err := s.write(t.Context(), adoption(s, func() error { runs++; return errMoved }))
		if !errors.Is(err, errMoved) || runs != writeAttempts {
			t.Errorf("got error %v after %d runs, want %v after %d", err, runs, errMoved, writeAttempts)
		}
		ctx, cancel := context.WithCancel(t.Context())
		runs = 0
		err = s.write(ctx, adoption(s, func() error { runs++; cancel(); return errMoved }))
		if err == nil || runs != 1 {
			t.Errorf("got error %v after %d runs, want one after 1", err, runs)
		}
		s.expectTargets(t, 0)
	})
}

func TestADeadlockIsSolvedByRunningOneTransactionAgain(t *testing.T) {
	s := open(t, Config{URL: postgrestest.URL(t)})
	for _, url := range []string{"https://example.com/0", "https://example.com/1"} {
		if _, err := s.Add(t.Context(), "ann", link.Draft{URL: url}); err != nil {
			t.Fatal(err)
		}
	}
	var both sync.WaitGroup // done once each has locked its first target
	both.Add(2)
	cross := func(first, second int64) error {
		var once sync.Once
		return s.write(t.Context(), func(ctx context.Context, tx querier) error {
			if _, err := s.lockTarget(ctx, tx, first); err != nil {
				return err
			}
			once.Do(both.Done)
			both.Wait()
			_, err := s.lockTarget(ctx, tx, second)
			return err
		})
	}
	done := make(chan error)
	go func() { done <- cross(1, 2) }()
	go func() { done <- cross(2, 1) }()
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func TestOnlySerializationFailuresAreRetried(t *testing.T) {
	for code, want := range map[string]bool{"40001": true, "40P01": true, "23505": false, "57014": false, "": false} {
		if got := postgresRetryable(&pgconn.PgError{Code: code}); got != want {
			t.Errorf("%q: got %t, want %t", code, got, want)
		}
	}
}
