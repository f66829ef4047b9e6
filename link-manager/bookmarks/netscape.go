package bookmarks

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// netscapeReader reads the Netscape bookmark format: HTML that was never closed, nor valid. It goes by start tags alone, and
// wants no order of them: a DL opens the folder that the last H3 named, an A is an item, and the DD after it describes it.
type netscapeReader struct {
	tokens *html.Tokenizer
	from   io.Reader
	line   int
	author author

	folders []string
	// deeper is how many folders are open beyond maxDepth.
	deeper int
	// named is the folder that the next DL opens.
	named string

	in   section
	text []byte
	item *Item
	out  []read
}

// read is what Next returns.
type read struct {
	item Item
	err  error
}

// section is what text belongs to.
type section int

const (
	nowhere section = iota
	folderName
	title
	description
)

// author is what is known of the program that wrote the file.
type author struct {
	ours, shaarli bool
	// headed means that the file has a heading. LinkAce's have none, and are escaped twice.
	headed bool
}

func newNetscapeReader(r io.Reader) *netscapeReader {
	n := &netscapeReader{from: WithoutIcons(r), line: 1}
	n.tokenize()
	return n
}

// tokenize begins anew where the tokenizer stopped.
func (n *netscapeReader) tokenize() {
	n.tokens = html.NewTokenizer(n.from)
	n.tokens.SetMaxBuf(maxItem)
}

// Next implements Reader.
func (n *netscapeReader) Next() (Item, error) {
	for len(n.out) == 0 {
		n.step()
	}
	next := n.out[0]
	if next.err == nil || isItemError(next.err) {
		n.out = n.out[1:]
	}
	return next.item, next.err
}

// step deals with one token.
func (n *netscapeReader) step() {
	kind := n.tokens.Next()
	line := n.line
	n.line += bytes.Count(n.tokens.Raw(), []byte("\n"))
	switch kind {
	case html.ErrorToken:
		n.end(line)
	case html.TextToken:
		if n.in != nowhere {
			n.write(n.tokens.Text())
		}
	case html.StartTagToken, html.SelfClosingTagToken:
		n.tokens.NextIsNotRawText() // or a <script> in a title would swallow what follows
		name, attributes := n.tokens.TagName()
		n.open(atom.Lookup(name), attributes, line)
	case html.EndTagToken:
		name, _ := n.tokens.TagName()
		n.closeTag(atom.Lookup(name))
	case html.CommentToken:
		if bytes.Contains(bytes.ToLower(n.tokens.Text()), []byte("shaarli")) {
			n.author.shaarli = true
		}
	case html.DoctypeToken:
	}
}

// end is for when the tokenizer stopped: at the end, or at a tag or a text that is too long.
func (n *netscapeReader) end(line int) {
	err := n.tokens.Err()
	switch {
	case errors.Is(err, io.EOF):
		n.flush()
		n.out = append(n.out, read{err: io.EOF})
		return
	case !errors.Is(err, html.ErrBufferExceeded):
		n.out = append(n.out, read{err: err}) // what was begun may be only a half
		return
	}
	n.flush()
	n.out = append(n.out, read{err: &ItemError{Line: line, Problem: "there is a tag or a text of more than a megabyte, which was passed over"}})
	n.line += bytes.Count(n.tokens.Buffered(), []byte("\n"))
	n.tokenize()
}

// open deals with a start tag.
func (n *netscapeReader) open(tag atom.Atom, attributes bool, line int) {
	switch tag {
	case atom.A:
		n.openLink(attributes, line)
	case atom.H1, atom.H2, atom.H3, atom.H4:
		n.flush()
		n.author.headed = true
		n.text, n.named = n.text[:0], ""
		if tag == atom.H3 && !n.isBuiltIn(attributes) {
			n.in = folderName
		}
	case atom.Dl:
		n.endFolderName()
		n.flush()
		if len(n.folders) < maxDepth {
			n.folders = append(n.folders, n.named)
		} else {
			n.deeper++
		}
		n.named = ""
	case atom.Dt:
		n.endFolderName()
		n.flush()
	case atom.Dd:
		n.endTitle()
		n.in = nowhere
		if n.item != nil {
			n.in, n.text = description, n.text[:0]
		}
	case atom.Br, atom.P, atom.Li, atom.Div, atom.Hr:
		switch {
		case n.in == description:
			n.write([]byte("\n"))
		case tag == atom.Hr || tag == atom.Li:
			n.flush()
		}
	case atom.Meta:
		n.author.ours = n.author.ours || n.isOurs(attributes)
	default:
	}
}

// closeTag deals with an end tag.
func (n *netscapeReader) closeTag(tag atom.Atom) {
	switch tag {
	case atom.A:
		n.endTitle()
	case atom.H1, atom.H2, atom.H3, atom.H4:
		n.endFolderName()
	case atom.Dl:
		n.flush()
		switch {
		case n.deeper > 0:
			n.deeper--
		case len(n.folders) > 0:
			n.folders = n.folders[:len(n.folders)-1]
		}
	case atom.Dd:
		if n.in == description {
			n.flush()
		}
	default:
	}
}

// openLink begins an item. A link in a description is a part of that, unless it has what only items have.
func (n *netscapeReader) openLink(attributes bool, line int) {
	item, isItem := n.readLink(attributes)
	if n.in == description && !isItem {
		return
	}
	n.endFolderName()
	n.flush()
	item.Line = line
	for _, folder := range n.folders {
		if folder != "" {
			item.Folders = append(item.Folders, folder)
		}
	}
	n.item, n.in, n.text = &item, title, n.text[:0]
}

// readLink reads the attributes of an A. isItem means that it has some that no other link has.
func (n *netscapeReader) readLink(more bool) (item Item, isItem bool) {
	for more {
		var key, value []byte
		key, value, more = n.tokens.TagAttr()
		switch string(key) {
		case "href":
			if item.URL == "" && len(value) <= maxURL {
				item.URL = strings.TrimSpace(legible(string(value)))
			}
		case "add_date", "time_added":
			item.AddedAt, isItem = parseDate(string(value)), true
		case "tags", "labels":
			separators := ","
			if n.author.shaarli {
				separators = ", "
			}
			item.Tags, isItem = append(item.Tags, splitTags(string(value), separators)...), true
		case "toread":
			if string(value) == "1" && !n.author.ours {
				item.Tags = append(item.Tags, "toread")
			}
			isItem = true
		case "description": // Scuttle's
			item.Description, isItem = manyLines(string(value)), true
		case "private", "last_modified", "last_visit", "icon", "icon_uri", "shortcuturl":
			isItem = true
		}
	}
	return item, isItem
}

// builtIn are the attributes of folders that every browser has, under names that say nothing.
var builtIn = []string{"personal_toolbar_folder", "unfiled_bookmarks_folder"}

func (n *netscapeReader) isBuiltIn(more bool) (found bool) {
	for more {
		var key, value []byte
		key, value, more = n.tokens.TagAttr()
		for _, name := range builtIn {
			found = found || string(key) == name && strings.EqualFold(string(value), "true")
		}
	}
	return found
}

// isOurs reports whether a META tag says that we wrote the file: then nothing needs to be mended.
func (n *netscapeReader) isOurs(more bool) bool {
	var name, content string
	for more {
		var key, value []byte
		key, value, more = n.tokens.TagAttr()
		switch string(key) {
		case "name":
			name = string(value)
		case "content":
			content = string(value)
		}
	}
	return name == "generator" && content == generator
}

func (n *netscapeReader) write(text []byte) {
	const most = maxText + utf8.UTFMax // so that cut finds the end of a character
	n.text = append(n.text, text[:min(len(text), most-min(most, len(n.text)))]...)
}

func (n *netscapeReader) endFolderName() {
	if n.in == folderName {
		n.in, n.named = nowhere, oneLine(n.unescaped())
	}
}

func (n *netscapeReader) endTitle() {
	if n.in == title {
		n.in, n.item.Title = nowhere, oneLine(n.unescaped())
	}
}

// unescaped is the text that was read, without the second escaping of those who do it twice.
func (n *netscapeReader) unescaped() string {
	text := string(n.text)
	if !n.author.headed && strings.Contains(text, "&") {
		return html.UnescapeString(text)
	}
	return text
}

// flush ends the item that was begun.
func (n *netscapeReader) flush() {
	if n.item == nil {
		if n.in == description {
			n.in = nowhere
		}
		return
	}
	n.endTitle()
	if n.in == description {
		text := n.unescaped()
		if !n.author.ours {
			text = linkdingNotes.Replace(text)
		}
		n.item.Description = manyLines(text)
	}
	if !n.author.ours {
		for i, tag := range n.item.Tags {
			if tag == "linkding:bookmarks.archived" {
				n.item.Tags[i] = "archived"
			}
		}
	}
	item, err := usable(*n.item)
	n.out = append(n.out, read{item, err})
	n.item, n.in = nil, nowhere
}

// linkdingNotes takes the marks from around linkding's notes, which follow the description.
var linkdingNotes = strings.NewReplacer("[linkding-notes]", "\n\n", "[/linkding-notes]", "")
