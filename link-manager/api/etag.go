package api

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// etag is the entity tag of a link. It tells the changes of its owner apart, and no checks: who edits a link is not told
// that it is another because it was looked at meanwhile.
func etag(l link.Link) string { return `"` + strconv.FormatInt(l.Revision, 10) + `"` }

// noStore keeps a browser from asking with If-None-Match by itself: 304 says that the owner changed nothing, and not that
// no check did.
const noStore = "no-store"

// IfMatch is embedded by inputs that change a link only if it is still the one that somebody saw. It is exported because
// huma passes over fields that are not.
type IfMatch struct {
	Tags string `header:"If-Match" doc:"ETags of the link, with commas: if it is none of these any more, nothing happens and the answer is 412"`
}

// expect is what the store understands.
func (m IfMatch) expect() (store.Expect, error) {
	if m.Tags == "" || strings.TrimSpace(m.Tags) == "*" {
		return nil, nil
	}
	tags, ok := entityTags(m.Tags)
	if !ok {
		return nil, badHeader("If-Match")
	}
	expect := store.Expect{}
	for _, tag := range tags {
		// A tag that is not one of ours fits no link.
		if revision, err := strconv.ParseInt(strings.Trim(tag, `"`), 10, 64); err == nil {
			expect = append(expect, revision)
		}
	}
	return expect, nil
}

// entityTags splits a list of entity tags (RFC 9110 section 8.8.3). ok is false if it is none. Weak ones are kept as they
// are, with W/.
func entityTags(list string) (tags []string, ok bool) {
	for rest := strings.TrimSpace(list); ; {
		weak := strings.HasPrefix(rest, "W/")
		opaque := strings.TrimPrefix(rest, "W/")
		if !strings.HasPrefix(opaque, `"`) {
			return nil, false
		}
		end := strings.IndexByte(opaque[1:], '"')
		if end < 0 {
			return nil, false
		}
		tag := opaque[:end+2]
		if weak {
			tag = "W/" + tag
		}
		tags = append(tags, tag)
		rest = strings.TrimSpace(opaque[end+2:])
		if rest == "" {
			return tags, true
		}
		if !strings.HasPrefix(rest, ",") {
			return nil, false
		}
		rest = strings.TrimSpace(rest[1:])
	}
}

// noneMatch reports whether If-None-Match lets a link with this entity tag be sent. Weak tags count like strong ones.
func noneMatch(list, tag string) (bool, error) {
	if list == "" {
		return true, nil
	}
	if strings.TrimSpace(list) == "*" {
		return false, nil
	}
	tags, ok := entityTags(list)
	if !ok {
		return false, badHeader("If-None-Match")
	}
	return !slices.ContainsFunc(tags, func(t string) bool { return strings.TrimPrefix(t, "W/") == tag }), nil
}

// badHeader is a 400 that names a header in which entity tags are expected.
func badHeader(name string) error {
	return newProblem(http.StatusBadRequest, "", &huma.ErrorDetail{
		Location: "header." + name, Message: `is no list of entity tags; send the ETag of an answer as it was, with its quotes: "3"`,
	})
}
