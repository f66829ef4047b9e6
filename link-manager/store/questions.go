package store

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
)

// Topic is a kind of question that owners are asked.
type Topic string

const (
	// AboutHosts asks about hosts that fail as a whole, as the owner's own links show (OwnedHost.Failing).
	AboutHosts Topic = "failing"
	// AboutDead asks about links that are invalid.
	AboutDead Topic = "invalid"
	// AboutMoved asks about links that moved for good.
	AboutMoved Topic = "moved"
	// AboutDoubtful asks about links that answer, and may not be what was saved.
	AboutDoubtful Topic = "doubtful"
)

// Topics are all topics, in the order in which they are worth a decision.
func Topics() []Topic { return []Topic{AboutHosts, AboutDead, AboutMoved, AboutDoubtful} }

// between are the first and the last question of each topic. Questions sort so that all topics are apart, and failing
// comes first.
var between = map[Topic][2]link.Question{
	AboutHosts:    {link.Failing, link.Failing},
	AboutDead:     {link.Dead, link.Dead},
	AboutMoved:    {"moved ", "moved~"},
	AboutDoubtful: {link.Parked, link.LeadsAway},
}

// Case is one question about the links of one host.
type Case struct {
	Question link.Question
	Host     string
	// Links is how many of the owner's links it is about.
	Links int
	// Newest is the id of the one of them that was saved last; no other case has it.
	Newest string
}

// Asked is a link that there is a question about.
type Asked struct {
	link.Link
	// MovedTo is where it moved for good; empty if that is not the question.
	MovedTo string
}

// heldHosts are the hosts that fail as a whole.
const heldHosts = `SELECT host FROM hosts WHERE held_until IS NOT NULL`

const selectWaiting = `
	SELECT (SELECT count(*) FROM (
	           SELECT 1 FROM questions WHERE owner = $1 AND kept_at IS NULL AND question > $2 LIMIT $3) AS links)
	     + (SELECT count(*) FROM (
	           SELECT 1
	           FROM hosts h
	           WHERE h.held_until IS NOT NULL
	             AND (SELECT count(*) FROM questions q WHERE q.owner = $1 AND q.kept_at IS NULL AND q.question = $2 AND q.host = h.host) >= $4
	           LIMIT $3) AS failing)`

// Waiting returns how many questions wait for the owner: one for each link, and one for each host that fails as a whole.
// It counts to most, and reads no more of them.
func (s *Store) Waiting(ctx context.Context, owner string, most int) (waiting int, err error) {
	err = s.read(ctx, func(ctx context.Context, db querier) error {
		return db.QueryRowContext(ctx, selectWaiting, owner, link.Failing, max(most, 0), hostFailings).Scan(&waiting)
	})
	if err != nil {
		return 0, fmt.Errorf("count questions: %w", err)
	}
	return min(waiting, most), nil
}

// selectCases and groupCases read a topic's range of questions_open, and nothing else.
const (
	selectCases = `
		SELECT question, host, count(*), max(CAST(link_id AS TEXT))
		FROM questions
		WHERE owner = $1 AND kept_at IS NULL AND question BETWEEN $2 AND $3`
	groupCases = `
		GROUP BY question, host
		HAVING count(*) >= $4 AND (count(*), max(CAST(link_id AS TEXT))) < ($5, $6)
		ORDER BY count(*) DESC, max(CAST(link_id AS TEXT)) DESC
		LIMIT $7`
)

// Cases returns at most limit open questions of a topic, from the one after after on, of which Links and Newest tell the
// place; never nil. Those about the most links come first, because one decision settles all of them, and of those about as
// many that with the newest link. What changes between two pages may be on both of them, or on neither.
func (s *Store) Cases(ctx context.Context, owner string, topic Topic, after Case, limit int) ([]Case, error) {
	list := []Case{}
	if !storable(after.Newest) {
		return list, nil
	}
	if after == (Case{}) {
		after.Links = math.MaxInt32
	}
	query, least := selectCases, 1
	if topic == AboutHosts {
		query, least = selectCases+` AND host IN (`+heldHosts+`)`, hostFailings
	}
	err := s.read(ctx, func(ctx context.Context, db querier) error {
		rows, err := db.QueryContext(ctx, query+groupCases, owner, between[topic][0], between[topic][1], least, after.Links, after.Newest, max(limit, 0))
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var c Case
			if err := rows.Scan(&c.Question, &c.Host, &c.Links, &c.Newest); err != nil {
				return err
			}
			list = append(list, c)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("list questions: %w", err)
	}
	return list, nil
}

// AskedLinks returns at most limit of the owner's links that the open question about that host is about, newest first;
// never nil.
func (s *Store) AskedLinks(ctx context.Context, owner string, about link.Question, host string, limit int) ([]Asked, error) {
	list := []Asked{}
	if !storable(string(about), host) {
		return list, nil
	}
	_, moves := about.MovedTo()
	err := s.read(ctx, func(ctx context.Context, db querier) error {
		rows, err := db.QueryContext(ctx, `
			SELECT `+savedColumns+`,
			       CASE WHEN CAST($5 AS BOOLEAN) THEN
			           (SELECT c.result FROM checks c WHERE c.target_id = t.id AND c.checked_at = t.last_checked_at LIMIT 1) END
			FROM questions q
			JOIN links l ON l.id = q.link_id
			JOIN targets t ON t.id = l.target_id
			WHERE q.owner = $1 AND l.owner = $1 AND q.kept_at IS NULL AND q.question = $2 AND q.host = $3
			ORDER BY q.link_id DESC
			LIMIT $4`, owner, about, host, max(limit, 0), moves)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			asked, err := scanAsked(rows)
			if err != nil {
				return err
			}
			list = append(list, asked)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("list links in question: %w", err)
	}
	return list, nil
}

// scanAsked reads a link and, if it moved, the answer that said so.
func scanAsked(row interface{ Scan(...any) error }) (Asked, error) {
	var result []byte
	l, err := scanSaved(withMore{row, []any{&result}})
	if err != nil || result == nil {
		return Asked{Link: l.Link}, err
	}
	var answer check.Result
	if err := json.Unmarshal(result, &answer); err != nil {
		return Asked{}, fmt.Errorf("read check of link %s: %w", l.ID, err)
	}
	return Asked{Link: l.Link, MovedTo: answer.MovedTo}, nil
}

// withMore is a row that has more columns than who scans it knows of.
type withMore struct {
	row  interface{ Scan(...any) error }
	more []any
}

// Scan reads the columns, and then the others.
func (w withMore) Scan(destinations ...any) error {
	return w.row.Scan(append(destinations, w.more...)...)
}

// Keep remembers that the owner leaves their link as it is: the question about it is not open until it is another one, or
// comes anew. At tells which decision it was, for Reopen. Without an open question nothing happens. It fails with
// link.ErrNotFound like Get.
func (s *Store) Keep(ctx context.Context, owner, id string, at time.Time) error {
	err := s.write(ctx, func(ctx context.Context, tx querier) error {
		if _, _, err := s.lockSaved(ctx, tx, owner, id); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE questions SET kept_at = $3 WHERE owner = $1 AND link_id = $2 AND kept_at IS NULL`, owner, id, micros(at))
		return err
	})
	if err != nil {
		return fmt.Errorf("keep link: %w", err)
	}
	return nil
}

// Reopen takes back what the owner decided at that moment to keep, and returns how many links it was about.
func (s *Store) Reopen(ctx context.Context, owner string, at time.Time) (reopened int, err error) {
	ids, err := s.keptAt(ctx, owner, at)
	for _, id := range ids {
		err = s.write(ctx, func(ctx context.Context, tx querier) error {
			if _, _, err := s.lockSaved(ctx, tx, owner, id); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, `UPDATE questions SET kept_at = NULL WHERE owner = $1 AND link_id = $2 AND kept_at = $3`, owner, id, micros(at))
			return err
		})
		if err != nil {
			break
		}
		reopened++
	}
	if err != nil {
		return reopened, fmt.Errorf("reopen questions: %w", err)
	}
	return reopened, nil
}

func (s *Store) keptAt(ctx context.Context, owner string, at time.Time) (ids []string, err error) {
	err = s.read(ctx, func(ctx context.Context, db querier) error {
		rows, err := db.QueryContext(ctx, `SELECT link_id FROM questions WHERE owner = $1 AND kept_at = $2`, owner, micros(at))
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var id string
			if err := rows.Scan(&id); err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return rows.Err()
	})
	return ids, err
}
