package bookmarks

import (
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
)

// jsonReader reads a list of objects, or an object that holds such a list. Ours have url, title, description, tags and
// created_at; those of Pinboard, linkding and Karakeep are told by their fields.
type jsonReader struct {
	lines  *lineReader
	decode *json.Decoder
	begun  bool
	err    error
}

// lists are the names of the list where it is in an object.
var lists = []string{"results", "bookmarks", "links", "items"}

func newJSONReader(r io.Reader) *jsonReader {
	lines := newLineReader(&clipped{r, new(jsonTexts).keep})
	return &jsonReader{lines: lines, decode: json.NewDecoder(lines)}
}

// Next implements Reader.
func (j *jsonReader) Next() (Item, error) {
	if !j.begun && j.err == nil {
		j.begun, j.err = true, j.begin()
	}
	if j.err != nil {
		return Item{}, j.err
	}
	if !j.decode.More() {
		j.err = io.EOF
		if _, err := j.decode.Token(); err != nil {
			j.err = j.failed(err)
		}
		return Item{}, j.err
	}
	line := j.lines.lineAt(j.nextOffset())
	var found jsonItem
	err := j.decode.Decode(&found)
	var mismatch *json.UnmarshalTypeError
	switch {
	case errors.As(err, &mismatch):
		return Item{}, &ItemError{Line: line, Problem: "there is something that is no object with a url"}
	case err != nil:
		j.err = j.failed(err)
		return Item{}, j.err
	}
	item := found.item()
	item.Line = line
	return usable(item)
}

// nextOffset is where the next item begins, or a little before it.
func (j *jsonReader) nextOffset() int64 {
	offset := j.decode.InputOffset()
	buffered, ok := j.decode.Buffered().(io.ByteReader)
	for ok {
		c, err := buffered.ReadByte()
		if err != nil || !strings.ContainsRune(" \t\r\n,", rune(c)) {
			break
		}
		offset++
	}
	return offset
}

// begin goes to the first item.
func (j *jsonReader) begin() error {
	first, err := j.decode.Token()
	switch {
	case err != nil:
		return j.failed(err)
	case first == json.Delim('['):
		return nil
	case first != json.Delim('{'):
		return j.none()
	}
	for j.decode.More() {
		name, err := j.decode.Token()
		if err != nil {
			return j.failed(err)
		}
		if text, ok := name.(string); ok && slices.Contains(lists, text) {
			if value, err := j.decode.Token(); err != nil {
				return j.failed(err)
			} else if value != json.Delim('[') {
				return j.none()
			}
			return nil
		}
		var passed json.RawMessage
		if err := j.decode.Decode(&passed); err != nil {
			return j.failed(err)
		}
	}
	if _, err := j.decode.Token(); err != nil {
		return j.failed(err)
	}
	return j.none()
}

func (j *jsonReader) none() error {
	return &FileError{j.lines.lineAt(j.decode.InputOffset()), "there is no list of links; it should be a JSON list, or an object with one called " + strings.Join(lists, ", ")}
}

func (j *jsonReader) failed(err error) error {
	return j.lines.failed(j.decode.InputOffset(), err, "it is no JSON from here on")
}

// jsonItem is a link in any of the forms. Whatever stands in its place, a text that is none is empty.
type jsonItem struct {
	URL   jsonText `json:"url"`
	Href  jsonText `json:"href"` // Pinboard's, whose description is a title
	Title jsonText `json:"title"`
	Name  jsonText `json:"name"`

	WebsiteTitle jsonText `json:"website_title"` // linkding's, where a title was never given
	Description  jsonText `json:"description"`
	Extended     jsonText `json:"extended"`
	Notes        jsonText `json:"notes"`
	Note         jsonText `json:"note"`

	Tags     jsonTags `json:"tags"`
	TagNames jsonTags `json:"tag_names"`
	ToRead   jsonText `json:"toread"`
	Unread   jsonText `json:"unread"`
	Archived jsonText `json:"is_archived"`

	CreatedAt jsonText `json:"created_at"`
	Created   jsonText `json:"created"`
	DateAdded jsonText `json:"date_added"`
	Time      jsonText `json:"time"`
	CreatedIn jsonText `json:"createdAt"` // Karakeep's

	Content jsonContent `json:"content"`
}

func (f *jsonItem) item() Item {
	item := Item{
		URL:         strings.TrimSpace(f.first(f.URL, f.Href, jsonText(f.Content.URL))),
		Title:       oneLine(f.first(f.Title, f.Name, f.WebsiteTitle, jsonText(f.Content.Title))),
		Description: f.first(f.Description),
		Tags:        slices.Concat(f.Tags.split(" ,"), f.TagNames.split(",")),
		AddedAt:     parseDate(f.first(f.CreatedAt, f.Created, f.DateAdded, f.Time, f.CreatedIn)),
	}
	if f.Href != "" {
		item.Title, item.Description = oneLine(string(f.Description)), string(f.Extended)
	}
	for _, notes := range []jsonText{f.Notes, f.Note} {
		if notes != "" {
			item.Description = strings.TrimSpace(item.Description + "\n\n" + string(notes))
		}
	}
	item.Description = manyLines(item.Description)
	if f.ToRead == "yes" || f.Unread == "true" {
		item.Tags = append(item.Tags, "toread")
	}
	if f.Archived == "true" {
		item.Tags = append(item.Tags, "archived")
	}
	return item
}

// first is the first that is not empty.
func (f *jsonItem) first(texts ...jsonText) string {
	for _, text := range texts {
		if text != "" {
			return string(text)
		}
	}
	return ""
}

// jsonText is a string, a number or a boolean as text; empty for anything else.
type jsonText string

// UnmarshalJSON never fails.
func (t *jsonText) UnmarshalJSON(value []byte) error {
	*t = ""
	switch {
	case len(value) == 0 || value[0] == '{' || value[0] == '[' || value[0] == 'n':
	case value[0] == '"':
		var text string
		if json.Unmarshal(value, &text) == nil {
			*t = jsonText(text)
		}
	default:
		*t = jsonText(value)
	}
	return nil
}

// jsonTags is a list of tags, or all in one text.
type jsonTags struct {
	list []string
	text string
}

// UnmarshalJSON never fails.
func (t *jsonTags) UnmarshalJSON(value []byte) error {
	*t = jsonTags{}
	if len(value) == 0 || value[0] != '[' {
		var text jsonText
		err := text.UnmarshalJSON(value)
		t.text = string(text)
		return err
	}
	var elements []jsonTag
	if json.Unmarshal(value, &elements) == nil {
		for _, element := range elements {
			t.list = append(t.list, string(element))
		}
	}
	return nil
}

// split is the tags; those in one text stand between any of the separators.
func (t *jsonTags) split(separators string) []string {
	tags := splitTags(t.text, separators)
	for _, tag := range t.list {
		if tag = oneLine(tag); tag != "" && len(tags) < maxTags {
			tags = append(tags, tag)
		}
	}
	return tags
}

// jsonTag is a text, or an object with a name.
type jsonTag string

// UnmarshalJSON never fails.
func (t *jsonTag) UnmarshalJSON(value []byte) error {
	var named struct {
		Name jsonText `json:"name"`
	}
	if json.Unmarshal(value, &named) == nil {
		*t = jsonTag(named.Name)
		return nil
	}
	return (*jsonText)(t).UnmarshalJSON(value)
}

// jsonContent is an object with a url, as Karakeep has it; empty for anything else.
type jsonContent struct{ URL, Title string }

// UnmarshalJSON never fails.
func (c *jsonContent) UnmarshalJSON(value []byte) error {
	var content struct {
		URL   jsonText `json:"url"`
		Title jsonText `json:"title"`
	}
	*c = jsonContent{}
	if json.Unmarshal(value, &content) == nil {
		*c = jsonContent{string(content.URL), string(content.Title)}
	}
	return nil
}
