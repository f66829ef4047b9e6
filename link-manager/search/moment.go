package search

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Time wants links to which something happened at some time.
type Time struct {
	// What happened: added, checked or failing, which is the first of the answers that are not good.
	What string
	// Op is <, <=, > or >=; empty for within the day, month or year. An age has only < and >, which mean less and more.
	Op string
	// Age is how long ago, if Unit is one of h, d, w and y.
	Age  int
	Unit byte
	// Date is a day 2006-01-02, a month 2006-01 or a year 2006, in UTC, if there is no Unit.
	Date string
}

var dateLayouts = []string{"2006-01-02", "2006-01", "2006"}

// Between is when it must have happened: not before from, and before until. A zero time is no limit.
func (n Time) Between(now time.Time) (from, until time.Time) {
	if n.Unit != 0 {
		then := n.ago(now)
		if n.Op == "<" {
			return then, time.Time{}
		}
		return time.Time{}, then
	}
	begin, end := n.period()
	switch n.Op {
	case "<":
		return time.Time{}, begin
	case "<=":
		return time.Time{}, end
	case ">":
		return end, time.Time{}
	case ">=":
		return begin, time.Time{}
	}
	return begin, end
}

func (n Time) ago(now time.Time) time.Time {
	switch n.Unit {
	case 'h':
		return now.Add(-time.Duration(n.Age) * time.Hour)
	case 'w':
		return now.AddDate(0, 0, -7*n.Age)
	case 'y':
		return now.AddDate(0, 0, -365*n.Age)
	}
	return now.AddDate(0, 0, -n.Age)
}

// period is the date's begin and end; zero times if it is none.
func (n Time) period() (begin, end time.Time) {
	for i, layout := range dateLayouts {
		t, err := time.Parse(layout, n.Date)
		if err != nil {
			continue
		}
		return t, t.AddDate(b2i(i == 2), b2i(i == 1), b2i(i == 0))
	}
	return time.Time{}, time.Time{}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (n Time) write(b *strings.Builder) {
	b.WriteString(n.What + ":" + n.Op + n.Date)
	if n.Unit != 0 {
		b.WriteString(strconv.Itoa(n.Age) + string(n.Unit))
	}
}

// maxAge is the highest number of an age.
const maxAge = 9_999

func moment(what, value string) (Node, string) {
	n := Time{What: what}
	for _, op := range []string{"<=", ">=", "<", ">"} {
		if rest, ok := strings.CutPrefix(value, op); ok {
			n.Op, value = op, rest
			break
		}
	}
	n.Date = value
	if begin, _ := n.period(); begin.Year() >= 1970 {
		return n, ""
	}
	right := fmt.Sprintf("write an age with h, d, w or y like %s:<30d, or a date like %s:>2026-01-31, %s:2026-01", what, what, what)
	if value == "" {
		return nil, right
	}
	unit := value[len(value)-1] | 0x20
	age, err := strconv.ParseUint(value[:len(value)-1], 10, 16)
	switch {
	case err != nil || strings.IndexByte("hdwy", unit) < 0:
		return nil, right
	case age > maxAge:
		return nil, fmt.Sprintf("the age is too high; the highest number is %d", maxAge)
	case n.Op != "<" && n.Op != ">":
		return nil, fmt.Sprintf("write %s:<%s for less than that long ago, or %s:>%s for longer", what, value, what, value)
	}
	n.Date, n.Age, n.Unit = "", int(age), unit
	return n, ""
}
