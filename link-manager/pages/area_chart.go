package pages

import (
	"strconv"
	"strings"

	"github.com/linkwell/linkwell/link-manager/store"
)

// areaChart is what an owner had on each day as areas that lie on each other: valid, then pending, then invalid. It is 100
// high and 10 for each step from day to day wide.
type areaChart struct {
	Width int
	Areas []area
	// Most is how many links the top stands for, First and Last the days at the ends.
	Most, First, Last string
	// Days are the same in numbers, newest first.
	Days []dayRow
}

// area is the points of one polygon.
type area struct{ Name, Points string }

type dayRow struct{ ISO, Date, Valid, Pending, Invalid, Links string }

// newAreaChart is the chart of days one after the other; without areas if there are none, or never was a link.
func newAreaChart(days []store.Totals) areaChart {
	most := 0
	for _, d := range days {
		most = max(most, d.Valid+d.Pending+d.Invalid)
	}
	if most == 0 {
		return areaChart{}
	}
	c := areaChart{Most: thousands(most), First: days[0].Date.Format("2 January")}
	if len(days) > 1 {
		c.Last = days[len(days)-1].Date.Format("2 January")
	}
	for i := len(days) - 1; i >= 0; i-- {
		d := days[i]
		c.Days = append(c.Days, dayRow{
			d.Date.Format("2006-01-02"), d.Date.Format("2 January 2006"), thousands(d.Valid), thousands(d.Pending), thousands(d.Invalid), thousands(d.Links),
		})
	}
	if len(days) == 1 {
		days = append(days, days[0]) // one day is as wide as a step
	}
	c.Width = 10 * (len(days) - 1)
	bottom := make([]int, len(days))
	for _, kind := range []struct {
		name string
		of   func(store.Totals) int
	}{
		{"valid", func(t store.Totals) int { return t.Valid }},
		{"checking", func(t store.Totals) int { return t.Pending }},
		{"invalid", func(t store.Totals) int { return t.Invalid }},
	} {
		top := make([]int, len(days))
		for i, d := range days {
			top[i] = bottom[i] + kind.of(d)
		}
		c.Areas = append(c.Areas, area{kind.name, points(bottom, top, most)})
		bottom = top
	}
	return c
}

// points go along the top and back along the bottom.
func points(bottom, top []int, most int) string {
	var b strings.Builder
	add := func(i, n int) {
		b.WriteString(strconv.Itoa(10*i) + "," + strconv.FormatFloat(100-100*float64(n)/float64(most), 'f', 1, 64) + " ")
	}
	for i, n := range top {
		add(i, n)
	}
	for i := len(bottom) - 1; i >= 0; i-- {
		add(i, bottom[i])
	}
	return strings.TrimSuffix(b.String(), " ")
}
