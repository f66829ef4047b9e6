package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
)

// saved is a link as it stands in the database, beside its target.
type saved struct {
	link.Link
	targetID  int64
	targetURL string
	// targetVersion and version are the target's version that the link has a copy of, and the newest there is; 0 means
	// not settled, and never checked.
	targetVersion, version int64
	// linkedAt is since when it leads to this target.
	linkedAt time.Time
	// contested is the reason of which its owner said that it is fine.
	contested check.Reason
	// asked means that it is muted and waits for one check all the same.
	asked bool
	// Its owner sees nothing of what was found between mutedAt and unmutedAt, or the time to come if that is zero.
	mutedAt, unmutedAt time.Time
	// frozen is what it shows while it is muted, and afterwards until it is settled again; nil if it never was.
	frozen *link.Standing
	// told is the id of the answer that is not its owner's to see and by which it was settled all the same (copyStanding);
	// empty if there is none.
	told string
	// moved means that the newest answer it shows redirected for good.
	moved bool
}

// savedColumns are what scanSaved reads, of a link l and its target t.
const savedColumns = `
	       l.id, l.owner, l.url, l.title, l.description, l.status, l.reason, l.target_version,
	       l.revision, l.linked_at, l.created_at, l.updated_at,
	       l.overrule, l.contested, l.muted_at, l.unmuted_at, l.frozen, l.moved, l.told_check,
	       t.id, t.url, t.last_status, t.last_reason, t.last_http_status, t.last_checked_at,
	       t.failing_since, t.undecided, t.due_at, t.version,
	       (SELECT string_agg(g.tag, ',') FROM link_tags g WHERE g.link_id = l.id)`

const selectSaved = `
	SELECT ` + savedColumns + `
	FROM links l
	JOIN targets t ON t.id = l.target_id
	WHERE l.owner = $1`

// scanSaved reads a row of selectSaved; row is a *sql.Row or *sql.Rows.
func scanSaved(row interface{ Scan(...any) error }) (saved, error) {
	var l saved
	var tags sql.NullString
	var overrule string
	err := row.Scan(
		&l.ID, &l.Owner, &l.URL, &l.Title, &l.Description, &l.Status, &l.Reason, &l.targetVersion,
		&l.Revision, instant{&l.linkedAt}, instant{&l.CreatedAt}, instant{&l.UpdatedAt},
		&overrule, &l.contested, instant{&l.mutedAt}, instant{&l.unmutedAt}, standing{&l.frozen}, &l.moved, &l.told,
		&l.targetID, &l.targetURL, &l.Last.Status, &l.Last.Reason, &l.Last.HTTPStatus, instant{&l.Last.CheckedAt},
		instant{&l.FailingSince}, &l.Undecided, instant{&l.NextCheckAt}, &l.version, &tags)
	if err != nil {
		return saved{}, err
	}
	l.Tags = splitTags(tags.String)
	l.Overrule = link.Overrule(overrule)
	if overrule == asked {
		l.Overrule, l.asked = link.Muted, true
	}
	l.Standing = l.shown()
	return l, nil
}

// shown is what the link's owner may know of the target: nothing until the link is settled, and nothing from before the
// link led there or while it was muted, because that would tell that somebody else had saved the same.
func (l saved) shown() link.Standing {
	if l.settled() {
		return l.seen(l.Standing)
	}
	next := l.NextCheckAt
	since := l.linkedAt
	if l.unmutedAt.After(since) {
		since = l.unmutedAt
	}
	switch {
	case l.asked:
	case l.Overrule == link.Muted:
		next = time.Time{}
	case l.version > 0 && next.After(since):
		next = since // it will be settled from what others know; a new target would be due at once
	case next.Before(l.linkedAt):
		next = l.linkedAt // it is due since somebody else saved the same
	}
	known := l.unsettled()
	known.Status, known.Reason, known.NextCheckAt = l.Status, l.Reason, next
	return known
}

// settled reports whether the link shows its target's standing.
func (l saved) settled() bool { return l.targetVersion > 0 && l.Overrule != link.Muted }

// unsettled is what is known of a link that is not settled.
func (l saved) unsettled() link.Standing {
	if l.frozen != nil {
		return l.frozen.SeenSince(l.linkedAt).UnseenBetween(l.mutedAt, l.frozen.Last.CheckedAt)
	}
	return link.Standing{Status: check.Pending}
}

// seen is a target's standing as the link's owner may see it.
func (l saved) seen(s link.Standing) link.Standing {
	return s.SeenSince(l.linkedAt).UnseenBetween(l.mutedAt, l.unmutedAt)
}

// sees reports whether what was found at t is the owner's to see.
func (l saved) sees(t time.Time) bool {
	muted := !l.mutedAt.IsZero() && t.After(l.mutedAt) && (l.unmutedAt.IsZero() || t.Before(l.unmutedAt))
	return !muted && !t.Before(l.linkedAt)
}

// seenAt is when what was found at t was found, as the link's owner sees it.
func (l saved) seenAt(t time.Time) time.Time {
	switch {
	case l.sees(t):
		return t
	case t.Before(l.linkedAt):
		return l.linkedAt
	}
	return l.unmutedAt
}

// seesAllOf reports whether all that was answered on the day that began at date is the owner's to see.
func (l saved) seesAllOf(date time.Time) bool {
	apart := l.mutedAt.IsZero() || !date.Add(24*time.Hour).After(l.mutedAt) || !l.unmutedAt.IsZero() && !date.Before(l.unmutedAt)
	return apart && !date.Before(l.linkedAt)
}

// find reads one link of the owner; link.ErrNotFound if it is not theirs.
func find(ctx context.Context, db querier, owner, id string) (saved, error) {
	if !isID(id) {
		return saved{}, link.ErrNotFound
	}
	l, err := scanSaved(db.QueryRowContext(ctx, selectSaved+` AND l.id = $2`, owner, id))
	if none(err) {
		return saved{}, link.ErrNotFound
	}
	return l, err
}

// isID reports whether id is spelled as we spell ids; PostgreSQL would refuse to look for others, or take another spelling.
func isID(id string) bool {
	parsed, err := uuid.Parse(id)
	return err == nil && parsed.String() == id
}

// duplicate fails with a *link.DuplicateError if the owner has a link to the target.
func duplicate(ctx context.Context, db querier, owner string, targetID int64) error {
	l, err := scanSaved(db.QueryRowContext(ctx, selectSaved+` AND l.target_id = $2`, owner, targetID))
	switch {
	case none(err):
		return nil
	case err != nil:
		return err
	}
	return &link.DuplicateError{Existing: l.Link}
}

// lockSaved reads one link of the owner and locks its target, and so the link; link.ErrNotFound if it is not theirs.
func (s *Store) lockSaved(ctx context.Context, tx querier, owner, id string) (saved, target, error) {
	seen, err := find(ctx, tx, owner, id)
	if err != nil {
		return saved{}, target{}, err
	}
	t, err := s.lockTarget(ctx, tx, seen.targetID)
	if err != nil {
		return saved{}, target{}, err
	}
	l, err := find(ctx, tx, owner, id)
	if err == nil && l.targetID != t.id {
		err = errMoved
	}
	return l, t, err
}

// splitTags undoes string_agg; a tag holds no comma.
func splitTags(joined string) []string {
	if joined == "" {
		return []string{}
	}
	tags := strings.Split(joined, ",")
	slices.Sort(tags)
	return tags
}
