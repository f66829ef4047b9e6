package bookmarks_test

import (
	"testing"

	"github.com/linkwell/linkwell/link-manager/bookmarks"
)

func TestCSVOfEveryTool(t *testing.T) {
	for name, test := range map[string]struct {
		file     string
		items    []bookmarks.Item
		problems []string
	}{
		"ours": {
			file:  "url,title,description,tags,created_at\nhttps://example.com/a,'=A,\"two\nlines\",\"go,web|x\",2017-07-14T02:40:00.5Z\n",
			items: []bookmarks.Item{{URL: "https://example.com/a", Title: "=A", Description: "two\nlines", Tags: []string{"go", "web|x"}, AddedAt: seconds(1500000000).Add(5e8), Line: 2}},
		},
		"Pocket": {
			file:  "title,url,time_added,tags,status\nA,https://example.com/a,1500000000,go|two words,unread\n",
			items: []bookmarks.Item{{URL: "https://example.com/a", Title: "A", Tags: []string{"go", "two words"}, AddedAt: seconds(1500000000), Line: 2}},
		},
		"Instapaper": {
			file:  "URL,Title,Selection,Folder,Timestamp,Tags\nhttps://example.com/a,A,Quoted,Unread,1500000000,\"[\"\"go\"\",\"\"web\"\"]\"\n",
			items: []bookmarks.Item{{URL: "https://example.com/a", Title: "A", Description: "Quoted", Tags: []string{"go", "web"}, Folders: []string{"Unread"}, AddedAt: seconds(1500000000), Line: 2}},
		},
		"Raindrop": {
			file:  "id,title,note,excerpt,url,folder,tags,created,cover,highlights,favorite\n1,A,My note,Its own,https://example.com/a,Work / Go,\"go, web\",2017-07-14T02:40:00.000Z,,,false\n",
			items: []bookmarks.Item{{URL: "https://example.com/a", Title: "A", Description: "My note\n\nIts own", Tags: []string{"go", "web"}, Folders: []string{"Work", "Go"}, AddedAt: seconds(1500000000), Line: 2}},
		},
		"a spreadsheet's: a byte order mark, semicolons, CR LF": {
			file:  "\uFEFFName;Link;Date\r\n\"A; B\";https://example.com/a;2017-07-14\r\n",
			items: []bookmarks.Item{{URL: "https://example.com/a", Title: "A; B", AddedAt: seconds(1499990400), Line: 2}},
		},
		"with tabs": {
			file:  "link\tnotes\nhttps://example.com/a\tAbout A\n",
			items: []bookmarks.Item{{URL: "https://example.com/a", Description: "About A", Line: 2}},
		},
		"rows that are broken, short and long": {
			file:  "url,title\nhttps://example.com/a,say \"hi\" now\nhttps://example.com/b\n\nhttps://example.com/c,C,more,and more\n,nothing\nftp://example.com/,Files\n",
			items: []bookmarks.Item{{URL: "https://example.com/b", Line: 3}, {URL: "https://example.com/c", Title: "C", Line: 5}},
			problems: []string{
				`2 broken "": there is a quote in the middle of a field; put the field in quotes, and write a quote inside it twice`,
				`6 broken "nothing": it has no address`,
				`7 skipped "Files": its address has the scheme ftp; only http and https can be checked`,
			},
		},
		"a quote that is never closed": {
			file:     "url,title\nhttps://example.com/a,A\nhttps://example.com/b,\"B\nhttps://example.com/c,C\n",
			items:    []bookmarks.Item{{URL: "https://example.com/a", Title: "A", Line: 2}},
			problems: []string{`3 broken "": a quote begins here that is not closed as it should be, so what follows up to where the next line can be read is lost; write a quote inside a field twice`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := readAll(t, test.file, "")
			compare(t, "items", got.items, test.items)
			compare(t, "problems", got.problems, test.problems)
		})
	}
}
