package bookmarks

import (
	"bytes"
	"io"
)

// WithoutIcons is a bookmark file of browsers without the pictures in it, which are most of its bytes: what is between
// ICON="data: and the end of that word is left out. Lines keep their numbers.
func WithoutIcons(r io.Reader) io.Reader { return &iconFilter{from: r} }

// iconStart is what a picture begins with, in any case.
var iconStart = []byte(`icon="data:`)

type iconFilter struct {
	from io.Reader
	// rest is what was read and is not dealt with.
	rest   []byte
	buffer [32 << 10]byte
	// plain is how much of rest is no picture for certain; if icon is set, one begins after it.
	plain int
	icon  bool
	err   error
}

// Read gives what can be told from pictures for certain.
func (f *iconFilter) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for {
		if n := f.take(p); n > 0 {
			return n, nil
		}
		if f.err != nil {
			return 0, f.err
		}
		kept := copy(f.buffer[:], f.rest)
		n, err := f.from.Read(f.buffer[kept:])
		f.rest, f.err = f.buffer[:kept+n], err
	}
}

// take copies what is no picture to p, and drops what is.
func (f *iconFilter) take(p []byte) int {
	if f.plain == 0 && f.icon {
		end := bytes.IndexFunc(f.rest, endsIcon)
		if end < 0 {
			f.rest = nil
			return 0
		}
		f.rest, f.icon = f.rest[end:], false
	}
	if f.plain == 0 {
		start := indexFold(f.rest, iconStart)
		switch f.icon = start >= 0; {
		case f.icon:
			f.plain = start + len(iconStart)
		case f.err == nil:
			f.plain = max(0, len(f.rest)-len(iconStart)+1) // the end could be the begin of one
		default:
			f.plain = len(f.rest)
		}
	}
	n := copy(p, f.rest[:f.plain])
	f.rest, f.plain = f.rest[n:], f.plain-n
	return n
}

// endsIcon reports whether r cannot be in a data: URL as browsers write it.
func endsIcon(r rune) bool { return r == '"' || r == '<' || r == '>' || r <= ' ' }

// indexFold is where in s the text, in lower case, begins in any case; -1 if nowhere. It looks for the colon, which is rare.
func indexFold(s, text []byte) int {
	last := len(text) - 1
	for from := 0; ; {
		colon := bytes.IndexByte(s[from:], text[last])
		if colon < 0 {
			return -1
		}
		from += colon + 1
		if from > last && bytes.EqualFold(s[from-1-last:from], text) {
			return from - 1 - last
		}
	}
}
