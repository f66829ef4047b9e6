package bookmarks

import "strings"

// splitTags splits at any of the separators, and drops what is empty.
func splitTags(s, separators string) []string {
	var tags []string
	for tag := range strings.FieldsFuncSeq(cut(s, maxText), func(r rune) bool { return strings.ContainsRune(separators, r) }) {
		if tag = oneLine(tag); tag != "" && len(tags) < maxTags {
			tags = append(tags, tag)
		}
	}
	return tags
}
