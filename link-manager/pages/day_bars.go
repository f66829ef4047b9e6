package pages

import (
	"fmt"
	"time"

	"github.com/linkwell/linkwell/link-manager/store"
)

// dayBar is a day in the strip of all that are kept: X is how many days after the first it is.
type dayBar struct {
	Name, Words string
	X           int
}

// dayBars are the days on which there was an answer. The worst answer of a day gives it its colour.
func dayBars(days []store.Day, now time.Time) []dayBar {
	today := now.UTC().Truncate(24 * time.Hour)
	bars := make([]dayBar, 0, len(days))
	for _, d := range days {
		name := markValid.Name
		switch {
		case d.Invalid > 0:
			name = markInvalid.Name
		case d.Pending > 0:
			name = markUnknown.Name
		}
		bars = append(bars, dayBar{
			Name: name, X: store.DaysKept - 1 - int(today.Sub(d.Date)/(24*time.Hour)),
			Words: fmt.Sprintf("%s: %d valid, %d invalid, %d undecided", d.Date.Format("2 January 2006"), d.Valid, d.Invalid, d.Pending),
		})
	}
	return bars
}
