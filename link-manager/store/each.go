package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
)

// each runs a statement once for a whole list of rows, which it reads like a table: %s in the statement stands for it, and
// columns are its columns with their types in PostgreSQL, "id bigint, name text". Its own placeholders begin with $2. It
// does nothing for an empty list.
func (s *Store) each(ctx context.Context, tx querier, rows []any, columns, statement string, args ...any) error {
	if len(rows) == 0 {
		return nil
	}
	list, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, fmt.Sprintf(statement, s.dialect.table(columns)), append([]any{string(list)}, args...)...)
	return err
}

// sqliteTable is the JSON list $1 as a table. jsonb_each does not spell each object out again for every column of it.
func sqliteTable(columns string) string {
	var selected []string
	for column := range strings.SplitSeq(columns, ", ") {
		name, _, _ := strings.Cut(column, " ")
		selected = append(selected, fmt.Sprintf("value ->> '%s' AS %s", name, name))
	}
	return "(SELECT " + strings.Join(selected, ", ") + " FROM jsonb_each($1))"
}

// postgresTable is the JSON list $1 as a table.
func postgresTable(columns string) string {
	return "(SELECT * FROM json_to_recordset($1::text::json) AS list (" + columns + "))"
}
