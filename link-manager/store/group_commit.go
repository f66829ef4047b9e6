package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

const (
	// groupMembers is how many callers share a commit at most.
	groupMembers = 256
	// groupAge is how old a transaction gets before it is committed although others wait to join it.
	groupAge = 10 * time.Millisecond
)

// errNothingKept means that the transaction which several callers shared came to nothing.
var errNothingKept = errors.New("nothing was kept")

// groupCommit lets those who write to SQLite at the same time share a transaction, and so the one flush to the disk that
// makes it last.
//
// Callers take turns, first come, first served. In its turn a caller runs its statements, on its own goroutine and in a
// savepoint of its own, so that its error or panic undoes nobody else's. If somebody waits it hands on the transaction
// together with the turn, and whoever finds nobody behind it, or the group full or old, commits for all. So nobody waits
// for company: those who come during a commit are the next group, and one who is alone commits at once.
//
// Members see what those before them in the group wrote, but the world does not hear of it before it is on the disk: each
// is answered after the commit, also one that failed, because of what it saw perhaps. If the commit fails, all of them
// fail. Since they wait for each other, none may wait for another within its turn; one writer at a time never allowed that.
type groupCommit struct {
	db *sql.DB
	// members and age are when a group takes nobody any more.
	members int
	age     time.Duration

	mu sync.Mutex
	// taken is true while it is somebody's turn.
	taken bool
	// line is who waits for it.
	line []*waiter
}

// waiter is a caller in the line.
type waiter struct {
	// turn tells the group that the caller joins, or nil to begin one.
	turn chan *group
	// long means that the caller joins none: those whose part is done would have to wait for it.
	long bool
}

func newGroupCommit(db *sql.DB) *groupCommit {
	return &groupCommit{db: db, members: groupMembers, age: groupAge}
}

// group is a transaction and the callers that share it. Only whose turn it is touches it, but for what done guards.
type group struct {
	conn *sql.Conn
	// begun is when it was begun, or what takes long was done.
	begun time.Time
	// members is how many have had their turn; 0 again if the first failed, which ends the group.
	members int
	// err is why nothing is kept; nil if everything is.
	err error
	// done is closed once that is decided.
	done chan struct{}
}

// write runs fn as a part of a transaction that others may share, and returns once that is committed; if it returns an
// error, nothing of fn is left. If ctx ends, no further statement of fn is begun; what was done by then is kept if fn
// returns nil, and write says so.
//
// What takes long begins a transaction, so that nobody whose part is done waits for it. Those who come meanwhile have to wait
// in any case, and share its flush to the disk.
func (c *groupCommit) write(ctx context.Context, long bool, fn func(ctx context.Context, tx querier) error) error {
	g, err := c.takeTurn(ctx, long)
	if err != nil {
		return err
	}
	g, err = c.takePart(ctx, g, long, fn)
	if g == nil {
		return err
	}
	<-g.done // without a look at ctx: whoever gave up now could not tell what was kept
	if g.err != nil {
		return g.err
	}
	return err
}

// takePart runs fn in the group, or a new one, and gives the turn away, also if fn panics.
func (c *groupCommit) takePart(ctx context.Context, g *group, long bool, fn func(ctx context.Context, tx querier) error) (_ *group, err error) {
	defer func() { c.endTurn(g) }()
	if g == nil {
		if g, err = c.begin(ctx); err != nil {
			return nil, err
		}
	}
	err = g.run(ctx, fn)
	if long {
		g.begun = time.Now()
	}
	return g, err
}

// takeTurn waits until it is the caller's turn, and returns the group that it joins; nil if there is none. If ctx ends
// first the caller has left the line.
func (c *groupCommit) takeTurn(ctx context.Context, long bool) (*group, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c.mu.Lock()
	if !c.taken {
		c.taken = true
		c.mu.Unlock()
		return nil, nil
	}
	waits := &waiter{turn: make(chan *group, 1), long: long}
	c.line = append(c.line, waits)
	c.mu.Unlock()
	select {
	case g := <-waits.turn:
		return g, nil
	case <-ctx.Done():
	}
	c.mu.Lock()
	at := slices.Index(c.line, waits)
	if at >= 0 {
		c.line = slices.Delete(c.line, at, at+1)
	}
	c.mu.Unlock()
	if at < 0 { // its turn came at the same moment
		c.endTurn(<-waits.turn)
	}
	return nil, ctx.Err()
}

// endTurn hands the turn on together with the group, if somebody may join it; else after the commit.
func (c *groupCommit) endTurn(g *group) {
	if g != nil {
		if c.open(g) && c.pass(g) {
			return
		}
		g.end()
	}
	c.pass(nil)
}

// pass gives the turn to the first in the line, together with the group. If there is nobody, or nobody who would join, it
// returns false, and the turn is free if g is nil.
func (c *groupCommit) pass(g *group) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.line) == 0 || g != nil && c.line[0].long {
		c.taken = g != nil
		return false
	}
	c.line[0].turn <- g
	c.line = c.line[1:]
	return true
}

// open reports whether others may join the group.
func (c *groupCommit) open(g *group) bool {
	return g.err == nil && g.members > 0 && g.members < c.members && time.Since(g.begun) < c.age
}

// begin begins a group. It may wait for another process to let go of the file, until ctx ends.
func (c *groupCommit) begin(ctx context.Context) (*group, error) {
	conn, err := c.db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("begin: %w", err)
	}
	g := &group{conn: conn, begun: time.Now(), done: make(chan struct{})}
	// To write from the start: a transaction that began by reading could not wait for its turn to write.
	if _, err := conn.ExecContext(ctx, `BEGIN IMMEDIATE`); err != nil {
		_ = g.do(`ROLLBACK`) // if it was broken off it may have begun all the same
		return nil, errors.Join(fmt.Errorf("begin: %w", err), conn.Close())
	}
	return g, nil
}

// run runs fn as the next member of the group. If it fails or panics, nothing of it stays in the transaction.
func (g *group) run(ctx context.Context, fn func(ctx context.Context, tx querier) error) (err error) {
	g.members++
	first := g.members == 1 // needs no savepoint: there is nothing but its own to undo
	if !first {
		if err := g.do(`SAVEPOINT member`); err != nil {
			g.fail(err)
			return err
		}
	}
	whole := false
	defer func() {
		switch {
		case whole:
		case first:
			_ = g.do(`ROLLBACK`) // fails if SQLite has done it by itself
			g.members = 0
		default:
			// SQLite undoes the transaction as a whole if it runs out of room; then there is no savepoint any more.
			if undo := errors.Join(g.do(`ROLLBACK TO member`), g.do(`RELEASE member`)); undo != nil {
				g.fail(errors.Join(err, undo))
			}
		}
	}()
	if err := fn(ctx, member{g.conn}); err != nil {
		return err
	}
	if !first {
		if err := g.do(`RELEASE member`); err != nil {
			return err
		}
	}
	whole = true
	return nil
}

// fail decides that nothing of the group is kept.
func (g *group) fail(why error) {
	if g.err == nil {
		g.err = fmt.Errorf("commit: %w: %w", errNothingKept, why)
	}
}

// end commits the group, if there is anything in it, or rolls it back if it failed, and lets all members know.
func (g *group) end() {
	if g.err == nil && g.members > 0 {
		if err := g.do(`COMMIT`); err != nil {
			g.fail(err)
		}
	}
	if g.err != nil {
		_ = g.do(`ROLLBACK`) // fails if SQLite has done it by itself
	}
	_ = g.conn.Close() // gives the connection back to the pool, which sees for itself whether it is of use
	close(g.done)
}

// do runs a statement that belongs to all members, so that no one's context ends it.
func (g *group) do(statement string) error {
	_, err := g.conn.ExecContext(context.Background(), statement)
	return err
}

// member is the transaction as one member sees it.
type member struct{ conn *sql.Conn }

func (m member) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return m.conn.ExecContext(unbroken(ctx), query, args...)
}

func (m member) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return m.conn.QueryContext(unbroken(ctx), query, args...)
}

func (m member) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return m.conn.QueryRowContext(unbroken(ctx), query, args...)
}

// unbroken lets a statement that has begun come to its end: SQLite would undo the transaction of all if it broke one off. If
// ctx has ended already it is returned as it is, and the statement does not begin.
func unbroken(ctx context.Context) context.Context {
	if ctx.Err() != nil {
		return ctx
	}
	return context.WithoutCancel(ctx)
}
