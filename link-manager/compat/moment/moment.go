// Package moment reads times as the programs of other link managers write them.
package moment

import (
	"errors"
	"strings"
	"time"
)

// layouts are the spellings of ISO 8601 in use. Where no zone is named, it is UTC; fractions of a second may be there.
var layouts = []string{
	"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05", "2006-01-02T15:04:05Z0700",
	"2006-01-02T15:04Z07:00", "2006-01-02T15:04", "2006-01-02",
}

// Parse reads a time from 1970 to 9999, in UTC. It fails with a sentence.
func Parse(text string) (time.Time, error) {
	text = strings.Replace(strings.TrimSpace(text), " ", "T", 1)
	for _, layout := range layouts {
		t, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		if t = t.UTC(); t.Year() < 1970 || t.Year() > 9999 {
			return time.Time{}, errors.New("it is before 1970, or after 9999")
		}
		return t, nil
	}
	return time.Time{}, errors.New("it is no time; write it like 2026-01-31T12:00:00Z")
}
