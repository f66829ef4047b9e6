package bookmarks_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/linkwell/linkwell/link-manager/bookmarks"
)

// fuzz holds a reader to its promises: it ends, its lines never go back, its texts are UTF-8 of bounded length, what it
// gives could be a link, and it gives the same again.
func fuzz(f *testing.F, format bookmarks.Format, seeds ...string) {
	for _, seed := range seeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, file string) {
		first, err := read(file, format)
		again, errAgain := read(file, format)
		if (err == nil) != (errAgain == nil) {
			t.Fatalf("first %v, then %v", err, errAgain)
		}
		compare(t, "read again", again.items, first.items)
		compare(t, "problems, read again", again.problems, first.problems)
		line := 1
		for _, item := range first.items {
			switch {
			case item.Line < line:
				t.Errorf("line %d after line %d", item.Line, line)
			case !utf8.ValidString(item.URL + item.Title + item.Description + strings.Join(item.Tags, "") + strings.Join(item.Folders, "")):
				t.Errorf("no UTF-8: %+v", item)
			case strings.ContainsAny(item.Title+strings.Join(item.Tags, ""), "\n\r\x00"):
				t.Errorf("more than a line: %+v", item)
			case !strings.HasPrefix(strings.ToLower(item.URL), "http"):
				t.Errorf("no web page: %q", item.URL)
			case len(item.Title) > 3*64<<10 || len(item.Description) > 3*(64<<10)+10 || len(item.Folders) > 100:
				t.Errorf("too much: %d, %d, %d", len(item.Title), len(item.Description), len(item.Folders))
			case !item.AddedAt.IsZero() && (item.AddedAt.Location() != time.UTC || item.AddedAt.Year() < 1990 || item.AddedAt.Year() > 2099):
				t.Errorf("an absurd date: %v", item.AddedAt)
			}
			line = item.Line
		}
	})
}

func FuzzNetscape(f *testing.F) {
	fuzz(f, bookmarks.Netscape,
		"<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<H1>B</H1>\n<DL><p><DT><H3>F</H3><DL><DT><A HREF=\"https://example.com/\" ADD_DATE=\"1500000000\" TAGS=\"a,b\" ICON=\"data:xyz\">A &amp; B</A>\n<DD>text<br>more\n</DL></DL>",
		"<META charset=iso-8859-1><dl><dt><a href='http://example.com/' time_added=0>\xe9<script></a><hr><li>")
}

func FuzzJSON(f *testing.F) {
	fuzz(f, bookmarks.JSON,
		`[{"href":"https://example.com/","description":"A","time":"2017-07-14T02:40:00Z","tags":"a b","toread":"yes"},7]`,
		`{"count":1,"results":[{"url":"https://example.com/","tag_names":["a",{"name":"b"}],"content":{"url":""}}]}`)
}

func FuzzCSV(f *testing.F) {
	fuzz(f, bookmarks.CSV,
		"url,title,description,tags,created_at\nhttps://example.com/,'=A,\"x\ny\",\"a,b\",2017-07-14\n",
		"Link;Name;Folder\r\nhttps://example.com/;\"A\"\"B\";X/Y\r\n\"",
		"url\nhttps://example.com/\xe9\n")
}

func FuzzList(f *testing.F) {
	fuzz(f, bookmarks.List, "# x\nhttps://example.com/ A\nhttps://example.com/b | B\n\xff\n- http://example.com/")
}

// FuzzWithoutIcons checks that whatever the pieces, the same is left, with as many lines.
func FuzzWithoutIcons(f *testing.F) {
	f.Add(`<A HREF="x" ICON="data:image/png;base64,AAAA">A</A> ICON="data:b`, uint8(3))
	f.Fuzz(func(t *testing.T, file string, piece uint8) {
		whole, err := io.ReadAll(bookmarks.WithoutIcons(strings.NewReader(file)))
		if err != nil {
			t.Fatal(err)
		}
		var inPieces strings.Builder
		r, buffer := bookmarks.WithoutIcons(newDrip(file)), make([]byte, int(piece)+1)
		for {
			n, err := r.Read(buffer)
			inPieces.Write(buffer[:n])
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if string(whole) != inPieces.String() {
			t.Errorf("in one: %q, in pieces: %q", whole, inPieces.String())
		}
		if strings.Count(string(whole), "\n") != strings.Count(file, "\n") {
			t.Errorf("lines got lost: %q", whole)
		}
		if !strings.Contains(strings.ToLower(file), `icon="data:`) && string(whole) != file {
			t.Errorf("%q became %q", file, whole)
		}
	})
}
