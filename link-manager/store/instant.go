package store

import (
	"fmt"
	"time"
)

// micros is t as the databases keep it: microseconds since the epoch, or NULL for the zero time.
func micros(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

// instant reads what micros wrote into t, in UTC.
type instant struct{ t *time.Time }

// Scan implements sql.Scanner.
func (i instant) Scan(value any) error {
	switch value := value.(type) {
	case nil:
		*i.t = time.Time{}
	case int64:
		*i.t = time.UnixMicro(value).UTC()
	default:
		return fmt.Errorf("a time cannot be read from %T", value)
	}
	return nil
}

// number is b as the databases keep it.
func number(b bool) int {
	if b {
		return 1
	}
	return 0
}
