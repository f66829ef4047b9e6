package linkding

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/linkwell/linkwell/link-manager/compat/moment"
)

// body is what somebody sent, by field.
type body map[string]json.RawMessage

// readBody reads a JSON object. It answers what is wrong, and reports false, if the body is none.
func (s *server) readBody(w http.ResponseWriter, r *http.Request) (b body, ok bool) {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		detail(w, http.StatusUnsupportedMediaType, "Unsupported media type: send JSON with Content-Type: application/json")
		return nil, false
	}
	content, err := io.ReadAll(r.Body)
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		s.fail(w, r, "read body", err)
		return nil, false
	}
	if err == nil {
		err = json.Unmarshal(content, &b)
	}
	if err != nil || b == nil {
		detail(w, http.StatusBadRequest, "JSON parse error: the body must be one JSON object")
		return nil, false
	}
	return b, true
}

// text is a field of text; nil if it is not there.
func (b body) text(field string) (*string, error) {
	raw, there := b[field]
	if !there {
		return nil, nil
	}
	var text *string
	if json.Unmarshal(raw, &text) != nil {
		return nil, wrong(field, "Not a valid string.")
	}
	if text == nil {
		return nil, wrong(field, "This field may not be null.")
	}
	return text, nil
}

// flag is a field that is true or false; nil if it is not there.
func (b body) flag(field string) (*bool, error) {
	raw, there := b[field]
	if !there {
		return nil, nil
	}
	var flag bool
	switch strings.ToLower(strings.Trim(string(raw), `"`)) {
	case "true", "1", "yes", "on":
		flag = true
	case "false", "0", "no", "off":
	default:
		return nil, wrong(field, "Must be a valid boolean.")
	}
	return &flag, nil
}

// tags is a field of tags; nil if it is not there. linkding's tags have - where others have a space, and a comma is between
// two.
func (b body) tags(field string) (*[]string, error) {
	raw, there := b[field]
	if !there {
		return nil, nil
	}
	var names []string
	if json.Unmarshal(raw, &names) != nil || names == nil {
		return nil, wrong(field, `Expected a list of items, like ["a", "b"].`)
	}
	tags := tagsOf(names)
	return &tags, nil
}

// tagsOf are the tags that names stand for; never nil.
func tagsOf(names []string) []string {
	tags := []string{}
	for _, name := range names {
		for part := range strings.SplitSeq(name, ",") {
			if words := strings.Fields(part); len(words) > 0 {
				tags = append(tags, strings.Join(words, "-"))
			}
		}
	}
	return tags
}

// moment is a field with a time; nil if it is not there.
func (b body) moment(field string) (*time.Time, error) {
	text, err := b.text(field)
	if err != nil || text == nil {
		return nil, err
	}
	at, err := moment.Parse(*text)
	if err != nil {
		return nil, wrong(field, err.Error())
	}
	return &at, nil
}
