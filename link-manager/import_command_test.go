package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-manager/api"
	"github.com/linkwell/linkwell/link-manager/imports"
	"github.com/linkwell/linkwell/link-manager/store"
)

// serveStore serves the API over an empty store, and imports, until the test ends; it sets LISTEN to where it is.
func serveStore(t *testing.T) {
	t.Helper()
	opened, err := store.Open(t.Context(), store.Config{Path: filepath.Join(t.TempDir(), "linkwell.db")})
	if err != nil {
		t.Fatal(err)
	}
	logger := slog.New(slog.NewTextHandler(t.Output(), nil))
	importer := imports.New(imports.Importer{Store: opened, Lease: 15 * time.Second, Interval: time.Second, Now: time.Now, Logger: logger})
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { importer.Run(ctx) })
	server := httptest.NewServer(api.New(api.Config{
		Store: opened, Owner: func(context.Context) string { return "local" }, Wake: func() {}, WakeImporter: importer.Wake,
		Guard: api.Guard(true), Logger: logger,
	}))
	t.Cleanup(func() {
		server.Close()
		cancel()
		running.Wait()
		if err := opened.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Setenv("LISTEN", server.Listener.Addr().String())
}

const someBookmarks = `<!DOCTYPE NETSCAPE-Bookmark-file-1>
<H1>Bookmarks</H1>
<DL><p>
<DT><H3>Work Stuff</H3>
<DL><p>
<DT><A HREF="https://example.com/a" ADD_DATE="1500000000">A</A>
<DT><A HREF="https://example.com/b" TAGS="Two Words,go">B</A>
<DT><A HREF="javascript:void(0)">Run` + "\x1b" + `[31m</A>
<DT><A HREF="https://EXAMPLE.com/a#top">A again</A>
</DL><p>
<DT><A HREF="https://ann:secret@example.com/">Mine</A>
</DL><p>
`

func TestImportAndExport(t *testing.T) {
	serveStore(t)
	r := program(t, someBookmarks, "import", "-", "--folders", "--tag", "new", "--quiet")
	if r.code != 0 || r.err != "" {
		t.Errorf("exit code %d, error %q", r.code, r.err)
	}
	golden(t, "import.txt", r.out)

	folder := t.TempDir()
	for _, format := range []string{"netscape", "json", "csv"} {
		r = program(t, "", "export", "--format", format)
		if r.code != 0 || r.err != "" {
			t.Fatalf("exit code %d, error %q", r.code, r.err)
		}
		if strings.Contains(r.out, "secret") {
			t.Errorf("a password was saved: %s", r.out)
		}
		path := filepath.Join(folder, "export."+format)
		if o := program(t, "", "export", "--format", format, "-o", path); o.code != 0 || o.out != "" {
			t.Errorf("exit code %d, %q", o.code, o.out)
		}
		file, err := os.ReadFile(path)
		if err != nil || string(file) != r.out {
			t.Errorf("the file has %q, want %q: %v", file, r.out, err)
		}
		if format == "json" {
			var list []map[string]any
			if err := json.Unmarshal(file, &list); err != nil || len(list) != 2 {
				t.Errorf("%s: %v", file, err)
			}
		}
		// What we write changes nothing when it comes back.
		again := program(t, "", "import", path)
		if again.code != 0 || again.out != "2 done: 0 new, 0 merged, 2 unchanged, 0 skipped, 0 failed\n" || !strings.Contains(again.err, "bytes received") {
			t.Errorf("exit code %d, out %q, error %q", again.code, again.out, again.err)
		}
		if now := program(t, "", "export", "--format", format); now.out != r.out {
			t.Errorf("the export is %q now, and was %q", now.out, r.out)
		}
	}
	for file, says := range map[string]string{
		"":                                      "the file is empty",
		"Dear Ann,\nhello":                      "?format=",
		`[{"url":"https://example.com/new"},{]`: "the rest of the file could not be read: line 1",
	} {
		if r := program(t, file, "import", "-", "--quiet"); r.code != 1 || !strings.Contains(r.err, says) {
			t.Errorf("%q: exit code %d, error %q", file, r.code, r.err)
		}
	}
	if left, err := filepath.Glob(filepath.Join(folder, "*.part")); err != nil || len(left) > 0 {
		t.Error(left, err)
	}
}

func TestImportFromNobody(t *testing.T) {
	t.Setenv("LISTEN", "127.0.0.1:1")
	for _, arguments := range [][]string{{"import", "-"}, {"export"}} {
		if r := program(t, someBookmarks, arguments...); r.code != 1 || !strings.Contains(r.err, "no link manager answers at http://127.0.0.1:1") {
			t.Errorf("exit code %d, error %q", r.code, r.err)
		}
	}
}
