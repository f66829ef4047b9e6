package api

import (
	"encoding/base64"
	"encoding/json"
	"net/url"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"
)

// Address is embedded by inputs of lists, which tell where the next page is. It is exported because huma passes over fields
// that are not.
type Address struct{ asked url.URL }

// Resolve remembers what was asked for.
func (a *Address) Resolve(ctx huma.Context) []error {
	a.asked = ctx.URL()
	return nil
}

// next is the cursor of the next page and its address as a Link header (RFC 8288).
func (a *Address) next(cursor string) (nextCursor *string, header string) {
	query := a.asked.Query()
	query.Set("cursor", cursor)
	next := url.URL{Path: a.asked.Path, RawPath: a.asked.RawPath, RawQuery: query.Encode()}
	return &cursor, "<" + next.String() + `>; rel="next"`
}

// encodePlace writes a place in a list as a cursor.
func encodePlace(place any) string {
	encoded, err := json.Marshal(place)
	if err != nil {
		panic("encode cursor: " + err.Error()) // strings and numbers always encode
	}
	return base64.RawURLEncoding.EncodeToString(encoded)
}

// decodePlace reads what encodePlace wrote; anything else is errCursor, but for what the place holds.
func decodePlace[T any](cursor string) (place T, err error) {
	decoded, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || json.Unmarshal(decoded, &place) != nil {
		return place, errCursor
	}
	return place, nil
}

// isUUID reports whether id is spelled as our ids are.
func isUUID(id string) bool {
	parsed, err := uuid.Parse(id)
	return err == nil && parsed.String() == id
}
