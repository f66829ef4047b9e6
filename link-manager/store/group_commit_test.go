package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store/storetest/disktest"
)

// sharing is a new SQLite database whose writers wait for nothing but their turn, however long the test holds a group.
func sharing(t *testing.T) *Store {
	t.Helper()
	s := open(t, Config{Path: filepath.Join(t.TempDir(), "linkwell.db")})
	s.together.age = time.Hour
	return s
}

// writeTogether runs the transactions one after the other in this order, and returns what each came to. The first does not
// begin before all others stand in line.
func (s *Store) writeTogether(t *testing.T, transactions ...func(context.Context, querier) error) []error {
	t.Helper()
	return s.writeInLine(t, make([]bool, len(transactions)), transactions...)
}

// writeInLine is writeTogether, where some take long.
func (s *Store) writeInLine(t *testing.T, long []bool, transactions ...func(context.Context, querier) error) []error {
	t.Helper()
	errs := make([]error, len(transactions))
	begun, go1 := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		errs[0] = s.writeUntilKept(t.Context(), long[0], func(ctx context.Context, tx querier) error {
			close(begun)
			<-go1
			return transactions[0](ctx, tx)
		})
	})
	<-begun
	for i, fn := range transactions[1:] {
		all.Go(func() { errs[i+1] = s.writeUntilKept(t.Context(), long[i+1], fn) })
		s.waitForLine(t, i+1)
	}
	close(go1)
	all.Wait()
	return errs
}

// waitForLine waits until n stand in line for their turn to write.
func (s *Store) waitForLine(t *testing.T, n int) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; runtime.Gosched() {
		s.together.mu.Lock()
		got := len(s.together.line)
		s.together.mu.Unlock()
		if got == n {
			return
		}
		if time.Now().After(deadline) {
			t.Errorf("%d stand in line, want %d", got, n)
			return
		}
	}
}

// newTarget is a transaction that makes a target of its own and then does what comes next.
func (s *Store) newTarget(n int, then func(ctx context.Context, tx querier) error) func(context.Context, querier) error {
	return func(ctx context.Context, tx querier) error {
		if _, err := adopt(ctx, tx, "ann", fmt.Sprintf("https://example.com/%d", n), s.now()); err != nil {
			return err
		}
		return then(ctx, tx)
	}
}

func succeed(context.Context, querier) error { return nil }

func expectErrors(t *testing.T, got []error, want ...error) {
	t.Helper()
	for i := range want {
		if !errors.Is(got[i], want[i]) || want[i] == nil && got[i] != nil {
			t.Errorf("transaction %d: got error %v, want %v", i, got[i], want[i])
		}
	}
}

func TestATransactionThatFailsUndoesNobodyElses(t *testing.T) {
	failure := errors.New("failure")
	fail := func(context.Context, querier) error { return failure }
	for name, fails := range map[string]int{"the first": 0, "one in the middle": 1, "the last": 3} {
		t.Run(name, func(t *testing.T) {
			s := sharing(t)
			transactions, want := make([]func(context.Context, querier) error, 4), make([]error, 4)
			for i := range transactions {
				transactions[i] = s.newTarget(i, succeed)
			}
			transactions[fails], want[fails] = s.newTarget(fails, fail), failure
			expectErrors(t, s.writeTogether(t, transactions...), want...)
			s.expectTargets(t, 3)
		})
	}
}

func TestATransactionThatPanicsDoesSoToItsCallerAlone(t *testing.T) {
	for name, panics := range map[string]int{"the first": 0, "one in the middle": 1, "the last": 3} {
		t.Run(name, func(t *testing.T) {
			s := sharing(t)
			begun, go1 := make(chan struct{}), make(chan struct{})
			errs, panicked := make([]error, 4), make([]any, 4)
			var all sync.WaitGroup
			for i := range errs {
				all.Go(func() {
					defer func() { panicked[i] = recover() }()
					errs[i] = s.write(t.Context(), s.newTarget(i, func(context.Context, querier) error {
						if i == 0 {
							close(begun)
							<-go1
						}
						if i == panics {
							panic("failure")
						}
						return nil
					}))
				})
				<-begun
				s.waitForLine(t, i)
			}
			close(go1)
			all.Wait()
			expectErrors(t, errs, nil, nil, nil, nil)
			for i, got := range panicked {
				if (got != nil) != (i == panics) {
					t.Errorf("transaction %d panicked with %v", i, got)
				}
			}
			s.expectTargets(t, 3)
		})
	}
}

func TestTransactionsShareACommitUpToABoundInTheOrderTheyCame(t *testing.T) {
	for name, c := range map[string]struct {
		members int
		age     time.Duration
		seen    []int // how many targets the world knew of at each one's turn
	}{
		"as many as wait":          {members: 100, age: time.Hour, seen: []int{0, 0, 0, 0, 0, 0, 0}},
		"no more than so many":     {members: 3, age: time.Hour, seen: []int{0, 0, 0, 3, 3, 3, 6}},
		"no longer than some time": {members: 100, age: 0, seen: []int{0, 1, 2, 3, 4, 5, 6}},
	} {
		t.Run(name, func(t *testing.T) {
			s := sharing(t)
			s.together.members, s.together.age = c.members, c.age
			var order, seen []int
			var transactions []func(context.Context, querier) error
			for i := range c.seen {
				transactions = append(transactions, s.newTarget(i, func(ctx context.Context, _ querier) error {
					n, err := s.count(ctx, `SELECT count(*) FROM targets`)
					order, seen = append(order, i), append(seen, n)
					return err
				}))
			}
			expectErrors(t, s.writeTogether(t, transactions...), make([]error, len(c.seen))...)
			if !slices.Equal(seen, c.seen) || !slices.IsSorted(order) {
				t.Errorf("in the order %d the world knew of %d, want %d", order, seen, c.seen)
			}
			s.expectTargets(t, len(c.seen))
		})
	}
}

func TestWhatTakesLongHasNobodyWaitWhosePartIsDone(t *testing.T) {
	const age = 500 * time.Millisecond
	for name, c := range map[string]struct {
		long []bool
		seen []int // how many targets the world knew of at each one's turn
	}{
		"others join it, however long it took": {long: []bool{true, false, false}, seen: []int{0, 0, 0}},
		"it joins nobody":                      {long: []bool{false, false, true, false}, seen: []int{0, 0, 2, 2}},
		"nor another that takes long":          {long: []bool{true, true, false}, seen: []int{0, 1, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			s := sharing(t)
			s.together.age = age
			var seen []int
			var transactions []func(context.Context, querier) error
			for i := range c.seen {
				transactions = append(transactions, s.newTarget(i, func(ctx context.Context, _ querier) error {
					n, err := s.count(ctx, `SELECT count(*) FROM targets`)
					seen = append(seen, n)
					if c.long[i] {
						time.Sleep(age)
					}
					return err
				}))
			}
			expectErrors(t, s.writeInLine(t, c.long, transactions...), make([]error, len(c.seen))...)
			if !slices.Equal(seen, c.seen) {
				t.Errorf("the world knew of %d, want %d", seen, c.seen)
			}
			s.expectTargets(t, len(c.seen))
		})
	}
}

func TestACallerThatGivesUpInLineLeavesItAndNobodyElseDoes(t *testing.T) {
	s := sharing(t)
	ctx, giveUp := context.WithCancel(t.Context())
	gaveUp := make(chan error, 1)
	first := s.newTarget(0, func(context.Context, querier) error {
		giveUp()
		if err := <-gaveUp; !errors.Is(err, context.Canceled) { // while the others still wait
			return fmt.Errorf("who gave up was told %w", err)
		}
		return nil
	})
	go func() {
		s.waitForLine(t, 1)
		gaveUp <- s.write(ctx, s.newTarget(1, succeed))
	}()
	begun := make(chan struct{})
	var all sync.WaitGroup
	errs := make([]error, 2)
	all.Go(func() {
		errs[0] = s.write(t.Context(), func(ctx context.Context, tx querier) error {
			close(begun)
			s.waitForLine(t, 2)
			return first(ctx, tx)
		})
	})
	<-begun
	all.Go(func() { errs[1] = s.write(t.Context(), s.newTarget(2, succeed)) })
	all.Wait()
	expectErrors(t, errs, nil, nil)
	s.expectTargets(t, 2)
}

func TestACallerThatGivesUpInItsTurnUndoesItsOwnOnly(t *testing.T) {
	s := sharing(t)
	var stopped error
	errs := s.writeTogether(t, s.newTarget(0, succeed), func(ctx context.Context, tx querier) error {
		ctx, giveUp := context.WithCancel(ctx)
		return s.newTarget(1, func(_ context.Context, tx querier) error {
			giveUp()
			_, stopped = adopt(ctx, tx, "ann", "https://example.com/more", s.now())
			return stopped
		})(ctx, tx)
	}, s.newTarget(2, succeed))
	expectErrors(t, errs, nil, context.Canceled, nil)
	s.expectTargets(t, 2)
}

func TestACallerThatGivesUpTooLateIsToldThatItIsKept(t *testing.T) {
	s := sharing(t)
	ctx, giveUp := context.WithCancel(t.Context())
	var all sync.WaitGroup
	var first, second error
	begun := make(chan struct{})
	all.Go(func() {
		first = s.write(ctx, s.newTarget(0, func(context.Context, querier) error {
			close(begun)
			s.waitForLine(t, 1)
			return nil
		}))
	})
	<-begun
	all.Go(func() {
		second = s.write(t.Context(), s.newTarget(1, func(context.Context, querier) error { giveUp(); return nil }))
	})
	all.Wait()
	expectErrors(t, []error{first, second}, nil, nil)
	s.expectTargets(t, 2)
}

func TestAGroupThatIsUndoneIsToldToAll(t *testing.T) {
	s := sharing(t)
	errs := s.writeTogether(t, s.newTarget(0, succeed), s.newTarget(1, func(ctx context.Context, tx querier) error {
		_, err := tx.ExecContext(ctx, `ROLLBACK`) // as SQLite does by itself when it runs out of room or memory
		return err
	}), s.newTarget(2, succeed))
	expectErrors(t, errs, errNothingKept, errNothingKept, nil)
	s.expectTargets(t, 1)
}

func TestACommitThatFailsForWantOfRoomFailsForAll(t *testing.T) {
	disktest.Inside(t, func(t *testing.T) {
		folder := t.TempDir()
		disk := disktest.Mount(t, folder, 4<<20)
		s := open(t, Config{Path: filepath.Join(folder, "linkwell.db")})
		s.together.age = time.Hour
		add := func(i int) func(context.Context, querier) error {
			d, url, err := s.prepare(link.Draft{URL: fmt.Sprintf("https://example.com/%d", i), Description: strings.Repeat("long ", 1000)})
			if err != nil {
				t.Fatal(err)
			}
			return func(ctx context.Context, tx querier) error {
				target, err := adopt(ctx, tx, "ann", url, s.now())
				if err != nil {
					return err
				}
				l := link.Link{ID: uuid.NewString(), Owner: "ann", URL: d.URL, Description: d.Description, CreatedAt: s.now(), UpdatedAt: s.now()}
				return s.insertLink(ctx, tx, saved{Link: l, targetID: target.id})
			}
		}
		disk.Fill()
		// The last one is a duplicate of what is not kept either, so that it must not be told so.
		errs := s.writeTogether(t, add(0), add(1), add(2), add(1))
		expectErrors(t, errs, ErrDiskFull, ErrDiskFull, ErrDiskFull, ErrDiskFull)
		expectErrors(t, errs, errNothingKept, errNothingKept, errNothingKept, errNothingKept)
		s.expectTargets(t, 0)
		disk.Free()
		errs = s.writeTogether(t, add(0), add(1), add(2), add(1))
		var duplicate *link.DuplicateError
		if expectErrors(t, errs, nil, nil, nil); !errors.As(errs[3], &duplicate) {
			t.Errorf("the duplicate: %v", errs[3])
		}
		s.expectTargets(t, 3)
		s.expectIntegrity(t)
	})
}

// TestWhatIsKeptIsWhatWasAcknowledged has many callers save, fail, panic and give up at random.
func TestWhatIsKeptIsWhatWasAcknowledged(t *testing.T) {
	const callers, rounds = 32, 15
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	s := open(t, Config{Path: filepath.Join(t.TempDir(), "linkwell.db")})
	s.together.members = 7 // so that groups end for this reason, too
	var mu sync.Mutex
	acknowledged := map[string]bool{}
	var all sync.WaitGroup
	for caller := range callers {
		random := rand.New(rand.NewPCG(seed, uint64(caller)))
		all.Go(func() {
			for round := range rounds {
				url := fmt.Sprintf("https://example.com/%d/%d", caller, round)
				if s.tryAtRandom(t, random, url) {
					mu.Lock()
					acknowledged[url] = true
					mu.Unlock()
				}
			}
		})
	}
	all.Wait()
	rows, err := s.reader.QueryContext(t.Context(), `SELECT url FROM targets`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	kept := map[string]bool{}
	for rows.Next() {
		var url string
		if err := rows.Scan(&url); err != nil {
			t.Fatal(err)
		}
		kept[url] = true
		if !acknowledged[url] {
			t.Errorf("%s was kept, but its caller was told that it was not", url)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if len(kept) != len(acknowledged) || len(kept) == 0 {
		t.Errorf("%d are kept of %d that were acknowledged", len(kept), len(acknowledged))
	}
}

// tryAtRandom makes a target of the URL, or fails to, and returns whether it was acknowledged.
func (s *Store) tryAtRandom(t *testing.T, random *rand.Rand, url string) (acknowledged bool) {
	failure := errors.New("failure")
	fate, pause := random.IntN(8), time.Duration(random.IntN(2_000))*time.Microsecond
	ctx, giveUp := context.WithCancel(t.Context())
	defer giveUp()
	switch fate {
	case 0:
		defer func() { _ = recover() }()
	case 1:
		defer time.AfterFunc(pause, giveUp).Stop()
	}
	err := s.write(ctx, func(ctx context.Context, tx querier) error {
		if _, err := adopt(ctx, tx, "ann", url, s.now()); err != nil {
			return err
		}
		switch fate {
		case 0:
			panic(failure)
		case 2:
			return failure
		}
		return nil
	})
	if err != nil && !errors.Is(err, failure) && !errors.Is(err, context.Canceled) {
		t.Errorf("%s: %v", url, err)
	}
	return err == nil
}

func (s *Store) expectIntegrity(t *testing.T) {
	t.Helper()
	var integrity string
	if err := s.writer.QueryRowContext(t.Context(), `PRAGMA integrity_check`).Scan(&integrity); err != nil || integrity != "ok" {
		t.Errorf("integrity: %s, %v", integrity, err)
	}
}
