package api

import (
	"net/http"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
)

// TextBody is embedded by inputs with a JSON body. JSON is UTF-8 (RFC 8259 section 8.1); the decoder would put
// replacement characters in the place of anything else, and what was meant would be lost. It is exported because huma
// passes over fields that are not.
type TextBody struct{ RawBody []byte }

// Resolve refuses a body that is not UTF-8.
func (b *TextBody) Resolve(huma.Context) []error {
	if utf8.Valid(b.RawBody) {
		return nil
	}
	return []error{newProblem(http.StatusBadRequest, "body: is not UTF-8")}
}
