package bookmarks

import (
	"strconv"
	"strings"
	"time"
)

// Nothing was bookmarked before there was a web, and a date after this century was never meant.
var (
	firstDate = time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)
	lastDate  = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
)

// layouts are how tools write dates beside numbers; one without a zone is taken for UTC.
var layouts = []string{
	time.RFC3339Nano,
	"2006-01-02T15:04:05.999999999-0700",
	"2006-01-02T15:04:05.999999999",
	"2006-01-02 15:04:05.999999999Z07:00",
	"2006-01-02 15:04:05.999999999 -0700",
	"2006-01-02 15:04:05.999999999 MST",
	"2006-01-02 15:04:05.999999999",
	"2006-01-02 15:04",
	"2006-01-02",
	"02/Jan/2006:15:04:05 -0700",
	time.RFC1123Z,
	time.RFC1123,
	time.ANSIC,
	time.UnixDate,
}

// parseDate reads a date in any form that is known, in UTC and microseconds; zero if s is none, or absurd.
func parseDate(s string) time.Time {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > 64 {
		return time.Time{}
	}
	if whole, fraction, _ := strings.Cut(s, "."); isDigits(whole) && (fraction == "" || isDigits(fraction)) {
		n, err := strconv.ParseInt(whole, 10, 64)
		if err != nil {
			return time.Time{}
		}
		return sensible(epoch(n))
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil {
			return sensible(t)
		}
	}
	return time.Time{}
}

// epoch is the time that is n seconds, milliseconds, microseconds or nanoseconds after 1970, or, as Chromium counts,
// microseconds after 1601: no two of them meet within the dates that make sense.
func epoch(n int64) time.Time {
	const from1601 = 11_644_473_600 // seconds to 1970
	switch {
	case n < 1e11:
		return time.Unix(n, 0)
	case n < 1e14:
		return time.UnixMilli(n)
	case n < 11e15:
		return time.UnixMicro(n)
	case n < 17e15:
		return time.UnixMicro(n - from1601*1e6)
	default:
		return time.Unix(0, n)
	}
}

func sensible(t time.Time) time.Time {
	t = t.UTC().Truncate(time.Microsecond)
	if t.Before(firstDate) || !t.Before(lastDate) {
		return time.Time{}
	}
	return t
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
