package imports_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/linkwell/linkwell/link-manager/bookmarks"
	"github.com/linkwell/linkwell/link-manager/imports"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T) *store.Store {
	t.Helper()
	opened, err := store.Open(t.Context(), store.Config{Path: filepath.Join(t.TempDir(), "linkwell.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := opened.Close(); err != nil {
			t.Error(err)
		}
	})
	return opened
}

// work runs an importer until the import is finished.
func work(t *testing.T, opened *store.Store, with imports.Store, id string) store.Import {
	t.Helper()
	importer := imports.New(imports.Importer{
		Store: with, Lease: time.Minute, Interval: 10 * time.Millisecond, Now: time.Now, Logger: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { importer.Run(ctx) })
	defer func() { cancel(); running.Wait() }()
	importer.Wake()
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		i, err := opened.Import(t.Context(), "ann", id)
		if err != nil {
			t.Fatal(err)
		}
		if i.State.Finished() {
			return i
		}
	}
	t.Fatal("it is never finished")
	return store.Import{}
}

func receive(t *testing.T, opened *store.Store, draft store.ImportDraft, file string) store.Import {
	t.Helper()
	i, err := imports.Receive(t.Context(), opened, "ann", draft, strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func links(t *testing.T, opened *store.Store) map[string]link.Draft {
	t.Helper()
	found := map[string]link.Draft{}
	list, err := opened.Export(t.Context(), "ann", store.Position{}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range list {
		found[l.URL] = l.Draft
	}
	return found
}

func compare(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestWhatDoesNotFitIsMadeToFit(t *testing.T) {
	opened := open(t)
	long, tomorrow := strings.Repeat("é", link.MaxTitle+1), time.Now().Add(24*time.Hour).Format(time.RFC3339)
	file := `<H1>B</H1><DL><DT><H3>My Folder</H3><DL>
<DT><A HREF="https://example.com/long">` + long + `</A>
<DT><A HREF="https://example.com/tags" TAGS="#Go,Two Words,` + strings.Repeat("x", 200) + `,  ,GO">T</A>
<DT><A HREF="https://example.com/future" ADD_DATE="` + tomorrow + `">F</A>
<DT><A HREF="https://exa mple.com/">bad host</A>
<DT><A HREF="https://example.com/` + strings.Repeat("y", 5000) + `">long address</A>
</DL></DL>`
	i := work(t, opened, opened, receive(t, opened, store.ImportDraft{Folders: true, Tags: []string{"new"}}, file).ID)
	compare(t, "counts", i.ImportCounts, store.ImportCounts{Added: 3, Failed: 2})
	got := links(t, opened)
	compare(t, "a long title", got["https://example.com/long"], link.Draft{
		URL: "https://example.com/long", Title: strings.Repeat("é", link.MaxTitle-1) + "…", Description: long, Tags: []string{"my-folder", "new"},
	})
	compare(t, "tags", got["https://example.com/tags"].Tags, []string{"go", "my-folder", "new", "two-words", strings.Repeat("x", link.MaxTag)})
	problems, err := opened.ImportProblems(t.Context(), "ann", i.ID, 0, 10)
	if err != nil || len(problems) != 2 || problems[0].Line != 5 || problems[0].Title != "bad host" || !strings.Contains(problems[1].Problem, "its address is 5020 bytes long") {
		t.Errorf("problems are %+v: %v", problems, err)
	}
	for _, l := range must(opened.List(t.Context(), "ann", store.Filter{Limit: 10})) {
		if l.CreatedAt.After(time.Now()) {
			t.Errorf("%s was saved in the time to come", l.URL)
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// flaky is a store whose connection breaks now and then, before and after what it is to do. The lease of who had it then
// ends at once.
type flaky struct {
	*store.Store
	calls atomic.Int64 // reading and saving go on beside each other
	claim store.ImportClaim
}

var errAway = errors.New("the database is away")

func (f *flaky) ClaimImport(ctx context.Context, lease time.Duration) (store.ImportClaim, error) {
	claim, err := f.Store.ClaimImport(ctx, lease)
	if err == nil {
		f.claim = claim
	}
	return claim, err
}

func (f *flaky) away(ctx context.Context) error {
	return errors.Join(errAway, f.ReleaseImport(ctx, f.claim))
}

func (f *flaky) ImportChunk(ctx context.Context, id string, number int) ([]byte, bool, error) {
	if f.calls.Add(1)%5 == 0 {
		return nil, false, f.away(ctx)
	}
	return f.Store.ImportChunk(ctx, id, number)
}

func (f *flaky) SaveImported(ctx context.Context, c store.ImportClaim, b store.ImportBatch) (store.ImportClaim, error) {
	call := f.calls.Add(1)
	if call%3 == 0 {
		return store.ImportClaim{}, f.away(ctx)
	}
	saved, err := f.Store.SaveImported(ctx, c, b)
	if call%4 == 0 {
		return store.ImportClaim{}, f.away(ctx) // nobody knows whether it was committed
	}
	return saved, err
}

func TestAnImportGoesOnWhereItWas(t *testing.T) {
	opened := open(t)
	var file strings.Builder
	file.WriteString("url,title\n")
	const n = 950
	for i := range n {
		file.WriteString("https://example.com/" + string(rune('a'+i%26)) + "/" + time.Duration(i).String() + ",T\n")
		if i%50 == 0 {
			file.WriteString("ftp://example.com/,F\n")
		}
	}
	i := work(t, opened, &flaky{Store: opened}, receive(t, opened, store.ImportDraft{}, file.String()).ID)
	compare(t, "counts", i.ImportCounts, store.ImportCounts{Added: n, Skipped: n / 50})
	compare(t, "links", len(links(t, opened)), n)
}

func TestWhatCannotBeReadToItsEndKeepsWhatCameBefore(t *testing.T) {
	opened := open(t)
	i := work(t, opened, opened, receive(t, opened, store.ImportDraft{}, "[{\"url\":\"https://example.com/a\"},\n{\"url\":").ID)
	if i.State != store.ImportFailed || i.Problem != "line 2: the file ends in the middle" || i.Added != 1 || len(links(t, opened)) != 1 {
		t.Errorf("the import is %+v", i)
	}
}

func TestNothingIsLeftOfAnUploadThatBreaksOff(t *testing.T) {
	for name, test := range map[string]struct {
		file io.Reader
		want error
	}{
		"empty":       {strings.NewReader(""), imports.ErrEmpty},
		"no bookmark": {strings.NewReader("Dear Ann,"), bookmarks.ErrFormat},
		"broken off":  {io.MultiReader(strings.NewReader("https://example.com/\n"), broken{}), errAway},
	} {
		t.Run(name, func(t *testing.T) {
			opened := open(t)
			if _, err := imports.Receive(t.Context(), opened, "ann", store.ImportDraft{}, test.file); !errors.Is(err, test.want) {
				t.Errorf("got %v", err)
			}
			if left := must(opened.Imports(t.Context(), "ann", store.Position{}, 10)); len(left) > 0 {
				t.Errorf("there is %+v", left)
			}
		})
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errAway }

func TestWhatTheQuotaHasNoRoomForIsAProblemOfItsItem(t *testing.T) {
	limited, err := store.Open(t.Context(), store.Config{Path: filepath.Join(t.TempDir(), "linkwell.db"), MaxLinks: 3})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := limited.Close(); err != nil {
			t.Error(err)
		}
	})
	add := func(lines ...string) store.Import {
		return work(t, limited, limited, receive(t, limited, store.ImportDraft{}, strings.Join(lines, "\n")+"\n").ID)
	}
	if i := add("https://example.com/1", "https://example.com/2"); i.State != store.ImportCompleted || i.Added != 2 {
		t.Errorf("import is %+v", i)
	}
	long := strings.Repeat("a", 200)
	i := add("<H1>B</H1><DL>", `<DT><A HREF="https://example.com/3">Three</A>`, `<DT><A HREF="https://example.com/4">`+long+`</A>`,
		`<DT><A HREF="https://exa mple.com/">bad host</A>`, `<DT><A HREF="https://example.com/1">One</A>`, `<DT><A HREF="https://example.com/5">Five</A>`, "</DL>")
	compare(t, "state", i.State, store.ImportCompleted)
	compare(t, "counts", i.ImportCounts, store.ImportCounts{Added: 1, Merged: 1, Failed: 3})
	problems, err := limited.ImportProblems(t.Context(), "ann", i.ID, 0, 10)
	if err != nil || len(problems) != 3 {
		t.Fatalf("problems are %+v: %v", problems, err)
	}
	full := "you have as many links as you may: 3; delete some to save others"
	compare(t, "no room for the fourth", problems[0], store.ImportProblem{Number: 1, Line: 3, Title: strings.Repeat("a", 99) + "…", Problem: full})
	compare(t, "another problem", problems[1].Line, 4)
	compare(t, "no room for the fifth", problems[2], store.ImportProblem{Number: 3, Line: 6, Title: "Five", Problem: full})
	if got := links(t, limited); len(got) != 3 || got["https://example.com/1"].Title != "One" || got["https://example.com/3"].Title != "Three" {
		t.Errorf("links are %+v", got)
	}
}
