package store

import (
	"context"
	"crypto/sha256"
)

// DueNow makes the target with this url due now, in its lane, and ends the lease of the check checkID if that one is out.
// While another check is out, its answer is waited for. It returns false, and changes nothing, if nobody has a link to the
// target, or there is none.
func (s *Store) DueNow(ctx context.Context, url, checkID string) (bool, error) {
	hash := sha256.Sum256([]byte(url))
	n, err := s.execute(ctx, "make a target due", `
			UPDATE targets
			SET due_at      = CASE WHEN due_at > $3 THEN $3 ELSE due_at END,
			    check_id    = CASE WHEN check_id = $2 THEN NULL ELSE check_id END,
			    lease_until = CASE WHEN check_id = $2 THEN NULL ELSE lease_until END
			WHERE url_hash = $1 AND owners > 0`, hash[:], checkID, micros(s.now()))
	return n > 0, err
}
