package moment_test

import (
	"strings"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-manager/compat/moment"
)

func TestTimesAsTheyAreWritten(t *testing.T) {
	whole := time.Date(2014, 6, 14, 15, 51, 42, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"2014-06-14T15:51:42Z": whole, "2014-06-14T17:51:42+02:00": whole, "2014-06-14T17:51:42+0200": whole, "2014-06-14 15:51:42": whole,
		"2014-06-14T15:51:42": whole, "2014-06-14T15:51:42.5Z": whole.Add(time.Second / 2), "2014-06-14T15:51:42.500000": whole.Add(time.Second / 2),
		"2014-06-14T15:51": whole.Truncate(time.Minute), "2014-06-14": whole.Truncate(24 * time.Hour), "1970-01-01": time.Unix(0, 0),
	} {
		if got, err := moment.Parse(text); err != nil || !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("%s is %v (%v)", text, got, err)
		}
	}
	for text, says := range map[string]string{
		"": "no time", "yesterday": "no time", "2014-13-01": "no time", "1402761102": "no time", "1969-12-31T23:59:59Z": "before 1970",
		"9999-12-31T23:59:59-01:00": "after 9999",
	} {
		if _, err := moment.Parse(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: got %v", text, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"2014-06-14T15:51:42Z", "2014-06-14 15:51:42.5+0200", "2014-06-14", ""} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		at, err := moment.Parse(text)
		if err != nil {
			return
		}
		again, err := moment.Parse(at.Format(time.RFC3339Nano))
		if err != nil || !again.Equal(at) || at.Year() < 1970 || at.Year() > 9999 {
			t.Errorf("%q is %v, and that is %v (%v)", text, at, again, err)
		}
	})
}
