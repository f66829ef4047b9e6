package embedded

import (
	"encoding/json"
	"io"
	"net/http"
)

// answerJSON answers 200 with v, one of faas-provider's types.
func answerJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	// The headers are gone once encoding fails, and these types cannot fail: what is left is a client that left.
	_ = json.NewEncoder(w).Encode(v)
}

// answerText answers with a sentence for the person at the other end; faas-cli prints it as it is.
func answerText(w http.ResponseWriter, status int, sentence string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	// A sentence may repeat a path somebody made up; no browser shall take it for a page.
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, sentence+"\n") //nolint:gosec // plain text, as the two headers say
}
