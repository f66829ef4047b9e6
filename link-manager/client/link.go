package client

import (
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
)

// Link is what one person saved, what Linkwell believes about it and why.
type Link struct {
	// ID is a UUID.
	ID string `json:"id"`
	// URL is as it was typed.
	URL         string `json:"url"`
	Title       string `json:"title"`
	Description string `json:"description"`
	// Tags are in lower case, sorted, each once.
	Tags []string `json:"tags"`
	// Status is what Linkwell believes; check.Pending means undecided.
	Status check.Status `json:"status"`
	// Overrule is what the link's owner says.
	Overrule Overrule `json:"overrule"`
	// Reason says why; nil while never checked. Explanation is the reason as a sentence, and Hint says what to do about it; it
	// is empty where there is nothing to do.
	Reason      *check.Reason `json:"reason"`
	Explanation string        `json:"explanation"`
	Hint        string        `json:"hint"`
	// LastCheck is the newest answer, whether or not it changed the status; nil while never checked.
	LastCheck *LastCheck `json:"last_check"`
	// CheckedAt is when it was last checked; nil while never checked.
	CheckedAt *time.Time `json:"checked_at"`
	// NextCheckAt is when it is to be checked next; in the past while a check is out.
	NextCheckAt *time.Time `json:"next_check_at"`
	// FailingSince is since when the answers are not valid, whatever the status; nil while all is well.
	FailingSince *time.Time `json:"failing_since"`
	CreatedAt    time.Time  `json:"created_at"`
	// UpdatedAt is when its owner last changed it.
	UpdatedAt time.Time `json:"updated_at"`
	// ETag is another after each change of the owner, and the same after any check. IfMatch takes it. It is empty in lists and
	// events.
	ETag string `json:"-"`
}

// LastCheck is the newest answer for a link.
type LastCheck struct {
	Status check.Status `json:"status"`
	Reason check.Reason `json:"reason"`
	// HTTPStatus is nil where no HTTP answer came.
	HTTPStatus *int      `json:"http_status"`
	CheckedAt  time.Time `json:"checked_at"`
}

// Overrule is what the owner of a link says against us.
type Overrule string

const (
	// NotOverruled means that they say nothing.
	NotOverruled Overrule = ""
	// Fine shows the link as valid.
	Fine Overrule = "fine"
	// Muted has the link not checked.
	Muted Overrule = "muted"
)

// MarshalJSON writes NotOverruled as null.
func (o Overrule) MarshalJSON() ([]byte, error) {
	if o == NotOverruled {
		return []byte("null"), nil
	}
	return []byte(`"` + string(o) + `"`), nil
}
