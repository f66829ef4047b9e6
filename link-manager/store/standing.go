package store

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
)

// standing keeps what an owner saw of a target as JSON in a column; nil is NULL.
type standing struct{ s **link.Standing }

// standingJSON is its text. Times are microseconds since the epoch, as in the other columns.
type standingJSON struct {
	Status       check.Status `json:"status"`
	Reason       check.Reason `json:"reason"`
	LastStatus   check.Status `json:"last_status,omitempty"`
	LastReason   check.Reason `json:"last_reason,omitempty"`
	HTTPStatus   int          `json:"last_http_status,omitempty"`
	CheckedAt    int64        `json:"last_checked_at,omitempty"`
	FailingSince int64        `json:"failing_since,omitempty"`
}

// Value implements driver.Valuer.
func (c standing) Value() (driver.Value, error) {
	if *c.s == nil {
		return nil, nil
	}
	s := **c.s
	text := standingJSON{Status: s.Status, Reason: s.Reason, LastStatus: s.Last.Status, LastReason: s.Last.Reason, HTTPStatus: s.Last.HTTPStatus}
	if s.Checked() {
		text.CheckedAt = s.Last.CheckedAt.UnixMicro()
	}
	if !s.FailingSince.IsZero() {
		text.FailingSince = s.FailingSince.UnixMicro()
	}
	encoded, err := json.Marshal(text)
	return string(encoded), err
}

// Scan implements sql.Scanner.
func (c standing) Scan(value any) error {
	var encoded []byte
	switch value := value.(type) {
	case nil:
		*c.s = nil
		return nil
	case string:
		encoded = []byte(value)
	case []byte:
		encoded = value
	default:
		return fmt.Errorf("a standing cannot be read from %T", value)
	}
	var text standingJSON
	if err := json.Unmarshal(encoded, &text); err != nil {
		return err
	}
	s := link.Standing{Status: text.Status, Reason: text.Reason}
	if text.CheckedAt != 0 {
		s.Last = link.Answer{Status: text.LastStatus, Reason: text.LastReason, HTTPStatus: text.HTTPStatus, CheckedAt: time.UnixMicro(text.CheckedAt).UTC()}
	}
	if text.FailingSince != 0 {
		s.FailingSince = time.UnixMicro(text.FailingSince).UTC()
	}
	*c.s = &s
	return nil
}
