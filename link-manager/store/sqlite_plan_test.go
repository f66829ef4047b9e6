package store

import (
	"path/filepath"
	"strings"
	"testing"
)

// SQLite knows nothing of how many rows an index leads to, and takes another where two seem alike. What is asked for every
// claim must never read all of a lane, or all of a host.
func TestSQLiteClaimsByTheIndicesThatAreMeantForIt(t *testing.T) {
	s := open(t, Config{Path: filepath.Join(t.TempDir(), "linkwell.db")})
	for name, test := range map[string]struct {
		query string
		args  []any
		want  string
	}{
		"what is due":                  {selectDue, []any{LaneDue, 1, 1}, "targets_due (lane=? AND due_at<?)"},
		"what is due of an owner":      {selectDueOf, []any{LaneDue, 1, 1, "ann"}, "targets_queued_by (lane=? AND queued_by=? AND due_at<?)"},
		"what was not answered":        {selectExpired, []any{LaneDue, 1, 1}, "targets_outstanding (lane=? AND lease_until<?)"},
		"how much of a host is out":    {s.dialect.selectOut(), []any{`["example.com"]`, 1}, "targets_host_outstanding (host=? AND lease_until>?)"},
		"the check that was asked for": {selectOutstanding, []any{"0f6c"}, "targets_check_id (check_id=?)"},
	} {
		if plan := s.plan(t, test.query, test.args...); !strings.Contains(plan, test.want) || strings.Contains(plan, "SCAN targets") {
			t.Errorf("%s is found by\n%swant %s", name, plan, test.want)
		}
	}
}

// What the menu of every page asks, and the chart of the totals, may not grow with how many links there are.
func TestSQLiteCountsQuestionsAndDaysByTheirIndices(t *testing.T) {
	s := open(t, Config{Path: filepath.Join(t.TempDir(), "linkwell.db")})
	for name, test := range map[string]struct {
		query string
		args  []any
		want  []string
	}{
		"what waits for a decision": {selectWaiting, []any{"ann", "failing", 100, 5}, []string{"COVERING INDEX questions_open (owner=? AND question>?)", "hosts_held", "COVERING INDEX questions_open (owner=? AND question=? AND host=?"}},
		"what there is to decide":   {selectCases + groupCases, []any{"ann", "invalid", "invalid", 1, 9, "", 10}, []string{"COVERING INDEX questions_open (owner=? AND question>? AND question<?)"}},
		"totals by the day":         {selectTotals, []any{"ann", 1, int64(afterAll)}, []string{"PRIMARY KEY (owner=? AND shard>?)", "PRIMARY KEY (owner=? AND shard=? AND day<?)"}},
	} {
		plan := s.plan(t, test.query, test.args...)
		for _, want := range test.want {
			if !strings.Contains(plan, want) {
				t.Errorf("%s is found by\n%swant %s", name, plan, want)
			}
		}
		if strings.Contains(plan, "SCAN questions") || strings.Contains(plan, "TEMP B-TREE FOR GROUP BY") {
			t.Errorf("%s reads through everything:\n%s", name, plan)
		}
	}
}

// plan is how SQLite goes about a query, a step a line.
func (s *Store) plan(t *testing.T, query string, args ...any) string {
	t.Helper()
	rows, err := s.writer.QueryContext(t.Context(), `EXPLAIN QUERY PLAN `+query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var plan strings.Builder
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		plan.WriteString(step + "\n")
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return plan.String()
}
