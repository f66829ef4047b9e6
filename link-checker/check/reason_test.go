package check

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"testing"
)

func TestEveryReasonHasARow(t *testing.T) {
	declared := declaredConstants(t, "reason.go", "Reason")
	if len(declared) < 30 {
		t.Fatalf("found only %d declared reasons", len(declared))
	}
	for _, reason := range declared {
		if !Reason(reason).Known() {
			t.Errorf("reason %q is declared and has no row", reason)
		}
	}
	if rows := len(Reasons()); rows != len(declared) || rows != len(reasonRow) {
		t.Errorf("%d rows, %d of them distinct, for %d declared reasons", rows, len(reasonRow), len(declared))
	}
}

// declaredConstants are the distinct values of the constants of type kind in a file of this package.
func declaredConstants(t *testing.T, name, kind string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var declared []string
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if of, ok := spec.Type.(*ast.Ident); ok && of.Name == kind {
			text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Contains(declared, text) {
				declared = append(declared, text)
			}
		}
		return true
	})
	return declared
}

// The design's table (section 4) is the contract of which reason decides what.
func TestReasonStatus(t *testing.T) {
	want := map[Status][]Reason{
		Valid: {"ok", "ok_restricted", "ok_tls_warning"},
		Invalid: {
			"not_found", "gone", "bad_url", "unsupported_scheme", "blocked_address", "redirect_loop", "too_many_redirects",
			"redirect_invalid", "redirect_bad_scheme", "protocol_mismatch", "dns_nxdomain", "refused", "tls_hostname",
		},
	}
	for _, reason := range Reasons() {
		status := Pending
		for s, reasons := range want {
			if slices.Contains(reasons, reason) {
				status = s
			}
		}
		if got := reason.Status(); got != status {
			t.Errorf("%s decides %s, want %s", reason, got, status)
		}
	}
	if got := Reason("of a newer version").Status(); got != Pending {
		t.Errorf("an unknown reason decides %s", got)
	}
}

func TestReasonsAreSentences(t *testing.T) {
	for _, reason := range Reasons() {
		if e := reason.Explanation(); !isSentence(e) {
			t.Errorf("%s: %q is not a sentence", reason, e)
		}
		if h := reason.Hint(); !isSentence(h) && (h != "" || reason != OK) {
			t.Errorf("%s: %q does not say what to do", reason, h)
		}
	}
}
