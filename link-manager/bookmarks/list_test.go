package bookmarks_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/linkwell/linkwell/link-manager/bookmarks"
)

func TestListsOfURLs(t *testing.T) {
	file := "# my links\r\n\r\nhttps://example.com/a\r\n  HTTPS://example.com/b The title of B\nhttps://example.com/c | OneTab's C\nhttps://example.com/d\tD\n- https://example.com/e\nnonsense\n" +
		"https://example.com/" + strings.Repeat("x", 200_000) + "\nhttps://ann@example.com/\nhttps://example.com/f"
	got := readAll(t, file, "")
	compare(t, "items", got.items, []bookmarks.Item{
		{URL: "https://example.com/a", Line: 3},
		{URL: "HTTPS://example.com/b", Title: "The title of B", Line: 4},
		{URL: "https://example.com/c", Title: "OneTab's C", Line: 5},
		{URL: "https://example.com/d", Title: "D", Line: 6},
		{URL: "https://example.com/e", Line: 7},
		{URL: "https://example.com/f", Line: 11},
	})
	compare(t, "problems", got.problems, []string{
		`8 skipped "": its address is no whole URL; it should start with https:// or http://`,
		`9 broken "": the line is longer than any URL`,
		`10 broken "": its address holds a user name or password; save it without them`,
	})
}

func TestWhatIsNoBookmarkFileIsRefused(t *testing.T) {
	for name, file := range map[string]string{
		"nothing":                     "",
		"only a byte order mark":      "\uFEFF",
		"a picture":                   "\x89PNG\r\n\x1a\n",
		"a text":                      "Dear Ann,\nhttps://example.com/ is worth a look",
		"a table without any address": "name,age\nAnn,7\n",
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := read(file, ""); !errors.Is(err, bookmarks.ErrFormat) {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}
