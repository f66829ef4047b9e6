package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// maxWord is how many characters of a word count.
const maxWord = 100

// Words are the words of a text as they are compared: folded, each cut to its first hundred characters. Both what is
// saved and what is looked for goes through it, so that every database finds the same. %-escapes of UTF-8 are undone
// first. Words of a word are that word.
func Words(text string) []string {
	var words []string
	var word []rune
	single := false // word is a character that stands for itself
	end := func() {
		if len(word) > 0 {
			words = append(words, string(word[:min(len(word), maxWord)]))
		}
		word, single = word[:0], false
	}
	for _, r := range fold(unescape(text)) {
		switch {
		case standsAlone(r):
			end()
			word, single = append(word, r), true
		case unicode.IsMark(r):
			if len(word) > 0 {
				word = append(word, r)
			}
		case unicode.IsLetter(r) || unicode.IsNumber(r):
			if single {
				end()
			}
			word = append(word, r)
		default:
			end()
		}
	}
	end()
	return words
}

// unspaced are the scripts that put no spaces between words.
var unspaced = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar}

// standsAlone reports whether the character is a word by itself: one of a script without spaces, or a pictogram.
func standsAlone(r rune) bool {
	return r >= 0x80 && (unicode.IsLetter(r) && unicode.In(r, unspaced...) || r != utf8.RuneError && unicode.Is(unicode.So, r))
}

// fold takes case, accents and compatibility forms away. What is folded stays as it is.
func fold(text string) string {
	if isASCII(text) {
		return strings.ToLower(text)
	}
	// A fold can leave something that folds again, like a ligature of capitals.
	for range 4 {
		folded := cases.Fold().String(strings.Map(withoutAccent, norm.NFKD.String(text)))
		folded = norm.NFKC.String(strings.Map(withoutAccent, norm.NFKD.String(folded)))
		if folded == text {
			break
		}
		text = folded
	}
	return text
}

// withoutAccent drops the marks that Latin, Greek, Cyrillic, Hebrew and Arabic can be written without.
func withoutAccent(r rune) rune {
	switch {
	case r >= 0x300 && r <= 0x36f, r >= 0x591 && r <= 0x5c7, r >= 0x64b && r <= 0x65f, r == 0x670, r >= 0xfe00 && r <= 0xfe0f:
		return -1
	}
	return r
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// unescape undoes %-escapes, unless what comes out is no text.
func unescape(text string) string {
	if !strings.Contains(text, "%") {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '%' && i+2 < len(text) && isHex(text[i+1]) && isHex(text[i+2]) {
			b.WriteByte(unhex(text[i+1])<<4 | unhex(text[i+2]))
			i += 2
			continue
		}
		b.WriteByte(text[i])
	}
	if decoded := b.String(); utf8.ValidString(decoded) {
		return decoded
	}
	return text
}

func isHex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f' }

func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}
