package probe

import (
	"bytes"
	"io"
	"mime"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"
)

// A page is what an HTML body says of itself to whoever skims it.
type page struct {
	// title and heading are the texts of the first title and the first h1: in lower case, white space folded.
	title, heading string
	// source is the body in lower case, undecoded; nil if it is larger than maxMarkedBytes.
	source []byte
}

const (
	// maxLine bounds title and heading, in bytes.
	maxLine = 512
	// maxMarkedBytes is the largest page that is told by marks in its source: parked pages and bot walls are small, and
	// articles about them quote.
	maxMarkedBytes = 32 << 10
)

// readPage reads as much of a page as body has, which may be cut off anywhere, in the character set that contentType, or
// the page itself, names. ok is false if the body is no HTML, by its media type or, without one, by its looks.
func readPage(contentType string, body []byte) (read page, ok bool) {
	if !isHTML(contentType, body) {
		return page{}, false
	}
	if len(body) <= maxMarkedBytes {
		read.source = bytes.ToLower(body)
	}
	decoded, err := charset.NewReader(bytes.NewReader(body), contentType)
	if err != nil {
		return read, true // it is empty
	}
	read.title, read.heading = titleAndHeading(decoded)
	return read, true
}

// marked reports whether one of marks is in the page's source.
func (p page) marked(marks [][]byte) bool {
	return slices.ContainsFunc(marks, func(mark []byte) bool { return bytes.Contains(p.source, mark) })
}

func isHTML(contentType string, body []byte) bool {
	if contentType == "" {
		start := bytes.ToLower(bytes.TrimSpace(body[:min(len(body), 512)]))
		return bytes.HasPrefix(start, []byte("<!doctype html")) || bytes.HasPrefix(start, []byte("<html"))
	}
	mediaType, _, err := mime.ParseMediaType(contentType)
	if err != nil && mediaType == "" {
		mediaType, _, _ = strings.Cut(strings.ToLower(contentType), ";")
	}
	return mediaType == "text/html" || mediaType == "application/xhtml+xml"
}

func titleAndHeading(body io.Reader) (title, heading string) {
	tokens := html.NewTokenizer(body)
	for title == "" || heading == "" {
		switch tokens.Next() {
		case html.ErrorToken:
			return title, heading
		case html.StartTagToken:
			switch name, _ := tokens.TagName(); string(name) {
			case "title":
				if text := textUntil(tokens, "title"); title == "" {
					title = text
				}
			case "h1":
				if text := textUntil(tokens, "h1"); heading == "" {
					heading = text
				}
			}
		default:
		}
	}
	return title, heading
}

// textUntil is the text up to the end tag of element, or of what is there.
func textUntil(tokens *html.Tokenizer, element string) string {
	var text strings.Builder
	for text.Len() < maxLine {
		switch tokens.Next() {
		case html.ErrorToken:
			return fold(text.String())
		case html.TextToken:
			text.Write(tokens.Text())
		case html.StartTagToken, html.SelfClosingTagToken:
			text.WriteByte(' ')
		case html.EndTagToken:
			if name, _ := tokens.TagName(); string(name) == element {
				return fold(text.String())
			}
		default:
		}
	}
	return fold(text.String()[:maxLine])
}

// fold is text in lower case with single spaces.
func fold(text string) string { return strings.Join(strings.Fields(strings.ToLower(text)), " ") }

// parts are what a title consists of, between the signs that separate it from the name of the site.
func parts(title string) []string {
	for _, separator := range []string{" – ", " — ", " · ", " • ", " » ", " « ", " :: ", " - ", ": ", " / "} {
		title = strings.ReplaceAll(title, separator, "|")
	}
	split := strings.Split(title, "|")
	for i := range split {
		split[i] = strings.Trim(split[i], " .!…:-–—")
	}
	return split
}
