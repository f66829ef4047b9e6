// Package unread keeps what other link managers call unread, or to read: as a tag, which Linkwell shows like any other.
package unread

import "slices"

// Tag is the tag of what is yet to be read.
const Tag = "toread"

// Split takes Tag from a link's tags, which stay as they are, and reports whether it was there. others is never nil.
func Split(tags []string) (others []string, is bool) {
	others = make([]string, 0, len(tags))
	for _, tag := range tags {
		if tag == Tag {
			is = true
			continue
		}
		others = append(others, tag)
	}
	return others, is
}

// Join gives Tag to tags if is says so. A tag that is among them already was meant too.
func Join(tags []string, is bool) []string {
	joined := slices.Clone(tags)
	if is && !slices.Contains(joined, Tag) {
		joined = append(joined, Tag)
	}
	return joined
}
