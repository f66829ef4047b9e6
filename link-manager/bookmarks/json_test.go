package bookmarks_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/linkwell/linkwell/link-manager/bookmarks"
)

func TestJSONOfEveryTool(t *testing.T) {
	for name, test := range map[string]struct {
		file     string
		items    []bookmarks.Item
		problems []string
	}{
		"Pinboard": {
			file: lines(`
			[{"href":"https:\/\/example.com\/a","description":"A","extended":"About A","meta":"1","hash":"2","time":"2017-07-14T02:40:00Z","shared":"yes","toread":"yes","tags":"go web"},
			{"href":"https://example.com/b","description":"","extended":"","time":"2017-07-14T02:40:01Z","shared":"no","toread":"no","tags":""}]`),
			items: []bookmarks.Item{
				{URL: "https://example.com/a", Title: "A", Description: "About A", Tags: []string{"go", "web", "toread"}, AddedAt: seconds(1500000000), Line: 1},
				{URL: "https://example.com/b", AddedAt: seconds(1500000001), Line: 2},
			},
		},
		"linkding": {
			file: lines(`
			{"count": 2, "next": null, "previous": null, "results": [
			  {"id": 1, "url": "https://example.com/a", "title": "A", "description": "About A", "notes": "My notes", "website_title": "Its own", "is_archived": true, "unread": true, "shared": false,
			   "tag_names": ["go", "two words"], "date_added": "2017-07-14T02:40:00.123456Z", "date_modified": "2020-01-01T00:00:00Z"},
			  {"id": 2, "url": "https://example.com/b", "title": "", "description": null, "website_title": "Its own", "tag_names": []}
			]}`),
			items: []bookmarks.Item{
				{URL: "https://example.com/a", Title: "A", Description: "About A\n\nMy notes", Tags: []string{"go", "two words", "toread", "archived"}, AddedAt: seconds(1500000000).Add(123456000), Line: 2},
				{URL: "https://example.com/b", Title: "Its own", Line: 4},
			},
		},
		"Karakeep": {
			file: `{"bookmarks":[{"createdAt":1500000000,"title":"A","tags":["go",{"name":"web"}],"content":{"type":"link","url":"https://example.com/a"},"note":"My note"}]}`,
			items: []bookmarks.Item{
				{URL: "https://example.com/a", Title: "A", Description: "My note", Tags: []string{"go", "web"}, AddedAt: seconds(1500000000), Line: 1},
			},
		},
		"things that are no links": {
			file: "[1,\n\"text\",\nnull,\n{\"url\":7},\n{\"url\":\"mailto:ann@example.com\",\"title\":\"Ann\"},\n{\"url\":\"https://example.com/a\",\"title\":{},\"tags\":7,\"created_at\":[]}]",
			items: []bookmarks.Item{
				{URL: "https://example.com/a", Tags: []string{"7"}, Line: 6},
			},
			problems: []string{
				`1 broken "": there is something that is no object with a url`,
				`2 broken "": there is something that is no object with a url`,
				`3 broken "": it has no address`,
				`4 skipped "": its address is no whole URL; it should start with https:// or http://`,
				`5 skipped "Ann": its address has the scheme mailto; only http and https can be checked`,
			},
		},
		"with a byte order mark": {file: "\uFEFF[]"},
		"in UTF-16":              {file: utf16(`[{"url":"https://example.com/é"}]`), items: []bookmarks.Item{{URL: "https://example.com/é", Line: 1}}},
	} {
		t.Run(name, func(t *testing.T) {
			got := readAll(t, test.file, "")
			compare(t, "items", got.items, test.items)
			compare(t, "problems", got.problems, test.problems)
		})
	}
}

func TestJSONThatEndsOrBreaksKeepsWhatCameBefore(t *testing.T) {
	for name, test := range map[string]struct{ rest, says string }{
		"it ends between two":       {"", "line 2: the file ends in the middle"},
		"it ends in one":            {",\n{\"url\":\"https://exam", "line 3: the file ends in the middle"},
		"it is no JSON":             {",\n{url:7}]", "line 3: it is no JSON from here on"},
		"one is far too long":       {",\n{\"url\":\"https://example.com/b\",\"parts\":[" + strings.Repeat("1,", 4<<20) + "1]}]", "line 3: there is one item of more than a megabyte"},
		"it is no list of anything": {"", "line 1: there is no list of links"},
	} {
		t.Run(name, func(t *testing.T) {
			file, want := "[\n{\"url\":\"https://example.com/a\"}"+test.rest, 1
			if strings.Contains(test.says, "no list") {
				file, want = `{"colour":"red","links":{}}`, 0
			}
			got, err := read(file, "")
			var broken *bookmarks.FileError
			if !errors.As(err, &broken) || !strings.Contains(err.Error(), test.says) || len(got.items) != want {
				t.Errorf("got %d items and %v, want %d and %q", len(got.items), err, want, test.says)
			}
		})
	}
}
