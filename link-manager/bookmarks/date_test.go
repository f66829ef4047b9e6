package bookmarks_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-manager/bookmarks"
)

func TestDates(t *testing.T) {
	for text, want := range map[string]time.Time{
		"1500000000":                 seconds(1500000000),
		" 1500000000 ":               seconds(1500000000),
		"1500000000123":              time.UnixMilli(1500000000123).UTC(),
		"1500000000123456":           time.UnixMicro(1500000000123456).UTC(),
		"1500000000123456789":        time.UnixMicro(1500000000123456).UTC(),
		"13144473600000000":          seconds(1500000000),
		"1500000000.5":               seconds(1500000000),
		"2017-07-14T02:40:00Z":       seconds(1500000000),
		"2017-07-14T02:40:00.25Z":    time.UnixMilli(1500000000250).UTC(),
		"2017-07-14T05:40:00+03:00":  seconds(1500000000),
		"2017-07-14T02:40:00":        seconds(1500000000),
		"2017-07-14 02:40:00":        seconds(1500000000),
		"2017-07-14 02:40:00 +0000":  seconds(1500000000),
		"2017-07-14":                 seconds(1499990400),
		"10/Oct/2000:13:55:36 +0300": seconds(971175336),
		"":                           {},
		"0":                          {},
		"-1":                         {},
		"1":                          {},
		"garbage":                    {},
		"9999-12-31":                 {},
		"1601-01-01T00:00:00Z":       {},
		"99999999999999999999999999": {},
		"4200000000":                 {},
		"1.2.3":                      {},
	} {
		got := readAll(t, fmt.Sprintf(`<DL><DT><A HREF="https://example.com/" ADD_DATE="%s">A</A>`, text), bookmarks.Netscape)
		if len(got.items) != 1 || !got.items[0].AddedAt.Equal(want) || got.items[0].AddedAt.Location() != time.UTC {
			t.Errorf("%q is read as %v, want %v", text, got.items, want)
		}
	}
}
