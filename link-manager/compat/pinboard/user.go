package pinboard

import "encoding/xml"

// apiToken answers the token that was shown, to programs that ask for it with what they take for a password.
func (s *server) apiToken(a *answer, _ arguments) { a.result(s.gate.Shown(a.r.Context())) }

// noNotes answers that there are no notes.
func (s *server) noNotes(a *answer, _ arguments) {
	a.is(struct {
		Count int        `json:"count"`
		Notes []struct{} `json:"notes"`
	}{Notes: []struct{}{}}, struct {
		XMLName xml.Name `xml:"notes"`
		Count   int      `xml:"count,attr"`
	}{})
}
