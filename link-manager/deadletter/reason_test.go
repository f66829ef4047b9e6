package deadletter_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/linkwell/linkwell/link-manager/deadletter"
)

func TestAReasonIsOneShortLineWithoutSecrets(t *testing.T) {
	for text, want := range map[string]string{
		"the function answered 400":                                  "the function answered 400",
		`Post "http://gateway:8080/function/a.b": dial tcp: refused`: `Post "http://gateway:8080": dial tcp: refused`,
		"see https://user:pass@example.com/reset?token=secret#part!": "see https://example.com",
		"postgres://user:p/w@host:5432/db failed":                    "postgres://… failed",
		"http://[::1]:80/a?b":                                        "http://[::1]:80",
		"two\nlines\r\n\tand \x1b[31mcolour":                         "two lines and [31mcolour",
		"no \xff UTF-8":                                              "no UTF-8",
		"":                                                           "",
	} {
		if got := deadletter.Reason(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
		if got := deadletter.Reason(deadletter.Reason(text)); got != want {
			t.Errorf("%q twice is %q", text, got)
		}
	}
	long := deadletter.Reason(strings.Repeat("é", 1000))
	if len(long) > 300 || !utf8.ValidString(long) || !strings.HasSuffix(long, "é…") {
		t.Errorf("%d bytes: %s", len(long), long)
	}
}
