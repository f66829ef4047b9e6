package check

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestEveryReasonHasARow(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "reason.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	declared := map[Reason]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if kind, ok := spec.Type.(*ast.Ident); ok && kind.Name == "Reason" {
			text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			declared[Reason(text)] = true
		}
		return true
	})
	if len(declared) < 30 {
		t.Fatalf("found only %d declared reasons", len(declared))
	}
	for reason := range declared {
		if !reason.Known() {
			t.Errorf("reason %q is declared and has no row", reason)
		}
	}
	if rows := len(Reasons()); rows != len(declared) || rows != len(reasonRow) {
		t.Errorf("%d rows, %d of them distinct, for %d declared reasons", rows, len(reasonRow), len(declared))
	}
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
		for _, sentence := range []string{reason.Explanation(), reason.Hint()} {
			if sentence == "" {
				if sentence == reason.Explanation() {
					t.Errorf("%s has no explanation", reason)
				}
				continue
			}
			if first := sentence[:1]; first != strings.ToUpper(first) || !strings.HasSuffix(sentence, ".") {
				t.Errorf("%s: %q is not a sentence", reason, sentence)
			}
		}
	}
}
