package bookmarks

import (
	"encoding/csv"
	"slices"
	"strings"
)

// columns says where in a row what is; -1 for what is nowhere.
type columns struct {
	delimiter                      rune
	url, title, tags, folder, date int
	// texts are those of the description, the more important first.
	texts []int
	// ours means that we wrote the file.
	ours bool
}

// The names of columns in the exports of Pocket, Instapaper, Raindrop, LinkAce, Readwise, Matter, Omnivore and ours, in
// lower case and without spaces and dashes; where a file has several of one row, the first counts.
var (
	urlNames    = []string{"url", "link", "href", "address", "uri", "articleurl", "sourceurl"}
	titleNames  = []string{"title", "name", "headline", "articletitle"}
	textNames   = []string{"description", "note", "notes", "excerpt", "selection", "comment", "extended", "summary"}
	tagNames    = []string{"tags", "labels", "keywords", "categories", "documenttags"}
	folderNames = []string{"folder", "collection", "list"}
	dateNames   = []string{"createdat", "created", "timeadded", "dateadded", "addedat", "adddate", "timestamp", "saveddate", "savedat", "date", "time"}
)

// readHeader finds out which columns a line names. url is -1 if it is no header.
func readHeader(line string) columns {
	none := columns{url: -1}
	if len(line) > sniffed {
		return none
	}
	for _, delimiter := range []rune{',', ';', '\t', '|'} {
		row := csv.NewReader(strings.NewReader(line))
		row.Comma = delimiter
		names, err := row.Read()
		if err != nil {
			continue
		}
		if found := nameColumns(names); found.url >= 0 {
			found.delimiter = delimiter
			return found
		}
	}
	return none
}

func nameColumns(names []string) columns {
	ours := slices.Equal(names, csvHeader)
	plain := make([]string, len(names))
	for i, name := range names {
		plain[i] = strings.NewReplacer(" ", "", "_", "", "-", "").Replace(strings.ToLower(strings.TrimSpace(name)))
	}
	find := func(known []string) int {
		for _, name := range known {
			if i := slices.Index(plain, name); i >= 0 {
				return i
			}
		}
		return -1
	}
	c := columns{url: find(urlNames), title: find(titleNames), tags: find(tagNames), folder: find(folderNames), date: find(dateNames), ours: ours}
	for _, name := range textNames {
		if i := slices.Index(plain, name); i >= 0 {
			c.texts = append(c.texts, i)
		}
	}
	return c
}
