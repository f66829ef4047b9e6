package pages

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/linkwell/linkwell/link-manager/store"
)

func TestAreasLieOnEachOther(t *testing.T) {
	day := time.Date(2026, 1, 30, 0, 0, 0, 0, time.UTC)
	got := newAreaChart([]store.Totals{
		{Date: day, Links: 2, Valid: 1, Pending: 1},
		{Date: day.AddDate(0, 0, 1), Links: 4, Valid: 2, Pending: 1, Invalid: 1},
		{Date: day.AddDate(0, 0, 2)},
	})
	want := areaChart{
		Width: 20, Most: "4", First: "30 January", Last: "1 February",
		Areas: []area{
			{"valid", "0,75.0 10,50.0 20,100.0 20,100.0 10,100.0 0,100.0"},
			{"checking", "0,50.0 10,25.0 20,100.0 20,100.0 10,50.0 0,75.0"},
			{"invalid", "0,50.0 10,0.0 20,100.0 20,100.0 10,25.0 0,50.0"},
		},
		Days: []dayRow{
			{"2026-02-01", "1 February 2026", "0", "0", "0", "0"},
			{"2026-01-31", "31 January 2026", "2", "1", "1", "4"},
			{"2026-01-30", "30 January 2026", "1", "1", "0", "2"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if one := newAreaChart([]store.Totals{{Date: day, Links: 1, Valid: 1}}); one.Width != 10 || one.Areas[0].Points != "0,0.0 10,0.0 10,100.0 0,100.0" {
		t.Errorf("one day is %+v", one)
	}
	if none := newAreaChart([]store.Totals{{Date: day}}); none.Areas != nil {
		t.Errorf("no links are %+v", none)
	}
}

func TestTotalsAreComparedWithAWeekAgo(t *testing.T) {
	days := make([]store.Totals, 10)
	for i := range days {
		days[i].Links = i
	}
	for n, want := range map[int][2]int{0: {0, 0}, 1: {0, 0}, 2: {0, 1}, 8: {0, 7}, 10: {2, 7}} {
		if was, over := before(days[:n]); was.Links != want[0] || over != want[1] {
			t.Errorf("of %d days it is %d, %d days ago; want %v", n, was.Links, over, want)
		}
	}
	for by, want := range map[int]string{0: "±0", 3: "+3", -1_234: "−1,234"} {
		if got := change(by); got != want {
			t.Errorf("%d is %s", by, got)
		}
	}
}

func TestNumbersAreReadInThousands(t *testing.T) {
	for n, want := range map[int]string{0: "0", 7: "7", 123: "123", 1_234: "1,234", 1_234_567: "1,234,567", -123: "-123", -1_234: "-1,234"} {
		if got := thousands(n); got != want {
			t.Errorf("%d is %s", n, got)
		}
	}
}
