package bookmarks_test

import (
	"strings"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-manager/bookmarks"
)

// TestNetscapeFilesOfEveryTool has what each tool's files are known for. The files were written for it.
func TestNetscapeFilesOfEveryTool(t *testing.T) {
	for name, test := range map[string]struct {
		file     string
		items    []bookmarks.Item
		problems []string
	}{
		"Chrome: icons, a toolbar folder, an empty folder's name, no tags, what is no web page": {
			file: lines(`
			<!DOCTYPE NETSCAPE-Bookmark-file-1>
			<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">
			<TITLE>Bookmarks</TITLE>
			<H1>Bookmarks</H1>
			<DL><p>
			    <DT><H3 ADD_DATE="1500000000" PERSONAL_TOOLBAR_FOLDER="true">Bookmarks bar</H3>
			    <DL><p>
			        <DT><A HREF="https://example.com/a?b=1&amp;c=2" ADD_DATE="1500000001" ICON="data:image/png;base64,iVBORw0KGgo=">A &amp; B</A>
			        <DT><H3 ADD_DATE="1500000000"></H3>
			        <DL><p>
			            <DT><A HREF="https://example.com/b" ADD_DATE="1500000002">B</A>
			        </DL><p>
			    </DL><p>
			    <DT><H3>Work</H3>
			    <DL><p>
			        <DT><H3>Go</H3>
			        <DL><p>
			            <DT><A HREF="chrome://settings/" ADD_DATE="1500000003">Settings</A>
			            <DT><A HREF="javascript:alert('x')">Run</A>
			            <DT><A HREF="https://example.com/c">C</A>
			        </DL><p>
			    </DL><p>
			    <DT><A HREF="https://example.com/d">D</A>
			</DL><p>
			`),
			items: []bookmarks.Item{
				{URL: "https://example.com/a?b=1&c=2", Title: "A & B", AddedAt: seconds(1500000001), Line: 8},
				{URL: "https://example.com/b", Title: "B", AddedAt: seconds(1500000002), Line: 11},
				{URL: "https://example.com/c", Title: "C", Folders: []string{"Work", "Go"}, Line: 20},
				{URL: "https://example.com/d", Title: "D", Line: 23},
			},
			problems: []string{
				`18 skipped "Settings": its address has the scheme chrome; only http and https can be checked`,
				`19 skipped "Run": its address has the scheme javascript; only http and https can be checked`,
			},
		},
		"Firefox: tags, place: queries, rules, descriptions at the margin, a DL that ends without p, livemarks": {
			file: lines(`
			<!DOCTYPE NETSCAPE-Bookmark-file-1>
			<H1>Bookmarks Menu</H1>

			<DL><p>
			    <DT><A HREF="place:type=6&amp;sort=14" ICON_URI="fake-favicon-uri:1">Recent Tags</A>
			    <HR>    <DT><H3 UNFILED_BOOKMARKS_FOLDER="true">Other Bookmarks</H3>
			<DD>The folder's own description
			    <DL><p>
			        <DT><A HREF="https://example.com/a" ADD_DATE="1500000001" LAST_MODIFIED="1500000009" SHORTCUTURL="ex" POST_DATA="" LAST_CHARSET="UTF-8" TAGS="to read,go" ICON_URI="https://example.com/icon">A</A>
			<DD>What A is about
			        <HR>
			        <DT><A FEEDURL="https://example.com/feed" HREF="https://example.com/blog">Feed</A>
			    </DL>
			</DL>
			`),
			items: []bookmarks.Item{
				{URL: "https://example.com/a", Title: "A", Description: "What A is about", Tags: []string{"to read", "go"}, AddedAt: seconds(1500000001), Line: 9},
				{URL: "https://example.com/blog", Title: "Feed", Line: 12},
			},
			problems: []string{`5 skipped "Recent Tags": its address has the scheme place; only http and https can be checked`},
		},
		"Safari: tabs, H3 before any DL, no dates, titles over several lines": {
			file: "<!DOCTYPE NETSCAPE-Bookmark-file-1>\n\t<HTML>\n\t<META HTTP-EQUIV=\"Content-Type\" CONTENT=\"text/html; charset=UTF-8\">\n\t<Title>Bookmarks</Title>\n\t<H1>Bookmarks</H1>\n" +
				"\t<DT><H3 FOLDED>Favourites</H3>\n\t<DL><p>\n\t\t<DT><A HREF=\"https://example.com/a\">One\n\t\ttitle,\n\n\tmany lines</A>\n\t</DL><p>\n" +
				"\t<DT><H3 FOLDED id=\"com.apple.ReadingList\">Reading List</H3>\n\t<DL><p>\n\t\t<DT><A HREF=\"https://example.com/b\">B</A>\n\t</DL><p>\n</HTML>\n",
			items: []bookmarks.Item{
				{URL: "https://example.com/a", Title: "One title, many lines", Folders: []string{"Favourites"}, Line: 8},
				{URL: "https://example.com/b", Title: "B", Folders: []string{"Reading List"}, Line: 15},
			},
		},
		"Internet Explorer: a byte order mark, FOLDED, a space before the end of a tag": {
			file: "\uFEFF" + lines(`
			<!DOCTYPE NETSCAPE-Bookmark-file-1>
			<H1>Bookmarks</H1>
			<DL><p>
			    <DT><H3 FOLDED ADD_DATE="1500000000" >Favourites</H3>
			    <DL><p>
			        <DT><A HREF="https://example.com/a" ADD_DATE="1500000001" LAST_VISIT="1500000002" LAST_MODIFIED="1500000003" >A</A>
			    </DL><p>
			</DL><p>`),
			items: []bookmarks.Item{{URL: "https://example.com/a", Title: "A", Folders: []string{"Favourites"}, AddedAt: seconds(1500000001), Line: 6}},
		},
		"Google Bookmarks: no doctype, microseconds": {
			file: lines(`
			<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">
			<H1>Bookmarks</H1>
			<DL><p>
			<DT><H3 ADD_DATE="1500000000123456">Work</H3>
			<DL><p>
			<DT><A HREF="https://example.com/a" ADD_DATE="1500000001123456">A</A>
			</DL><p>
			</DL><p>`),
			items: []bookmarks.Item{{URL: "https://example.com/a", Title: "A", Folders: []string{"Work"}, AddedAt: time.UnixMicro(1500000001123456).UTC(), Line: 6}},
		},
		"Pinboard: all in one line, empty titles, private and to read": {
			file: lines(`
			<!DOCTYPE NETSCAPE-Bookmark-file-1>
			<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">
			<TITLE>Pinboard Bookmarks</TITLE>
			<H1>Bookmarks</H1>
			<DL><p><DT><A HREF="https://example.com/a" ADD_DATE="1500000001" PRIVATE="0" TOREAD="1" TAGS="go,web">A</A>

			<DT><A HREF="https://example.com/b" ADD_DATE="1500000002" PRIVATE="1" TOREAD="0" TAGS=""></A>
			<DD>Said about B

			</DL></p>`),
			items: []bookmarks.Item{
				{URL: "https://example.com/a", Title: "A", Tags: []string{"toread", "go", "web"}, AddedAt: seconds(1500000001), Line: 5},
				{URL: "https://example.com/b", Description: "Said about B", AddedAt: seconds(1500000002), Line: 7},
			},
		},
		"linkding: LF CR line ends, raw addresses, notes, the archive": {
			file: strings.Join([]string{
				"<!DOCTYPE NETSCAPE-Bookmark-file-1>", "<TITLE>Bookmarks</TITLE>", "<H1>Bookmarks</H1>", "<DL><p>",
				`<DT><A HREF="https://example.com/a?b=1&c=2" ADD_DATE="1500000001" PRIVATE="1" TOREAD="0" TAGS="go,linkding:bookmarks.archived">A</A>`,
				"<DD>About A[linkding-notes]My notes[/linkding-notes]", "</DL><p>",
			}, "\n\r"),
			items: []bookmarks.Item{{
				URL: "https://example.com/a?b=1&c=2", Title: "A", Description: "About A\n\nMy notes", Tags: []string{"go", "archived"}, AddedAt: seconds(1500000001), Line: 5,
			}},
		},
		"Shaarli: notes of its own, HTML in descriptions, tags by space, a doctype in lower case": {
			file: lines(`
			<!doctype netscape-bookmark-file-1>
			<!-- This is an automatically generated file. -->
			<!-- Shaarli all bookmarks export on 2020/01/01 -->
			<TITLE>Shaarli export</TITLE>
			<H1>Shaarli export</H1>
			<DL><p>
			<DT><A HREF="?lY47tw" ADD_DATE="1500000001" PRIVATE="1" TAGS="note">My note</A>
			<DT><A HREF="https://example.com/a" ADD_DATE="1500000002" PRIVATE="0" TAGS="go web">A</A>
			<DD>First<br>*second* and <a href="https://example.com/other">a link</a> in it
			</DL><p>`),
			items: []bookmarks.Item{{
				URL: "https://example.com/a", Title: "A", Description: "First\n*second* and a link in it", Tags: []string{"go", "web"}, AddedAt: seconds(1500000002), Line: 8,
			}},
			problems: []string{`7 skipped "My note": its address is no whole URL; it should start with https:// or http://`},
		},
		"Scuttle: lower case, no heading, the description in an attribute": {
			file: lines(`
			<!DOCTYPE NETSCAPE-Bookmark-file-1>
			<title>Scuttle</title>
			<dl><p>
			<dt><a href="https://example.com/a" description="About A" add_date="1500000001" tags="go, web">A</a>
			<dt><a href="https://example.com/b" add_date="1500000002">B</a>
			</dl>`),
			items: []bookmarks.Item{
				{URL: "https://example.com/a", Title: "A", Description: "About A", Tags: []string{"go", "web"}, AddedAt: seconds(1500000001), Line: 4},
				{URL: "https://example.com/b", Title: "B", AddedAt: seconds(1500000002), Line: 5},
			},
		},
		"delicious: any HTML in descriptions, tags with spaces around the commas": {
			file: lines(`
			<!DOCTYPE NETSCAPE-Bookmark-file-1>
			<H1>Bookmarks</H1>
			<DL><p>
			<DT><A HREF="https://example.com/a" ADD_DATE="1500000001" PRIVATE="0" TAGS="go , web">A</A>
			<DD>A list:<li>one</li><li>two</code></li> <script>var a = "<DT>"</script>
			<DT><A HREF="https://example.com/b" ADD_DATE="1500000002">B</A>
			</DL><p>`),
			items: []bookmarks.Item{
				{URL: "https://example.com/a", Title: "A", Description: "A list:\none\ntwo var a = \"", Tags: []string{"go", "web"}, AddedAt: seconds(1500000001), Line: 4},
				{URL: "https://example.com/b", Title: "B", AddedAt: seconds(1500000002), Line: 6},
			},
		},
		"LinkAce: no heading, DT and A on lines of their own, escaped twice": {
			file: lines(`
			<!DOCTYPE NETSCAPE-Bookmark-file-1>
			<TITLE>LinkAce</TITLE>
			<DL>
			<p>
			<DT>
			<A HREF="https://example.com/a" ADD_DATE="1500000001" PRIVATE="0" TAGS="go">It&amp;#39;s A</A>
			<DD>Tom &amp;amp; Jerry
			<p>
			</DL>`),
			items: []bookmarks.Item{{URL: "https://example.com/a", Title: "It's A", Description: "Tom & Jerry", Tags: []string{"go"}, AddedAt: seconds(1500000001), Line: 6}},
		},
		"Pocket: a list of another kind": {
			file: lines(`
			<!DOCTYPE html>
			<html><head><title>Pocket Export</title></head><body>
			<h1>Unread</h1>
			<ul>
			<li><a href="https://example.com/a" time_added="1500000001" tags="go,web">A</a></li>
			<li><a href="https://example.com/b" time_added="1500000002" tags="">https://example.com/b</a></li>
			</ul></body></html>`),
			items: []bookmarks.Item{
				{URL: "https://example.com/a", Title: "A", Tags: []string{"go", "web"}, AddedAt: seconds(1500000001), Line: 5},
				{URL: "https://example.com/b", Title: "https://example.com/b", AddedAt: seconds(1500000002), Line: 6},
			},
		},
		"titles that hold what would be the begin of something else": {
			file: lines(`
			<H1>B</H1><DL><p>
			<DT><A HREF="https://example.com/a">raw <100 and a < b</A>
			<DT><A HREF="https://example.com/b">how to write <textarea></A>
			<DT><A HREF="https://example.com/c">and <script> and <title></A>
			<DT><A HREF="https://example.com/d"><plaintext> in the end</A>
			<DT><A HREF="https://example.com/e">not closed
			<DT><A HREF='https://example.com/f'>single quotes</A>
			<DT><A HREF=https://example.com/g>no quotes</A>
			<DT><A NAME="top">an anchor</A>
			<DT><A HREF="https://ann:secret@example.com/">with a password</A>
			<DT><A HREF="https://">no host</A>
			</DL>`),
			items: []bookmarks.Item{
				{URL: "https://example.com/a", Title: "raw <100 and a < b", Line: 2},
				{URL: "https://example.com/b", Title: "how to write", Line: 3},
				{URL: "https://example.com/c", Title: "and  and", Line: 4},
				{URL: "https://example.com/d", Title: "in the end", Line: 5},
				{URL: "https://example.com/e", Title: "not closed", Line: 6},
				{URL: "https://example.com/f", Title: "single quotes", Line: 7},
				{URL: "https://example.com/g", Title: "no quotes", Line: 8},
			},
			problems: []string{
				`9 broken "an anchor": it has no address`,
				`10 broken "with a password": its address holds a user name or password; save it without them`,
				`11 skipped "no host": its address has no host`,
			},
		},
		"in latin-1, as it says": {
			file:  "<META HTTP-EQUIV=\"Content-Type\" CONTENT=\"text/html; charset=iso-8859-1\"><H1>B</H1><DL><p><DT><A HREF=\"https://example.com/a\">Caf\xe9</A></DL>",
			items: []bookmarks.Item{{URL: "https://example.com/a", Title: "Café", Line: 1}},
		},
		"in latin-1, which it denies": {
			file:  "<META HTTP-EQUIV=\"Content-Type\" CONTENT=\"text/html; charset=utf-8\"><H1>B</H1><DL><p><DT><A HREF=\"https://example.com/a\">Caf\xe9 \x80</A><DT><A HREF=\"https://example.com/b\">Café</A></DL>",
			items: []bookmarks.Item{{URL: "https://example.com/a", Title: "Café €", Line: 1}, {URL: "https://example.com/b", Title: "Café", Line: 1}},
		},
		"in UTF-16": {
			file:  utf16("<H1>B</H1>\n<DL><p><DT><A HREF=\"https://example.com/a\">Café</A></DL>"),
			items: []bookmarks.Item{{URL: "https://example.com/a", Title: "Café", Line: 2}},
		},
		"nothing in it": {file: "<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<H1>Bookmarks</H1>\n<DL><p>\n</DL><p>\n"},
	} {
		t.Run(name, func(t *testing.T) {
			got := readAll(t, test.file, "")
			compare(t, "items", got.items, test.items)
			compare(t, "problems", got.problems, test.problems)
		})
	}
}

// utf16 is text in UTF-16, little end first, with a byte order mark; for texts of the basic plane.
func utf16(text string) string {
	encoded := []byte{0xFF, 0xFE}
	for _, r := range text {
		encoded = append(encoded, byte(r), byte(r>>8))
	}
	return string(encoded)
}

func TestFoldersHaveALimit(t *testing.T) {
	const deep = 10_000
	file := "<H1>B</H1>" + strings.Repeat("<DL><DT><H3>f</H3>", deep) + `<DL><DT><A HREF="https://example.com/a">A</A></DL>` +
		strings.Repeat("</DL>", deep) + `<DT><A HREF="https://example.com/b">B</A>`
	got := readAll(t, file, bookmarks.Netscape)
	if len(got.items) != 2 || len(got.items[0].Folders) != 99 || len(got.items[1].Folders) != 0 {
		t.Errorf("got %d items: %v", len(got.items), got)
	}
}

func TestOneItemThatIsTooLongDoesNotFailTheFile(t *testing.T) {
	long := strings.Repeat("x", 3<<20)
	for name, middle := range map[string]string{
		"an address":    `<DT><A HREF="javascript:` + long + `">long</A>`,
		"a quote":       `<DT><A HREF="https://example.com/` + long + `>never closed</A>`,
		"a title":       `<DT><A HREF="https://example.com/long">` + long + `</A>`,
		"a description": `<DT><A HREF="https://example.com/long">long</A><DD>` + strings.Repeat("word <b>", 200_000),
	} {
		t.Run(name, func(t *testing.T) {
			got := readAll(t, "<H1>B</H1>\n<DL><DT><A HREF=\"https://example.com/a\">A</A>\n"+middle+"\n<DT><A HREF=\"https://example.com/b\">B</A>\n<DT><A HREF=\"https://example.com/c\">C</A></DL>", "")
			last := got.items[len(got.items)-1]
			if got.items[0].URL != "https://example.com/a" || last.URL != "https://example.com/c" || last.Line != 5 {
				t.Errorf("first %v, last %v", got.items[0], last)
			}
			for _, item := range got.items {
				if len(item.Title) > 64<<10 || len(item.Description) > 64<<10 {
					t.Errorf("a text of %d bytes", max(len(item.Title), len(item.Description)))
				}
			}
		})
	}
}

func TestALongTextIsCutAtACharacter(t *testing.T) {
	for _, shift := range []string{"", "x", "xx"} {
		file := `<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8"><H1>B</H1><DL><DT><A HREF="https://example.com/">T</A><DD>` + shift + strings.Repeat("日本語", 9000) + "</DL>"
		reader, err := bookmarks.Open(strings.NewReader(file), bookmarks.Netscape)
		if err != nil {
			t.Fatal(err)
		}
		item, err := reader.Next()
		if err != nil || !strings.HasPrefix(item.Description, shift+"日本語") {
			t.Errorf("the description begins %.30q: %v", item.Description, err)
		}
	}
}
