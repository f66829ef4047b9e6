package pages_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-manager/bookmarks"
	"github.com/linkwell/linkwell/link-manager/imports"
	"github.com/linkwell/linkwell/link-manager/store"
)

// upload sends the form of the page of imports: its fields, and a file with this name.
func (s *site) upload(name, content string, fields ...string) *httptest.ResponseRecorder {
	s.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i < len(fields); i += 2 {
		if err := form.WriteField(fields[i], fields[i+1]); err != nil {
			s.t.Fatal(err)
		}
	}
	file, err := form.CreateFormFile("file", name)
	if err != nil {
		s.t.Fatal(err)
	}
	_, _ = io.WriteString(file, content)
	_ = form.Close()
	r := httptest.NewRequestWithContext(s.t.Context(), http.MethodPost, "/import", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return s.ask(r)
}

// uploaded is the import that an upload became.
func (s *site) uploaded(answer *httptest.ResponseRecorder) store.Import {
	s.t.Helper()
	id, found := strings.CutPrefix(answer.Header().Get("Location"), "/import/")
	if !found {
		s.t.Fatalf("answered %d: %s", answer.Code, answer.Body)
	}
	i, err := s.store.Import(s.t.Context(), "local", id)
	if err != nil {
		s.t.Fatal(err)
	}
	return i
}

// imported works on what was uploaded until it is finished.
func (s *site) imported(id string) {
	s.t.Helper()
	importer := imports.New(imports.Importer{
		Store: s.store, Lease: time.Minute, Interval: 10 * time.Millisecond, Now: time.Now, Logger: slog.New(slog.NewTextHandler(s.t.Output(), nil)),
	})
	ctx, cancel := context.WithCancel(s.t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); importer.Run(ctx) }()
	defer func() { cancel(); <-ended }()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if i, err := s.store.Import(s.t.Context(), "local", id); err != nil || i.State.Finished() {
			return
		}
	}
	s.t.Fatal("it is never finished")
}

const folderFile = `<!DOCTYPE NETSCAPE-Bookmark-file-1>
<DL><p>
<DT><H3>Reading List</H3>
<DL><p>
<DT><A HREF="https://example.com/a">A</A>
<DT><A HREF="javascript:alert(1)">Run &lt;script&gt;</A>
<DT><A HREF="http://exa mple/">Broken</A>
</DL><p>
</DL><p>
`

func TestAFileIsImportedByAPage(t *testing.T) {
	s := newSite(t, false)
	s.has(s.get("/import"), http.StatusOK, "There are none of the last 30 days.", `enctype="multipart/form-data"`, `href="/v1/exports?format=csv"`)
	i := s.uploaded(s.upload("my <b>.html", folderFile, "format", "", "tags", "#Old, mine", "folders", "tags"))
	if i.Name != "my <b>.html" || i.Format != bookmarks.Netscape || !i.Folders || strings.Join(i.Tags, " ") != "mine old" || i.State != store.ImportWaiting || s.importerWoken != 1 {
		t.Errorf("it is %+v; woken %d times", i, s.importerWoken)
	}
	page := "/import/" + i.ID
	s.has(s.get(page), http.StatusOK, "<h1>my &lt;b&gt;.html</h1>", "waiting for its turn", `<progress max="100" value="0"`, "data-open", `action="`+page+`/cancel"`)
	s.imported(i.ID)
	s.has(s.get(page), http.StatusOK, "done", "<strong>1</strong> new", "<strong>1</strong> skipped", "<strong>1</strong> failed", "<td>6</td><td>skipped</td>",
		"<td>7</td><td>failed</td>", "Run &lt;script&gt;", "#mine #old", `action="`+page+`/forget"`)
	if body := s.get(page + "/progress").Body.String(); !strings.HasPrefix(body, `<div class="progress" data-import="`+i.ID+`">`) {
		t.Errorf("its part is %s", body)
	}
	list, err := s.store.List(t.Context(), "local", store.Filter{Limit: 5})
	if err != nil || len(list) != 1 || strings.Join(list[0].Tags, " ") != "mine old reading-list" {
		t.Errorf("saved are %+v: %v", list, err)
	}
	s.has(s.get("/import"), http.StatusOK, `<a href="`+page+`">my &lt;b&gt;.html</a>`)
	s.goes(s.post(page+"/cancel"), page+"?finished=1")
	s.has(s.get(page+"?finished=1"), http.StatusOK, "nothing left to cancel")
	s.goes(s.post(page+"/forget"), "/import?forgotten=1")
	s.has(s.get(page), http.StatusNotFound, "There is no such import.")
}

func TestAFileThatIsNotTakenLosesNothing(t *testing.T) {
	s := newSite(t, false)
	for _, c := range []struct {
		content string
		fields  []string
		status  int
		says    string
	}{
		{"", nil, http.StatusUnprocessableEntity, "The file is empty."},
		{"Dear Ann,", nil, http.StatusUnprocessableEntity, "This is no bookmark file"},
		{"Dear Ann," + strings.Repeat("\nand so on", 100_000), nil, http.StatusUnprocessableEntity, "This is no bookmark file"},
		{"https://example.com/", []string{"format", "opml"}, http.StatusUnprocessableEntity, "none of the kinds"},
		{"https://example.com/", []string{"tags", strings.Repeat("x", 101)}, http.StatusUnprocessableEntity, "the most allowed is 100"},
		{"https://example.com/", []string{"tags", strings.Repeat("x", 20<<10)}, http.StatusBadRequest, "a field of the form is longer than 16 KiB"},
	} {
		s.has(s.upload("a.txt", c.content, c.fields...), c.status, c.says, `role="alert"`)
	}
	s.has(s.upload("a.txt", "Dear Ann,", "tags", "kept <tag>", "folders", "tags"), http.StatusUnprocessableEntity, `value="kept &lt;tag&gt;"`, `value="tags" checked`)
	s.has(s.upload("a.txt", "", "format", "csv"), http.StatusUnprocessableEntity, `<option value="csv" selected>`)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/import", strings.NewReader("file=a"))
	r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	s.has(s.ask(r), http.StatusBadRequest, "The file did not arrive")
	for range store.MaxImports {
		s.uploaded(s.upload("a.txt", "https://example.com/a\n"))
	}
	s.has(s.upload("a.txt", "https://example.com/a\n"), http.StatusTooManyRequests, "5 of your imports are not finished")
	if list, err := s.store.Imports(t.Context(), "local", store.Position{}, 50); err != nil || len(list) != store.MaxImports {
		t.Errorf("there are %d imports: %v", len(list), err)
	}
}

// A file may be far longer than a form, and is not held in memory; one that is too long is refused, and nothing is left.
func TestAFileIsAsLongAsItMayBe(t *testing.T) {
	s := newSite(t, false)
	send := func(file string, size int64) *httptest.ResponseRecorder {
		begin := "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.html\"\r\n\r\n"
		body := io.MultiReader(strings.NewReader(begin), io.LimitReader(&repeated{text: file}, size), strings.NewReader("\r\n--x--\r\n"))
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/import", body)
		r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		return s.ask(r)
	}
	if i := s.uploaded(send("https://example.com/"+strings.Repeat("a", 1000)+"\n", 2<<20)); i.Bytes != 2<<20 {
		t.Errorf("%d bytes are kept", i.Bytes)
	}
	icons := `<DT><A HREF="https://example.com/" ICON="data:image/png;base64,` + strings.Repeat("A", 100<<10) + `">An icon is not kept</A>`
	s.has(send(icons, imports.MaxBytes), http.StatusRequestEntityTooLarge, "The file is longer than 256 MiB.")
	if list, err := s.store.Imports(t.Context(), "local", store.Position{}, 50); err != nil || len(list) != 1 {
		t.Errorf("there are %d imports: %v", len(list), err)
	}
}

// repeated is a text for ever.
type repeated struct {
	text string
	at   int
}

func (r *repeated) Read(p []byte) (int, error) {
	n := copy(p, r.text[r.at:])
	r.at = (r.at + n) % len(r.text)
	return n, nil
}

func TestManyProblemsAndManyImportsAreTurned(t *testing.T) {
	s := newSite(t, false)
	var file strings.Builder
	for i := range 250 {
		fmt.Fprintf(&file, "<DT><A HREF=\"javascript:%d\">Number %03d</A>\n", i, i)
	}
	i := s.uploaded(s.upload("a.html", file.String()))
	s.imported(i.ID)
	seen, path := map[string]bool{}, "/import/"+i.ID
	for range 4 {
		page := s.get(path).Body.String()
		for _, title := range regexp.MustCompile(`Number \d{3}`).FindAllString(page, -1) {
			seen[title] = true
		}
		next := regexp.MustCompile(`rel="next" href="([^"#]+)#problems"`).FindStringSubmatch(page)
		if next == nil {
			break
		}
		path = next[1]
	}
	if len(seen) != 250 {
		t.Errorf("%d problems on all pages", len(seen))
	}
	for range 45 {
		other := s.uploaded(s.upload("b.txt", "https://example.com/b\n"))
		if _, err := s.store.CancelImport(t.Context(), "local", other.ID); err != nil {
			t.Fatal(err)
		}
	}
	listed, path := map[string]bool{}, "/import"
	for range 4 {
		page := s.get(path).Body.String()
		for _, id := range regexp.MustCompile(`<a href="/import/([^"]+)">`).FindAllStringSubmatch(page, -1) {
			listed[id[1]] = true
		}
		next := regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(page)
		if next == nil {
			break
		}
		path = next[1]
	}
	if len(listed) != 46 {
		t.Errorf("%d imports on all pages", len(listed))
	}
	s.has(s.get("/import?after=nonsense"), http.StatusOK, "b.txt")
}

func TestAForeignImportIsAsUnknownAsNone(t *testing.T) {
	s := newSite(t, false)
	his, err := imports.Receive(t.Context(), s.store, "bob", store.ImportDraft{}, strings.NewReader("https://example.com/his\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{his.ID, "01900000-0000-7000-8000-0000000000ff", "x"} {
		for _, path := range []string{"", "/progress"} {
			s.has(s.get("/import/"+id+path), http.StatusNotFound, "There is no such import.")
		}
		for _, path := range []string{"/cancel", "/forget"} {
			s.has(s.post("/import/"+id+path), http.StatusNotFound, "There is no such import.")
		}
	}
	if answer := s.get("/import/events"); answer.Code != http.StatusNoContent {
		t.Errorf("the stream answers %d: %s", answer.Code, answer.Body)
	}
}

// streamed is the data of all events that a stream tells until it ends.
func (s *site) streamed(during func()) (data []string) {
	s.t.Helper()
	server := httptest.NewServer(s.handler)
	defer server.Close()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, server.URL+"/import/events", http.NoBody)
	if err != nil {
		s.t.Fatal(err)
	}
	res, err := server.Client().Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.Header.Get("Content-Type") != "text/event-stream" {
		s.t.Fatalf("answered %s, %v", res.Status, res.Header)
	}
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() {
		if text, found := strings.CutPrefix(lines.Text(), "data: "); found {
			if data = append(data, text); len(data) == 1 {
				during()
			}
		}
	}
	return data
}

func TestHowFarImportsAreIsStreamedUntilTheyAreFinished(t *testing.T) {
	s := newSite(t, false)
	s.imported(s.uploaded(s.upload("done.txt", "https://example.com/done\n")).ID)
	i := s.uploaded(s.upload("a.txt", "https://example.com/a\nhttps://example.com/b\n"))
	data := s.streamed(func() { s.imported(i.ID) })
	if len(data) < 2 || strings.Join(data, "") != strings.Repeat(`{"id":"`+i.ID+`"}`, len(data)) {
		t.Errorf("the stream told %q", data)
	}
	if answer := s.get("/import/events"); answer.Code != http.StatusNoContent {
		t.Errorf("with nothing left to tell it answers %d", answer.Code)
	}
}

func TestAStreamOfImportsEndsWithTheProcess(t *testing.T) {
	s := newSite(t, false)
	s.upload("a.txt", "https://example.com/a\n")
	if data := s.streamed(func() { close(s.stopping) }); len(data) != 1 {
		t.Errorf("the stream told %q", data)
	}
}
