package bookmarks_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/linkwell/linkwell/link-manager/bookmarks"
)

// far is more than is held of a file at a time.
const far = 3 << 20

func TestATextThatIsFarTooLongIsCutAndTheRestOfTheFileIsRead(t *testing.T) {
	for name, test := range map[string]struct {
		format bookmarks.Format
		file   string // with %s for the text
		pieces []string
	}{
		"JSON": {
			format: bookmarks.JSON, file: `[{"url":"https://example.com/a","description":"%s"},` + "\n" + `{"url":"https://example.com/b","title":"B"}]`,
			pieces: []string{"x", "é", `\u00e9`, `\ud83d\ude00`, `\"`, `\\`, `\\\"`, `a\u00e9é\n`},
		},
		"CSV": {
			format: bookmarks.CSV, file: "url,description,title\nhttps://example.com/a,\"%s\",A\nhttps://example.com/b,,B\n",
			pieces: []string{"x", "é", ", ", "x;é"},
		},
		"CSV without quotes": {
			format: bookmarks.CSV, file: "url,description,title\nhttps://example.com/a,%s,A\nhttps://example.com/b,,B\n",
			pieces: []string{"x", "é", "é x"},
		},
	} {
		for _, piece := range test.pieces {
			t.Run(fmt.Sprintf("%s of %s", name, piece), func(t *testing.T) {
				got, err := read(fmt.Sprintf(test.file, strings.Repeat(piece, far/len(piece))), test.format)
				if err != nil || len(got.items) != 2 || got.items[0].URL != "https://example.com/a" || got.items[1].Title != "B" {
					t.Fatalf("got %d items, problems %q, and %v", len(got.items), got.problems, err)
				}
				if n := len([]rune(got.items[0].Description)); n < 16_000 { // of four bytes each
					t.Errorf("only %d characters are left", n)
				}
				if strings.Contains(got.items[0].Description, "\uFFFD") {
					t.Error("it is cut in the middle of a character")
				}
			})
		}
	}
}

func TestAnAddressThatIsFarTooLongIsAProblemOfItsItem(t *testing.T) {
	long := "https://example.com/" + strings.Repeat("x", far)
	for format, file := range map[bookmarks.Format]string{
		bookmarks.JSON: `[{"url":"` + long + `","title":"A"},` + "\n" + `{"url":"https://example.com/b","title":"B"}]`,
		bookmarks.CSV:  "url,title\n" + long + ",A\nhttps://example.com/b,B\n",
	} {
		got, err := read(file, format)
		if err != nil || len(got.items) != 1 || got.items[0].Title != "B" || len(got.problems) != 1 || !strings.Contains(got.problems[0], "A") {
			t.Errorf("%s: got %d items, problems %q, and %v", format, len(got.items), got.problems, err)
		}
	}
}

func TestAQuoteInTheMiddleDoesNotClipTheRowsBehindIt(t *testing.T) {
	file := "url,title\nhttps://example.com/a,5\" disk\nhttps://example.com/b,\"B\" and \"so on\n" +
		strings.Repeat("https://example.com/c,C\n", 40_000)
	got, err := read(file, bookmarks.CSV)
	if err != nil || len(got.items) != 40_000 || len(got.problems) != 2 {
		t.Errorf("got %d items, problems %q, and %v", len(got.items), got.problems, err)
	}
}
