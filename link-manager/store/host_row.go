package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/linkwell/linkwell/link-manager/manners"
)

// host is a row of hosts that is locked, and how many checks of it are out.
type host struct {
	manners.Host
	out int
}

// hosts are locked hosts by name.
type hosts map[string]*host

// hostColumn is a column of hosts: its type in PostgreSQL and, in one host, the field that it holds.
type hostColumn struct {
	name, kind string
	field      any // a pointer
}

// columns are all columns of hosts but the name.
func (h *host) columns() []hostColumn {
	f := &h.Failing
	return []hostColumn{
		{"free_at", "bigint", &h.FreeAt},
		{"hurried_end", "bigint", &h.HurriedEnd},
		{"routine_end", "bigint", &h.RoutineEnd},
		{"paused_until", "bigint", &h.PausedUntil},
		{"held_until", "bigint", &f.HeldUntil},
		{"trouble", "text", &f.Trouble},
		{"failed_targets", "text", &f.Targets},
		{"probes", "bigint", &f.Probes},
		{"asking", "bigint", &f.Asking},
		{"strikes", "bigint", &f.Against.Strikes},
		{"first_strike_at", "bigint", &f.Against.FirstStrikeAt},
		{"last_strike_at", "bigint", &f.Against.LastStrikeAt},
	}
}

// destination is what the column is scanned into.
func (c hostColumn) destination() any {
	switch field := c.field.(type) {
	case *time.Time:
		return instant{field}
	case *[]int64:
		return numbers{field}
	default:
		return field
	}
}

// value is what the column is written as, in JSON.
func (c hostColumn) value() any {
	switch field := c.field.(type) {
	case *time.Time:
		return micros(*field)
	case *bool:
		if *field {
			return 1
		}
		return 0
	case *[]int64:
		return numbers{field}.text()
	default:
		return field
	}
}

// The parts of statements that name every column.
var (
	hostColumnNames = joinHostColumns(func(c hostColumn) string { return c.name })
	hostColumnTypes = joinHostColumns(func(c hostColumn) string { return c.name + " " + c.kind })
	setHostColumns  = joinHostColumns(func(c hostColumn) string { return c.name + " = list." + c.name })
)

func joinHostColumns(part func(hostColumn) string) string {
	var parts []string
	for _, c := range new(host).columns() {
		parts = append(parts, part(c))
	}
	return strings.Join(parts, ", ")
}

// lockHosts returns the named hosts, and keeps others from changing them until the transaction ends. All lock in the order
// of names, and targets before hosts, so that nobody waits in a circle.
func (s *Store) lockHosts(ctx context.Context, tx querier, names []string) (hosts, error) {
	locked := make(hosts, len(names))
	list, err := json.Marshal(names)
	if err != nil {
		return nil, err
	}
	rows, err := tx.QueryContext(ctx, fmt.Sprintf(`
		INSERT INTO hosts (host)
		SELECT value FROM %s AS list WHERE true ORDER BY value
		ON CONFLICT (host) DO UPDATE SET host = excluded.host
		RETURNING host, %s`, s.dialect.list, hostColumnNames), string(list))
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var name string
		h := new(host)
		into := []any{&name}
		for _, c := range h.columns() {
			into = append(into, c.destination())
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		locked[name] = h
	}
	return locked, rows.Err()
}

// saveHosts writes the locked hosts back.
func (s *Store) saveHosts(ctx context.Context, tx querier, h hosts) error {
	rows := make([]any, 0, len(h))
	for name, known := range h {
		row := map[string]any{"host": name}
		for _, c := range known.columns() {
			row[c.name] = c.value()
		}
		rows = append(rows, row)
	}
	return s.each(ctx, tx, rows, "host text, "+hostColumnTypes, `
		UPDATE hosts
		SET `+setHostColumns+`
		FROM %s AS list
		WHERE hosts.host = list.host`)
}

// numbers keeps a list of numbers as a text in a column: 1,2,3 in brackets, which is JSON.
type numbers struct{ n *[]int64 }

func (l numbers) text() string {
	encoded, err := json.Marshal(slices.Concat([]int64{}, *l.n)) // nil would be null
	if err != nil {
		panic("encode numbers: " + err.Error()) // numbers always encode
	}
	return string(encoded)
}

// Scan implements sql.Scanner.
func (l numbers) Scan(value any) error {
	switch value := value.(type) {
	case string:
		return json.Unmarshal([]byte(value), l.n)
	case []byte:
		return json.Unmarshal(value, l.n)
	default:
		return fmt.Errorf("numbers cannot be read from %T", value)
	}
}
