package linkding

import "time"

// formatMoment writes a time as linkding does: with microseconds, if there are any.
func formatMoment(t time.Time) string {
	t = t.UTC()
	if t.Nanosecond()/int(time.Microsecond) == 0 {
		return t.Format("2006-01-02T15:04:05Z")
	}
	return t.Format("2006-01-02T15:04:05.000000Z")
}
