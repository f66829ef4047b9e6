package store

import (
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// dialect is all that differs between SQLite and PostgreSQL once a connection is open.
type dialect struct {
	goose      goose.Dialect
	migrations fs.FS
	// migrationLock lets several processes start at once; nil where only one can.
	migrationLock lock.SessionLocker

	// begin is run first in every transaction; empty for nothing.
	begin string
	// atClose is run last of all; empty for nothing.
	atClose string
	// retryable reports whether a transaction that failed with this error may succeed when it is run again.
	retryable func(error) bool
	// full reports whether a statement failed for want of room on the database's disk.
	full func(error) bool

	// lockTarget ($1 id) and lockOutstanding ($1 check_id) select targetColumns of one target and keep everybody else
	// from writing it until the transaction ends.
	lockTarget      string
	lockOutstanding string
	// nextQueued selects targetColumns of the target that has waited longest to be settled, of those nobody else has
	// locked, and locks it.
	nextQueued string
	// skipLocked ends a select: its rows are locked, and those that others have locked are left out.
	skipLocked string
	// hits is the links l that the full-text index finds for an expression, of which %s is the placeholder; words is how
	// such an expression is written.
	hits  string
	words wordSyntax
	// countHits counts what the full-text index finds for the expression $1, up to %d; empty if it would find all for that.
	countHits string
	// frozenCheckedAt is when the newest answer came that links.frozen of a link l holds.
	frozenCheckedAt string

	// list is the JSON list $1, of strings, as a table with the column value.
	list string
	// table is the JSON list $1, of objects, as a table with these columns: "id bigint, name text".
	table func(columns string) string
	// changeKey is the primary key of changes. lastChange selects the last number that one of them was given, and
	// numberChanges numbers the first $1 of those without one; empty where they are born with their number.
	changeKey, lastChange, numberChanges string
	// unhex is the expression for the bytes that an expression spells in hexadecimal.
	unhex func(expression string) string
	// id is the expression for an id that an expression spells.
	id func(expression string) string
}
