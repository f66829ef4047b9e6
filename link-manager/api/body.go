package api

import (
	"net/http"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/linkwell/linkwell/link-manager/imports"
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

// limitBody bounds what of a request's body is read: a file to import may be longer than anything else.
func limitBody(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		limit := int64(maxBodyBytes)
		if r.Method == http.MethodPost && r.URL.Path == importsPath {
			limit = imports.MaxBytes
		}
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		next.ServeHTTP(w, r)
	})
}
