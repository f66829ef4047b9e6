package link

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func defaultTracking(t testing.TB) Tracking {
	t.Helper()
	tracking, err := ParseTracking(strings.Split(DefaultTracking, ","))
	if err != nil {
		t.Fatal(err)
	}
	return tracking
}

func TestKeyLeavesOutTrackingParameters(t *testing.T) {
	tracking := defaultTracking(t)
	for raw, want := range map[string]string{
		"https://example.com/?utm_source=a":                "https://example.com/",
		"https://example.com/a?utm_source=a&id=1&fbclid=x": "https://example.com/a?id=1",
		"https://example.com/?id=1&gclid":                  "https://example.com/?id=1",
		"https://example.com/?UTM_Medium=a&b":              "https://example.com/?b",
		"https://example.com/?%75tm_source=a":              "https://example.com/",
		"https://example.com/?utm_x=%&%75tm_y=1&b":         "https://example.com/?b",
		"https://example.com/?utmost=1":                    "https://example.com/?utmost=1",
		"https://example.com/?id=utm_source":               "https://example.com/?id=utm_source",
		"https://example.com/?a&&utm_x=1":                  "https://example.com/?a&",
		"https://example.com/?":                            "https://example.com/?",
		"https://example.com/utm_source=a":                 "https://example.com/utm_source=a",
		"https://example.com/#!/a?utm_source=a":            "https://example.com/#!/a?utm_source=a",
	} {
		if got, err := Key(raw, tracking); err != nil || got != want {
			t.Errorf("Key(%q) = %q, %v, want %q", raw, got, err, want)
		}
	}
	if got, err := Key("https://example.com/?utm_source=a", Tracking{}); err != nil || got != "https://example.com/?utm_source=a" {
		t.Errorf("without a list it is %q, %v", got, err)
	}
}

// Wherever tracking parameters are put in, the key stays the same, and it is its own key.
func TestTrackingParametersNeverMakeADifference(t *testing.T) {
	tracking := defaultTracking(t)
	random := rand.New(rand.NewPCG(1, 2))
	pairs := []string{"a=1", "b", "c=%C3%A9", "=", "d=utm_x", "%25=1", "e=%zz"}
	trackers := []string{"utm_source=x", "UTM_campaign", "fbclid=%", "%67clid=1", "_ga=1.2"}
	for range 5000 {
		var plain, tracked []string
		for range random.IntN(5) {
			pair := pairs[random.IntN(len(pairs))]
			plain, tracked = append(plain, pair), append(tracked, pair)
			for range random.IntN(3) {
				at := random.IntN(len(tracked) + 1)
				tracked = append(tracked[:at:at], append([]string{trackers[random.IntN(len(trackers))]}, tracked[at:]...)...)
			}
		}
		if len(plain) == 0 {
			continue
		}
		a, errA := Key("https://example.com/p?"+strings.Join(plain, "&"), tracking)
		b, errB := Key("https://example.com/p?"+strings.Join(tracked, "&"), tracking)
		if errA != nil || errB != nil || a != b {
			t.Fatalf("%q and %q have the keys %q and %q (%v, %v)", plain, tracked, a, b, errA, errB)
		}
		if again, err := Key(a, tracking); err != nil || again != a {
			t.Fatalf("the key of %q is %q, %v", a, again, err)
		}
	}
}

func TestTrackingThatCannotBeMeantIsRefused(t *testing.T) {
	for _, name := range []string{"", "*", "a b", "a=b", "a&b", "ä", "a*b"} {
		if _, err := ParseTracking([]string{"fbclid", name}); err == nil {
			t.Errorf("%q is taken", name)
		}
	}
}

func TestSimilarBringsTogetherWhatKeyKeepsApart(t *testing.T) {
	for _, url := range []string{
		"http://example.com/a?x=1&y=2", "https://www.example.com/a?x=1&y=2", "https://example.com/a/?x=1&y=2",
		"https://example.com/a?y=2&x=1", "https://example.com/a?x=1&utm_source=s&y=2", "https://example.com/a?x=1&y=2#/route",
	} {
		key, err := Key(url, Tracking{})
		if err != nil || Similar(key) != "example.com/a?x=1&y=2" {
			t.Errorf("%q is similar to %q, %v", url, Similar(key), err)
		}
	}
	for _, url := range []string{"https://example.com/A?x=1&y=2", "https://example.com/a?x=1", "https://example.com:8443/a?x=1&y=2", "https://other.example.com/a?x=1&y=2"} {
		if Similar(url) == "example.com/a?x=1&y=2" {
			t.Errorf("%q is similar", url)
		}
	}
}
