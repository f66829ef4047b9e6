package store

import (
	"context"
	"database/sql/driver"
)

// statementsKept is how many prepared statements a connection keeps; it is more than the program has, but for those that
// depend on what somebody looks for.
const statementsKept = 200

// preparing makes connections to SQLite that prepare each text once: to read SQL and to plan it takes longer than to run
// most statements.
type preparing struct{ driver.Connector }

// Connect implements driver.Connector.
func (p preparing) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := p.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &preparingConn{sqliteConn: conn.(sqliteConn), kept: map[string]sqliteStatement{}}, nil
}

// sqliteConn and sqliteStatement are what the driver's connections and statements can do.
type (
	sqliteConn interface {
		driver.Conn
		driver.ConnBeginTx
		driver.ConnPrepareContext
		driver.Pinger
		driver.SessionResetter
		driver.Validator
	}
	sqliteStatement interface {
		driver.Stmt
		driver.StmtExecContext
		driver.StmtQueryContext
	}
)

// preparingConn is a connection with the statements it has prepared and that nobody uses right now, by their text. Like
// any connection it is used by one goroutine at a time.
type preparingConn struct {
	sqliteConn
	kept map[string]sqliteStatement
}

// ExecContext implements driver.ExecerContext.
func (c *preparingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	result, err := s.ExecContext(ctx, args)
	if err != nil {
		_ = s.Close() // it would only say the same
		return nil, err
	}
	return result, c.keep(query, s)
}

// QueryContext implements driver.QueryerContext.
func (c *preparingConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := s.QueryContext(ctx, args)
	if err != nil {
		_ = s.Close() // it would only say the same
		return nil, err
	}
	return &preparedRows{Rows: rows, conn: c, query: query, statement: s}, nil
}

// Close implements driver.Conn.
func (c *preparingConn) Close() error {
	for query, s := range c.kept {
		_ = s.Close() // says why it failed when it ran last, if it did
		delete(c.kept, query)
	}
	return c.sqliteConn.Close()
}

// take returns a statement with this text that nobody uses, until keep.
func (c *preparingConn) take(ctx context.Context, query string) (sqliteStatement, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if s, ok := c.kept[query]; ok {
		delete(c.kept, query)
		return s, nil
	}
	s, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.(sqliteStatement), nil
}

// keep keeps the statement for the next time, in place of any other one if there are too many.
func (c *preparingConn) keep(query string, s sqliteStatement) error {
	if _, ok := c.kept[query]; ok { // it ran while its rows were read
		return s.Close()
	}
	if len(c.kept) >= statementsKept {
		for other, old := range c.kept {
			delete(c.kept, other)
			if err := old.Close(); err != nil {
				return err
			}
			break
		}
	}
	c.kept[query] = s
	return nil
}

// preparedRows are the rows of a statement that is kept once they are read.
type preparedRows struct {
	driver.Rows
	conn      *preparingConn
	query     string
	statement sqliteStatement
}

// Close implements driver.Rows. It is called once.
func (r *preparedRows) Close() error {
	if err := r.Rows.Close(); err != nil {
		_ = r.statement.Close() // it would only say the same
		return err
	}
	return r.conn.keep(r.query, r.statement)
}
