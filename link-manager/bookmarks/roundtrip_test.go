package bookmarks_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-manager/bookmarks"
	"github.com/linkwell/linkwell/link-manager/link"
)

// TestWhatWeWriteIsReadBackTheSame draws items that can be saved, and what is in them from the characters that any of the
// formats could take for something else.
func TestWhatWeWriteIsReadBackTheSame(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	draw := rand.New(rand.NewPCG(seed, 0))
	var items []bookmarks.Item
	for i := range 2000 {
		items = append(items, drawItem(draw, i))
	}
	for _, format := range []bookmarks.Format{bookmarks.Netscape, bookmarks.JSON, bookmarks.CSV} {
		t.Run(string(format), func(t *testing.T) {
			var file bytes.Buffer
			w, err := bookmarks.Create(&file, format)
			if err != nil {
				t.Fatal(err)
			}
			for _, item := range items {
				if err := w.Write(item); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			got := readAll(t, file.String(), "")
			if len(got.items) != len(items) || len(got.problems) > 0 {
				t.Fatalf("seed %d: %d items of %d, problems %v", seed, len(got.items), len(items), got.problems)
			}
			for i, want := range items {
				want.Line = got.items[i].Line
				switch format {
				case bookmarks.Netscape:
					want.AddedAt = want.AddedAt.Truncate(time.Second)
				case bookmarks.CSV: // RFC 4180 knows one line break
					want.Description = strings.ReplaceAll(want.Description, "\r\n", "\n")
				case bookmarks.JSON, bookmarks.List:
				}
				compare(t, fmt.Sprintf("seed %d, item %d", seed, i), got.items[i], want)
			}
		})
	}
}

var troublesome = []string{
	"a", "é", "日", "😀", " ", "  ", "\u00a0", "&", "&amp;", "&#39;", "<", ">", "</A>", "<DD>", "<DT><A HREF=", "<!--", `"`, "'", `\`, ",", ";", "|", "=1+1", "@", "-", "[", "{", "]]>",
	"[linkding-notes]", "<script>", "<plaintext>", "%41", "\u2028", "shaarli", "\ufeff",
}

func drawText(draw *rand.Rand, longest int, more ...string) string {
	var b strings.Builder
	from := slices.Concat(troublesome, more)
	for range draw.IntN(longest) {
		b.WriteString(from[draw.IntN(len(from))])
	}
	return strings.TrimSpace(b.String())
}

// drawItem is an item as a link of ours would be exported.
func drawItem(draw *rand.Rand, i int) bookmarks.Item {
	var tags []string
	for range draw.IntN(4) {
		tag := strings.NewReplacer(",", "", " ", "", "\u00a0", "", "\u2028", "").Replace(drawText(draw, 3))
		if normal, err := link.NormalizeTags([]string{"t" + tag}); err == nil {
			tags = append(tags, normal...)
		}
	}
	slices.Sort(tags)
	item := bookmarks.Item{
		URL:         fmt.Sprintf("https://example.com/%d?q=%s", i, strings.NewReplacer(" ", "+", "\u00a0", "", "\u2028", "", "\ufeff", "").Replace(drawText(draw, 4))),
		Title:       drawText(draw, 6),
		Description: drawText(draw, 8, "\n", "\r\n", "\r", "\n\n", "\t"),
		Tags:        slices.Compact(tags),
		AddedAt:     time.UnixMicro(1e15 + draw.Int64N(8e14)).UTC(),
	}
	return item
}
