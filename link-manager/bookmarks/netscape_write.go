package bookmarks

import (
	"bufio"
	"html"
	"io"
	"strconv"
	"strings"
)

// generator is how our own files are known.
const generator = "Linkwell"

const netscapeHead = `<!DOCTYPE NETSCAPE-Bookmark-file-1>
<!-- This is an automatically generated file. It can be imported by any browser. -->
<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">
<META NAME="generator" CONTENT="` + generator + `">
<TITLE>Bookmarks</TITLE>
<H1>Bookmarks</H1>
<DL><p>
`

// netscapeWriter writes one flat list: links of ours have tags and are in no folders.
type netscapeWriter struct {
	to   *bufio.Writer
	item strings.Builder
}

func newNetscapeWriter(w io.Writer) (*netscapeWriter, error) {
	n := &netscapeWriter{to: bufio.NewWriterSize(w, 32<<10)}
	_, err := n.to.WriteString(netscapeHead)
	return n, err
}

// Write implements Writer. Times are written in seconds, which is all that browsers read.
func (n *netscapeWriter) Write(item Item) error {
	n.item.Reset()
	n.item.WriteString(`<DT><A HREF="` + escape(item.URL))
	if !item.AddedAt.IsZero() {
		n.item.WriteString(`" ADD_DATE="` + strconv.FormatInt(item.AddedAt.Unix(), 10))
	}
	if len(item.Tags) > 0 {
		n.item.WriteString(`" TAGS="` + escape(strings.Join(item.Tags, ",")))
	}
	n.item.WriteString(`">` + escape(item.Title) + "</A>\n")
	if item.Description != "" {
		n.item.WriteString("<DD>" + escape(item.Description) + "\n")
	}
	_, err := n.to.WriteString(n.item.String())
	return err
}

// escape is s as HTML. A carriage return would be read as a line feed.
func escape(s string) string { return strings.ReplaceAll(html.EscapeString(s), "\r", "&#13;") }

// Close implements Writer.
func (n *netscapeWriter) Close() error {
	if _, err := n.to.WriteString("</DL><p>\n"); err != nil {
		return err
	}
	return n.to.Flush()
}
