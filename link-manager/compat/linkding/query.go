package linkding

import (
	"fmt"
	"slices"
	"strings"

	"github.com/linkwell/linkwell/link-manager/compat/unread"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/search"
	"github.com/linkwell/linkwell/link-manager/store"
)

// maxQuery is the longest search, in bytes.
const maxQuery = 1_000

// parseQuery reads linkding's search: words, "phrases", #tags, !unread and !untagged, all of which a bookmark must fulfil,
// and not before any of them. It fails with an invalid for or and parentheses, which we cannot answer, for a text without a
// word, and for what is longer than maxQuery or has more than search.MaxTerms terms.
func parseQuery(text string) (p store.Pick, err error) {
	if len(text) > maxQuery {
		return store.Pick{}, wrong("q", fmt.Sprintf("It is %d bytes long; the most allowed is %d.", len(text), maxQuery))
	}
	not := false
	for rest := strings.TrimSpace(text); rest != ""; rest = strings.TrimSpace(rest) {
		var term string
		var quoted bool
		term, rest, quoted = nextTerm(rest)
		word := strings.ToLower(term)
		switch {
		case term == "" || term == "#":
			continue
		case quoted:
			p.Texts, p.NotTexts = into(p.Texts, p.NotTexts, not, word)
		case word == "and":
			continue
		case word == "not":
			not = !not
			continue
		case word == "or", strings.ContainsAny(term, "()"):
			return store.Pick{}, wrong("q", "Here a search is words, \"phrases\", #tags, !unread, !untagged, and not before them; or and parentheses are understood at /v1/links.")
		case word == "!unread":
			p.Tags, p.NotTags = into(p.Tags, p.NotTags, not, unread.Tag)
		case word == "!untagged" && not:
			return store.Pick{}, wrong("q", "not !untagged is not understood here.")
		case word == "!untagged":
			p.Untagged = true
		case strings.HasPrefix(term, "#"):
			tags, err := link.NormalizeTags([]string{strings.ReplaceAll(term, ",", "")})
			if err != nil || len(tags) != 1 {
				return store.Pick{}, wrong("q", fmt.Sprintf("%q can be no tag.", term))
			}
			p.Tags, p.NotTags = into(p.Tags, p.NotTags, not, tags[0])
		default:
			p.Texts, p.NotTexts = into(p.Texts, p.NotTexts, not, word)
		}
		not = false
	}
	texts := slices.Concat(p.Texts, p.NotTexts)
	for _, text := range texts {
		if len(search.Words(text)) == 0 {
			return store.Pick{}, wrong("q", fmt.Sprintf("%q has no word; words are letters and digits.", text))
		}
	}
	if n := len(texts) + len(p.Tags) + len(p.NotTags); n > search.MaxTerms {
		return store.Pick{}, wrong("q", fmt.Sprintf("There are %d terms; the most allowed is %d.", n, search.MaxTerms))
	}
	return p, nil
}

// nextTerm splits the first term off a text that does not begin with a space.
func nextTerm(text string) (term, rest string, quoted bool) {
	if phrase, isQuoted := strings.CutPrefix(text, `"`); isQuoted {
		term, rest, _ = strings.Cut(phrase, `"`)
		return strings.TrimSpace(term), rest, true
	}
	end := strings.IndexFunc(text, func(r rune) bool { return r == ' ' || r == '\t' || r == '\n' || r == '\r' || r == '"' })
	if end < 0 {
		return text, "", false
	}
	return text[:end], text[end:], false
}

// into adds a term to those that are wanted, or to those that are not.
func into(wanted, unwanted []string, not bool, term string) (nextWanted, nextUnwanted []string) {
	if not {
		return wanted, append(unwanted, term)
	}
	return append(wanted, term), unwanted
}
