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
		if !slices.ContainsFunc(notes, func(row noteRow) bool { return row.note == Note(text) }) {
			t.Errorf("note %q is declared and has no row", text)
		}
	}
	if len(notes) != len(declared) {
		t.Errorf("%d rows for %d declared notes", len(notes), len(declared))
	}
}

func TestNotesAreSentences(t *testing.T) {
	for _, row := range notes {
		if e := row.note.Explanation(); !isSentence(e) {
			t.Errorf("%s: %q is not a sentence", row.note, e)
		}
	}
	if e := Note("of a newer version").Explanation(); e != "" {
		t.Errorf("an unknown note says %q", e)
	}
}

func isSentence(s string) bool {
	return s != "" && s[:1] == strings.ToUpper(s[:1]) && strings.HasSuffix(s, ".")
}
