package linkding

import "strings"

// withNotes is a description with notes below it, as an import has them. Notes that are there already are not put there
// again, so that whoever sends the same twice changes nothing.
func withNotes(description, notes string) string {
	description, notes = strings.TrimSpace(description), strings.TrimSpace(notes)
	switch {
	case notes == "", description == notes, strings.HasSuffix(description, "\n\n"+notes):
		return description
	case description == "":
		return notes
	}
	return description + "\n\n" + notes
}
