package bookmarks

import (
	"bufio"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/transform"
)

// declared is how much of a page may come before it says how it is encoded (HTML Living Standard, 4.2.5.4).
const declared = 1024

// decode is r in UTF-8 without a byte order mark: r says what it is in by such a mark or, if it is HTML, in a META tag.
// Nothing is guessed; what is not UTF-8 in the end is made legible text by text.
func decode(r *bufio.Reader, isHTML bool) io.Reader {
	begin, _ := r.Peek(declared) // an error comes again when it is read
	marked := len(begin) >= 2 && (begin[0] == 0xFE && begin[1] == 0xFF || begin[0] == 0xFF && begin[1] == 0xFE)
	if strings.HasPrefix(string(begin), "\xEF\xBB\xBF") {
		_, _ = r.Discard(3)
		return r
	}
	if !marked && !isHTML {
		return r
	}
	encoding, name, certain := charset.DetermineEncoding(begin, "")
	if !certain || name == "utf-8" {
		return r
	}
	decoded := bufio.NewReaderSize(transform.NewReader(r, encoding.NewDecoder()), 64<<10)
	if mark, _, err := decoded.ReadRune(); err == nil && mark != '\uFEFF' {
		_ = decoded.UnreadRune() // never fails after ReadRune
	}
	return decoded
}

// legible is s in UTF-8: what is not was most often written by a program of western Europe.
func legible(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	decoded, err := charmap.Windows1252.NewDecoder().String(s)
	if err != nil {
		return strings.ToValidUTF8(s, "\uFFFD")
	}
	return decoded
}

// oneLine is s as a title: trimmed, without control characters, and with one space for each run of white space that holds a
// line break or a tab.
func oneLine(s string) string {
	s = strings.TrimSpace(legible(cut(s, maxText)))
	if !strings.ContainsFunc(s, unicode.IsControl) {
		return s
	}
	var b strings.Builder
	gap, broken := "", false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			gap += string(r)
			broken = broken || unicode.IsControl(r)
			continue
		case unicode.IsControl(r):
			continue
		case broken:
			b.WriteByte(' ')
		default:
			b.WriteString(gap)
		}
		gap, broken = "", false
		b.WriteRune(r)
	}
	return b.String()
}

// manyLines is s as a description: trimmed, and without control characters but tabs and line breaks.
func manyLines(s string) string {
	s = strings.TrimSpace(legible(cut(s, maxText)))
	if !strings.ContainsFunc(s, isUnwanted) {
		return s
	}
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if isUnwanted(r) {
			return -1
		}
		return r
	}, s))
}

func isUnwanted(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' }

// cut is at most n bytes of s, up to the last character that fits.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
