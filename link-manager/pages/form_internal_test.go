package pages

import "testing"

func TestASchemeThatWasLeftOutIsAdded(t *testing.T) {
	for typed, want := range map[string]string{
		"":                         "",
		"example.com":              "https://example.com",
		"example.com/a:b":          "https://example.com/a:b",
		"example.com:8443/a":       "https://example.com:8443/a",
		"localhost:8080":           "https://localhost:8080",
		"http://example.com":       "http://example.com",
		"HTTPS://example.com":      "HTTPS://example.com",
		"mailto:ann@example.com":   "mailto:ann@example.com",
		"javascript:alert(1)":      "javascript:alert(1)",
		"example.com/?u=http://a/": "https://example.com/?u=http://a/",
	} {
		if got := withScheme(typed); got != want {
			t.Errorf("%q is %q, want %q", typed, got, want)
		}
	}
}
