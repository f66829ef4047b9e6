package pages

import (
	"fmt"
	"time"
)

// when is a moment as people say it, with the moment itself for machines and for who points at it.
type when struct {
	At    time.Time
	Words string
}

// moment says how long ago a time was, or how far it is away; the zero time has no words.
func moment(t, now time.Time) when {
	w := when{At: t}
	switch ahead := t.Sub(now); {
	case t.IsZero():
	case ahead > 0:
		w.Words = "in " + span(ahead)
	case ahead > -10*time.Second:
		w.Words = "just now"
	default:
		w.Words = span(-ahead) + " ago"
	}
	return w
}

// on is the day of a time, in UTC.
func on(t time.Time) when { return when{At: t, Words: "on " + t.UTC().Format("2 January")} }

// span is a length of time in its largest unit.
func span(d time.Duration) string {
	const day = 24 * time.Hour
	for _, unit := range []struct {
		length time.Duration
		name   string
	}{
		{365 * day, "year"}, {30 * day, "month"}, {day, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}, {time.Second, "second"},
	} {
		if n := int(d / unit.length); n == 1 {
			return "1 " + unit.name
		} else if n > 1 {
			return fmt.Sprintf("%d %ss", n, unit.name)
		}
	}
	return "a moment"
}
