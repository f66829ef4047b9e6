package api

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"hash/fnv"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/linkwell/linkwell/link-manager/store"
)

// cursor is where a page ended, and for which filter: with another filter the place would mean nothing.
type cursor struct {
	Micros *int64 `json:"t,omitempty"`
	Title  string `json:"s,omitempty"`
	ID     string `json:"i"`
	Filter string `json:"f"`
}

var errCursor = errors.New("is not one of ours for this list; take next_cursor from the page before and change no other parameter but limit")

// EncodeCursor is the place where a page of the filter's links ended, as it stands in addresses.
func EncodeCursor(p store.Position, filter store.Filter) string {
	c := cursor{Title: p.Title, ID: p.ID, Filter: fingerprint(filter)}
	if !p.At.IsZero() {
		c.Micros = new(p.At.UnixMicro())
	}
	encoded, err := json.Marshal(c)
	if err != nil {
		panic("encode cursor: " + err.Error()) // strings and a number always encode
	}
	return base64.RawURLEncoding.EncodeToString(encoded)
}

// DecodeCursor reads what EncodeCursor wrote. It fails for anything else, and for a cursor of another filter.
func DecodeCursor(text string, filter store.Filter) (store.Position, error) {
	decoded, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return store.Position{}, errCursor
	}
	var c cursor
	if err := json.Unmarshal(decoded, &c); err != nil || c.Micros != nil && *c.Micros < 0 || c.Filter != fingerprint(filter) {
		return store.Position{}, errCursor
	}
	id, err := uuid.Parse(c.ID)
	if err != nil {
		return store.Position{}, errCursor
	}
	p := store.Position{Title: c.Title, ID: id.String()}
	if c.Micros != nil {
		p.At = time.UnixMicro(*c.Micros)
	}
	if !filter.Holds(p) {
		return store.Position{}, errCursor
	}
	return p, nil
}

// fingerprint tells filters apart; it hides nothing and guards nothing.
func fingerprint(f store.Filter) string {
	hash := fnv.New64a()
	// Hash.Write never fails.
	_, _ = hash.Write([]byte(strings.Join(append([]string{string(f.Status), f.Query.String()}, f.Tags...), "\x00")))
	return strconv.FormatUint(hash.Sum64(), 36)
}
