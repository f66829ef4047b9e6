package check

import (
	"slices"
	"testing"
)

func TestDecideSetsTheReasonsStatus(t *testing.T) {
	var r Result
	r.Decide(NotFound)
	if r.Status != Invalid || r.Reason != NotFound {
		t.Errorf("got %s %s", r.Status, r.Reason)
	}
}

func TestNoteAddsOnce(t *testing.T) {
	var r Result
	r.Note(BodyError)
	r.Note(MovedPermanently)
	r.Note(BodyError)
	if want := []Note{BodyError, MovedPermanently}; !slices.Equal(r.Notes, want) {
		t.Errorf("notes are %v, want %v", r.Notes, want)
	}
}
