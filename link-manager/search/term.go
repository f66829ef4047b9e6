package search

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
)

// keys are the filters there are, in the order in which they are told.
var keys = []string{"is", "reason", "code", "host", "tag", "url", "title", "description", "added", "checked", "failing", "sort"}

// split is the term's filter and its value; without a filter the key is empty and the value is the whole. The tag of
// #tag has the key tag.
func (t token) split() (key, value string) {
	if t.kind == quoted {
		return strings.ToLower(t.key), t.value
	}
	if tag, ok := strings.CutPrefix(t.raw, "#"); ok {
		return "tag", tag
	}
	key, value, found := strings.Cut(t.raw, ":")
	if !found || !isKey(key) || strings.HasPrefix(value, "//") {
		return "", t.raw
	}
	return strings.ToLower(key), value
}

// node is what the term wants, or the problem with it.
func (t token) node(key, value string) (Node, string) {
	if t.star && key != "" && !slices.Contains([]string{"url", "title", "description"}, key) {
		return nil, key + `: takes no * after the quotation mark; take it away`
	}
	switch key {
	case "":
		return t.text("", value)
	case "url", "title", "description":
		return t.text(key, value)
	case "tag":
		return tag(value)
	case "is":
		if state := State(strings.ToLower(value)); slices.Contains(states, state) {
			return Is{state}, ""
		}
		return nil, "there is no such state; " + oneOf("is:", states)
	case "reason":
		return reason(strings.ToLower(value))
	case "code":
		return code(strings.ToLower(value))
	case "host":
		return host(value)
	case "added", "checked", "failing":
		return moment(key, value)
	}
	return nil, fmt.Sprintf("there is no filter %s:; %s, or put it in quotation marks to look for the text", key, oneOf("", withColons(keys)))
}

func (t token) text(in, value string) (Node, string) {
	prefix := t.star
	if t.kind == bare {
		_, prefix = strings.CutSuffix(value, "*")
	}
	words := Words(value)
	if len(words) == 0 {
		return nil, "it has neither letter nor digit to look for; take it away"
	}
	return Text{In: in, Words: words, Prefix: prefix}, ""
}

func tag(value string) (Node, string) {
	tags, err := link.NormalizeTags([]string{strings.TrimLeft(strings.TrimSpace(value), "#")})
	if err != nil || strings.HasPrefix(tags[0], "#") {
		return nil, "no link can have such a tag; write a tag like #golang, at most " + strconv.Itoa(link.MaxTag) + " characters without spaces or commas"
	}
	return Tag{tags[0]}, ""
}

func reason(value string) (Node, string) {
	var meant []check.Reason
	for _, r := range append(check.Reasons(), link.Overruled) {
		if string(r) == value {
			return Reason{value, []check.Reason{r}}, ""
		}
		if strings.HasPrefix(string(r), value+"_") {
			meant = append(meant, r)
		}
	}
	if len(meant) > 0 {
		return Reason{value, meant}, ""
	}
	return nil, "there is no such reason; " + oneOf("reason:", append(check.Reasons(), link.Overruled)) + ", or what several begin with, like reason:tls"
}

func code(value string) (Node, string) {
	const right = "write an HTTP status from 100 to 599 like code:404, or a hundred of them like code:5xx"
	if class, ok := strings.CutSuffix(value, "xx"); ok && len(class) == 1 && class >= "1" && class <= "5" {
		low := int(class[0]-'0') * 100
		return Code{low, low + 99}, ""
	}
	n, err := strconv.ParseUint(value, 10, 16)
	if err != nil || n < 100 || n > 599 {
		return nil, right
	}
	return Code{int(n), int(n)}, ""
}

func host(value string) (Node, string) {
	const right = "write a host without port or path, like host:example.com"
	value = strings.TrimPrefix(value, "*.")
	if value == "" || strings.ContainsAny(value, "/?#@\\") {
		return nil, right
	}
	key, err := link.Key("http://"+value+"/", link.Tracking{})
	if err != nil {
		return nil, right
	}
	name := link.HostOf(key)
	if again, err := link.Key("http://"+bracketed(name)+"/", link.Tracking{}); err != nil || again != key {
		return nil, right // it had a port
	}
	return Host{name}, ""
}

// bracketed is a host as it stands in a URL.
func bracketed(name string) string {
	if addr, err := netip.ParseAddr(name); err == nil && addr.Is6() {
		return "[" + name + "]"
	}
	return name
}

// oneOf says what could be written.
func oneOf[T ~string](key string, values []T) string {
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = key + string(value)
	}
	if last := len(texts) - 1; last > 0 {
		return "write " + strings.Join(texts[:last], ", ") + " or " + texts[last]
	}
	return "write " + texts[0]
}

func withColons(keys []string) []string {
	with := make([]string, len(keys))
	for i, key := range keys {
		with[i] = key + ":"
	}
	return with
}
