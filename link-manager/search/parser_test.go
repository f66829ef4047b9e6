package search

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/linkwell/linkwell/link-checker/check"
)

var update = flag.Bool("update", false, "write the golden files")

func TestAQueryIsReadAsItsTree(t *testing.T) {
	word := func(words ...string) Text { return Text{Words: words} }
	for text, want := range map[string]Query{
		"":                       {},
		" \t\n":                  {},
		"golang":                 {Root: word("golang")},
		"golang tips":            {Root: And{word("golang"), word("tips")}},
		"golang AND tips":        {Root: And{word("golang"), word("tips")}},
		`"golang  tips"`:         {Root: word("golang", "tips")},
		`"a \"b\" \\ c"`:         {Root: word("a", "b", "c")},
		"golang-tips":            {Root: word("golang", "tips")},
		"https://Example.com/a?": {Root: word("https", "example", "com", "a")},
		"12:30":                  {Root: word("12", "30")},
		"gola*":                  {Root: Text{Words: []string{"gola"}, Prefix: true}},
		`"golang ti"*`:           {Root: Text{Words: []string{"golang", "ti"}, Prefix: true}},
		`"golang*"`:              {Root: word("golang")},
		"#Go":                    {Root: Tag{"go"}},
		"#c++":                   {Root: Tag{"c++"}},
		`tag:"a(b)"`:             {Root: Tag{"a(b)"}},
		"title:tips":             {Root: Text{In: "title", Words: []string{"tips"}}},
		`TITLE:"go tips"`:        {Root: Text{In: "title", Words: []string{"go", "tips"}}},
		"url:example.com/a":      {Root: Text{In: "url", Words: []string{"example", "com", "a"}}},
		"url:https://a.example":  {Root: Text{In: "url", Words: []string{"https", "a", "example"}}},
		"host:Bücher.example.":   {Root: Host{"xn--bcher-kva.example"}},
		"host:*.example.com":     {Root: Host{"example.com"}},
		"host:[::1]":             {Root: Host{"::1"}},
		"is:Moved":               {Root: Is{Moved}},
		"reason:gone":            {Root: Reason{"gone", []check.Reason{check.Gone}}},
		"reason:dns":             {Root: Reason{"dns", []check.Reason{check.DNSNotFound, check.DNSTemporary}}},
		"reason:overruled":       {Root: Reason{"overruled", []check.Reason{"overruled"}}},
		"code:404":               {Root: Code{404, 404}},
		"code:5XX":               {Root: Code{500, 599}},
		"added:<30d":             {Root: Time{What: "added", Op: "<", Age: 30, Unit: 'd'}},
		"checked:>2026-01":       {Root: Time{What: "checked", Op: ">", Date: "2026-01"}},
		"failing:>3D":            {Root: Time{What: "failing", Op: ">", Age: 3, Unit: 'd'}},
		"sort:title":             {Sort: TitleUp},
		"a sort:-checked b":      {Root: And{word("a"), word("b")}, Sort: CheckedDown},
		"a or b sort:added":      {Root: Or{word("a"), word("b")}, Sort: Oldest},
		"a b or c d":             {Root: Or{And{word("a"), word("b")}, And{word("c"), word("d")}}},
		"a (b or c) d":           {Root: And{word("a"), Or{word("b"), word("c")}, word("d")}},
		"(a b) (c (d))":          {Root: And{word("a"), word("b"), word("c"), word("d")}},
		"a or (b or c)":          {Root: Or{word("a"), word("b"), word("c")}},
		"-a":                     {Root: Not{word("a")}},
		"not a b":                {Root: And{Not{word("a")}, word("b")}},
		"-(a b)":                 {Root: Not{And{word("a"), word("b")}}},
		"not not -a":             {Root: Not{Not{Not{word("a")}}}},
		`"or"`:                   {Root: word("or")},
		"title:or":               {Root: Text{In: "title", Words: []string{"or"}}},
		"a(b)c":                  {Root: And{word("a"), word("b"), word("c")}},
	} {
		got, err := Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
		again, err := Parse(got.String())
		if diff := cmp.Diff(got, again); err != nil || diff != "" {
			t.Errorf("%s is written %s, which is read as (-want +got, %v):\n%s", text, got, err, diff)
		}
	}
}

func TestErrorsTellWhereAndWhatWouldBeRight(t *testing.T) {
	var got strings.Builder
	for _, text := range []string{
		`"golang`, `a title:"b`, `(a`, `a)`, `()`, `a ( )`, `or a`, `a or`, `(a or)`, `a or or b`, `and a`, `a and`, `a and and b`, `a and or b`,
		`not`, `(not)`, `a -or b`, `-`, `%`, `title:`, `title:""`, `#`, `#a,b`, `tag:"a b"`, `isvalid:x`, `cod:404`, `is:broken`, `is:`, `reason:`,
		`reason:odd`, `code:`, `code:99`, `code:6xx`, `code:4xxx`, `host:`, `host:example.com/a`, `host:example.com:8080`, `host:a@b`, `is:"valid"*`,
		`added:`, `added:30d`, `added:>30`, `added:<=3d`, `added:<3m`, `added:2026-13`, `added:>2026-02-30`, `added:<99999d`, `added:<-3d`, `added:1969`,
		`sort:size`, `sort:`, `(sort:title)`, `-sort:title`, `sort:title sort:added`, "a\xff",
		strings.Repeat("(", MaxDepth+1) + "a", strings.Repeat("-", MaxDepth+2) + "a", strings.Repeat("a ", MaxTerms+1), strings.Repeat("a", MaxLength+1),
	} {
		_, err := Parse(text)
		var wrong *Error
		if !errors.As(err, &wrong) {
			t.Errorf("%s: got error %v", text, err)
			continue
		}
		if text[wrong.Offset:min(wrong.Offset+len(wrong.Text), len(text))] != wrong.Text {
			t.Errorf("%s: at byte %d there is no %q", text, wrong.Offset, wrong.Text)
		}
		fmt.Fprintf(&got, "%.60q\n\t%v\n", text, err)
	}
	golden := filepath.Join("testdata", "errors.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("(-want +got), run with -update if it is right:\n%s", diff)
	}
}

func TestWordsAreFolded(t *testing.T) {
	for text, want := range map[string]string{
		"Hello, World!":               "hello|world",
		"under_score foo-bar":         "under|score|foo|bar",
		"ÄRGER in Ålesund":            "arger|in|alesund",
		"A\u0308rger":                 "arger",
		"ΣΊΣΥΦΟΣ":                     "σισυφοσ",
		"Straße İstanbul ﬁne Ｗｉｄｅ":    "strasse|istanbul|fine|wide",
		"漢字 かな":                       "漢|字|か|な",
		"Go言語2":                       "go|言|語|2",
		"한국어":                         "한국어",
		"हिन्दी":                      "हिन्दी",
		"I ❤️ 🔥":                      "i|❤|🔥",
		"https://a.example/caf%C3%A9": "https|a|example|cafe",
		"100% a%zzb %FF":              "100|a|zzb|ff",
		"x²":                          "x2",
		"\x00\xff,;":                  "",
		strings.Repeat("a", 101):      strings.Repeat("a", 100),
	} {
		got := strings.Join(Words(text), "|")
		if got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
		if again := strings.Join(Words(strings.ReplaceAll(got, "|", " ")), "|"); again != got {
			t.Errorf("%q: folded again it is %q", got, again)
		}
	}
}

func TestTimesAreHalfOpenPeriods(t *testing.T) {
	now := time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{
		"added:<30d":         "2026-03-01T12 -",
		"added:>30d":         "- 2026-03-01T12",
		"added:<2h":          "2026-03-31T10 -",
		"added:>1w":          "- 2026-03-24T12",
		"added:>1y":          "- 2025-03-31T12",
		"added:2026-01-31":   "2026-01-31T00 2026-02-01T00",
		"added:2026-02":      "2026-02-01T00 2026-03-01T00",
		"added:2025":         "2025-01-01T00 2026-01-01T00",
		"added:>2026-01-31":  "2026-02-01T00 -",
		"added:>=2026-01-31": "2026-01-31T00 -",
		"added:<2026-01-31":  "- 2026-01-31T00",
		"added:<=2026-01-31": "- 2026-02-01T00",
	} {
		q, err := Parse(text)
		if err != nil {
			t.Error(err)
			continue
		}
		show := func(t time.Time) string {
			if t.IsZero() {
				return "-"
			}
			return t.Format("2006-01-02T15")
		}
		from, until := q.Root.(Time).Between(now)
		if got := show(from) + " " + show(until); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"", `a "b c"* or -(#d title:e*) sort:-title`, "is:valid reason:tls code:4xx host:[::1]", "added:<30d checked:>2026-01 failing:2026",
		"not not (a b) and c", `tag:"a(\"b\\"`, "##a", "漢字 ﷺ İ ß", "a\xff", "-sort:added", "code:+404", "%25%32", "host:a_b", "#İ",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := Parse(text)
		if err != nil {
			var wrong *Error
			if !errors.As(err, &wrong) || wrong.Offset < 0 || wrong.Offset > len(text) || wrong.Problem == "" {
				t.Fatalf("%q: %#v", text, err)
			}
			return
		}
		written := q.String()
		if len(written) > MaxLength {
			return
		}
		again, err := Parse(written)
		if err != nil {
			t.Fatalf("%q is written %q: %v", text, written, err)
		}
		if diff := cmp.Diff(q, again); diff != "" {
			t.Fatalf("%q is written %q (-first +again):\n%s", text, written, diff)
		}
	})
}
