package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// Links is what the API asks of the store about links.
type Links interface {
	Add(ctx context.Context, owner string, draft link.Draft) (link.Link, error)
	Get(ctx context.Context, owner, id string) (link.Link, error)
	List(ctx context.Context, owner string, filter store.Filter) ([]link.Link, error)
	Update(ctx context.Context, owner, id string, patch store.Patch) (link.Link, error)
	Lookup(ctx context.Context, owner, url string) (link.Link, error)
	Similar(ctx context.Context, owner, url string, limit int) ([]link.Link, error)
	CheckNow(ctx context.Context, owner, id string) (link.Link, error)
	Checks(ctx context.Context, owner, id string, limit int) ([]store.Check, error)
	Days(ctx context.Context, owner, id string) ([]store.Day, error)
}

// Link is a link in the API: what one person saved, what we believe about it and why.
type Link struct {
	ID          string       `json:"id" format:"uuid" doc:"UUIDv7"`
	URL         string       `json:"url" doc:"As it was typed"`
	Title       string       `json:"title"`
	Description string       `json:"description"`
	Tags        []string     `json:"tags" nullable:"false" doc:"In lower case, sorted, each once"`
	Status      check.Status `json:"status" enum:"pending,valid,invalid" doc:"What we believe: pending means undecided"`
	Overrule    *string      `json:"overrule" enum:"fine,muted" doc:"What its owner says: fine shows as valid, muted is not checked; null for neither"`
	Reason      *string      `json:"reason" doc:"Why; null while never checked"`
	Explanation string       `json:"explanation" doc:"The reason as a sentence"`
	Hint        string       `json:"hint" doc:"What to do about it, as a sentence; empty where there is nothing to do"`
	LastCheck   *LastCheck   `json:"last_check" doc:"The newest answer; null while never checked"`
	CheckedAt   *time.Time   `json:"checked_at" doc:"When it was last checked; null while never checked"`
	NextCheckAt *time.Time   `json:"next_check_at" doc:"When it is to be checked next; in the past while a check is out"`
	// FailingSince is set while the newest answers are not valid, whatever the status.
	FailingSince *time.Time `json:"failing_since" doc:"Since when the answers are not valid; null while all is well"`
	CreatedAt    time.Time  `json:"created_at"`
	UpdatedAt    time.Time  `json:"updated_at" doc:"When its owner last changed it"`
}

// LastCheck is the newest answer, whether or not it changed the status.
type LastCheck struct {
	Status     check.Status `json:"status" enum:"pending,valid,invalid"`
	Reason     string       `json:"reason"`
	HTTPStatus *int         `json:"http_status" doc:"null where no HTTP answer came"`
	CheckedAt  time.Time    `json:"checked_at"`
}

// TransformSchema tells programs that last_check can be null, which huma does not know of objects.
func (Link) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	s.Properties["last_check"] = orNullSchema(s.Properties["last_check"])
	return s
}

// orNullSchema is the schema of an object, or null.
func orNullSchema(object *huma.Schema) *huma.Schema {
	return &huma.Schema{AnyOf: []*huma.Schema{object, {Type: "null"}}, Description: object.Description}
}

const notCheckedYet = "It has not been checked yet."

func newLink(l link.Link) Link {
	view := Link{
		ID:           l.ID,
		URL:          l.URL,
		Title:        l.Title,
		Description:  l.Description,
		Tags:         l.Tags,
		Status:       l.Status,
		Overrule:     orNull(string(l.Overrule)),
		Explanation:  notCheckedYet,
		NextCheckAt:  timeOrNull(l.NextCheckAt),
		FailingSince: timeOrNull(l.FailingSince),
		CreatedAt:    l.CreatedAt.UTC(),
		UpdatedAt:    l.UpdatedAt.UTC(),
	}
	if l.Reason != "" {
		view.Reason = orNull(string(l.Reason))
		view.Explanation, view.Hint = l.Explanation(), l.Reason.Hint()
	}
	if !l.Checked() {
		return view
	}
	view.CheckedAt = timeOrNull(l.Last.CheckedAt)
	view.LastCheck = &LastCheck{
		Status:     l.Last.Status,
		Reason:     string(l.Last.Reason),
		HTTPStatus: orNull(l.Last.HTTPStatus),
		CheckedAt:  l.Last.CheckedAt.UTC(),
	}
	return view
}

func timeOrNull(t time.Time) *time.Time { return orNull(t.UTC()) }

// orNull is a pointer to v, or nil for the zero value.
func orNull[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}
