package bookmarks

import (
	"io"
	"unicode/utf8"
)

// maxRaw is how much is read of one text of a JSON or CSV file, as it is written there: 20,000 characters at the least, also
// if all of them are escapes.
const maxRaw = 4 * maxText

// clipped reads a file without the ends of texts that are too long, so that nobody has to hold them, or to give up the file
// because of one. It asks keep about each byte in turn.
type clipped struct {
	from io.Reader
	keep func(b byte) bool
}

// Read implements io.Reader. It fails as the file does.
func (c *clipped) Read(p []byte) (int, error) {
	for {
		n, err := c.from.Read(p)
		kept := p[:0]
		for _, b := range p[:n] {
			if c.keep(b) {
				kept = append(kept, b)
			}
		}
		if len(kept) > 0 || err != nil || len(p) == 0 {
			return len(kept), err
		}
	}
}

// clip counts the bytes of one text.
type clip struct {
	length int
	over   bool
}

// keep reports whether the next byte is to be kept. Once there were too many, it is not from the first on that begins
// something which makes sense only as a whole.
func (c *clip) keep(begins bool) bool {
	c.length++
	c.over = c.over || begins && c.length > maxRaw
	return !c.over
}

// jsonTexts clips what stands in quotes (RFC 8259, section 7).
type jsonTexts struct {
	quoted bool
	// escape is how many bytes of an escape are still to come.
	escape int
	text   clip
}

func (t *jsonTexts) keep(b byte) bool {
	begins := t.escape == 0 && utf8.RuneStart(b)
	switch {
	case !t.quoted:
		t.quoted, t.text = b == '"', clip{}
		return true
	case t.escape > 0:
		if t.escape--; b == 'u' {
			t.escape = 4
		}
	case b == '\\':
		t.escape = 1
	case b == '"':
		t.quoted = false
		return true
	}
	return t.text.keep(begins)
}

// csvTexts clips fields (RFC 4180). Quotes and ends of lines are kept, or rows and lines would be others.
type csvTexts struct {
	delimiter byte
	// begun says that a field has begun, quoted that it did so with a quote, and closed that this may be at its end.
	begun, quoted, closed bool
	text                  clip
}

func (t *csvTexts) keep(b byte) bool {
	open := t.quoted && !t.closed
	switch {
	case !open && (b == t.delimiter || b == '\n'):
		*t = csvTexts{delimiter: t.delimiter}
		return true
	case !t.begun:
		t.begun, t.quoted = true, b == '"'
		return true
	case t.quoted && b == '"':
		t.closed = !t.closed
		return true
	case b == '\n':
		return true
	case t.closed: // a quote in the middle: the row is wrong, and ends with its line
		t.quoted, t.closed = false, false
	}
	return t.text.keep(utf8.RuneStart(b))
}
