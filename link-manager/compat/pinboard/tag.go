package pinboard

import (
	"encoding/xml"
	"strconv"
)

// everyTag is more tags than anybody has.
const everyTag = 1_000_000

type tagCount struct {
	Count int    `xml:"count,attr"`
	Tag   string `xml:"tag,attr"`
}

// getTags answers all tags with their counts, which in JSON are text.
func (s *server) getTags(a *answer, _ arguments) {
	tags, err := s.store.Tags(a.r.Context(), s.gate.Owner(a.r.Context()), "", "", everyTag)
	if err != nil {
		s.fail(a, "list tags", err)
		return
	}
	byName, list := make(map[string]string, len(tags)), make([]tagCount, len(tags))
	for i, t := range tags {
		byName[t.Tag], list[i] = strconv.Itoa(t.Links), tagCount{t.Links, t.Tag}
	}
	a.is(byName, struct {
		XMLName xml.Name   `xml:"tags"`
		Tags    []tagCount `xml:"tag"`
	}{Tags: list})
}

// deleteTag takes a tag from all links.
func (s *server) deleteTag(a *answer, given arguments) {
	tag, err := given.tag("tag")
	if err == nil {
		_, err = s.store.ReplaceTag(a.r.Context(), s.gate.Owner(a.r.Context()), tag, "")
	}
	if err != nil {
		s.failAs(a, "delete tag", err, a.result)
		return
	}
	a.result(done)
}

// renameTag gives all links with the tag old the tag new in its place. One that is there already takes them in.
func (s *server) renameTag(a *answer, given arguments) {
	old, err := given.tag("old")
	if err != nil {
		s.failAs(a, "rename tag", err, a.result)
		return
	}
	into, err := given.tag("new")
	if err != nil {
		s.failAs(a, "rename tag", err, a.result)
		return
	}
	changed, err := s.store.ReplaceTag(a.r.Context(), s.gate.Owner(a.r.Context()), old, into)
	switch {
	case err != nil:
		s.failAs(a, "rename tag", err, a.result)
	case changed == 0 && old != into:
		a.result(notFound)
	default:
		a.result(done)
	}
}
