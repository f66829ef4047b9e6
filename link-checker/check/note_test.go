package check

import (
	"slices"
	"strings"
	"testing"
)

func TestEveryNoteHasARow(t *testing.T) {
	declared := declaredConstants(t, "note.go", "Note")
	if len(declared) < 8 {
		t.Fatalf("found only %d declared notes", len(declared))
	}
	for _, text := range declared {
		if !slices.Contains(Notes(), Note(text)) {
			t.Errorf("note %q is declared and has no row", text)
		}
	}
	if len(Notes()) != len(declared) {
		t.Errorf("%d rows for %d declared notes", len(Notes()), len(declared))
	}
}

func TestNotesAreSentences(t *testing.T) {
	for _, note := range Notes() {
		if e := note.Explanation(); !isSentence(e) {
			t.Errorf("%s: %q is not a sentence", note, e)
		}
	}
	if e := Note("of a newer version").Explanation(); e != "" {
		t.Errorf("an unknown note says %q", e)
	}
}

func isSentence(s string) bool {
	return s != "" && s[:1] == strings.ToUpper(s[:1]) && strings.HasSuffix(s, ".")
}
