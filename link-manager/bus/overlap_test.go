package bus

import (
	"strings"
	"testing"
)

func TestOverlap(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"link.added", "link.added", true},
		{"link.added", "link.due", false},
		{"link.added", "link", false},
		{"link.added", "link.added.more", false},
		{"link.>", "link.added", true},
		{"link.>", "link", false},
		{"link.>", "link.dead.x", true},
		{">", "a", true},
		{">", ">", true},
		{"*", "a", true},
		{"*", "a.b", false},
		{"orders.*.paid", "orders.7.paid", true},
		{"orders.*.paid", "orders.7.made", false},
		{"orders.*.paid", "orders.>", true},
		{"orders.*.paid", "*.7.*", true},
		{"orders.*.paid", "*.7.made", false},
		{"a.*.>", "a.b", false},
		{"a.*.>", "a.>", true},
		{"a.*", "a.b.>", false},
	} {
		if got := Overlap(test.a, test.b); got != test.want {
			t.Errorf("Overlap(%q, %q) = %v", test.a, test.b, got)
		}
		if got := Overlap(test.b, test.a); got != test.want {
			t.Errorf("Overlap(%q, %q) = %v", test.b, test.a, got)
		}
	}
}

// Two patterns overlap if, and only if, some subject is covered by both. Over two tokens and few lengths all can be tried.
func FuzzOverlap(f *testing.F) {
	f.Add("a.*.>", "a.b")
	f.Add("*.b", "a.>")
	f.Fuzz(func(t *testing.T, a, b string) {
		if !pattern(a) || !pattern(b) {
			t.Skip()
		}
		want := false
		for length := 1; length <= 5; length++ {
			for bits := range 1 << length {
				tokens := make([]string, length)
				for i := range tokens {
					tokens[i] = string(rune('a' + bits>>i&1))
				}
				want = want || covers(a, tokens) && covers(b, tokens)
			}
		}
		if got := Overlap(a, b); got != want {
			t.Errorf("Overlap(%q, %q) = %v", a, b, got)
		}
	})
}

// pattern reports whether p is a pattern of at most four tokens, each of them a, b, * or, at the end, >.
func pattern(p string) bool {
	tokens := strings.Split(p, ".")
	for i, token := range tokens {
		if token != "a" && token != "b" && token != "*" && (token != ">" || i < len(tokens)-1) {
			return false
		}
	}
	return len(tokens) <= 4
}

// covers reports whether the pattern covers the subject.
func covers(pattern string, subject []string) bool {
	for i, token := range strings.Split(pattern, ".") {
		switch {
		case i == len(subject):
			return false
		case token == ">":
			return true
		case token != "*" && token != subject[i]:
			return false
		}
	}
	return len(strings.Split(pattern, ".")) == len(subject)
}
