package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-manager/api"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// withImporter counts how often it is woken.
func withImporter(woken *int) func(*api.Config) {
	return func(c *api.Config) { c.WakeImporter = func() { *woken++ } }
}

const twoLinks = "https://example.com/a A\nhttps://example.com/b\n"

func TestAnUploadBecomesAnImport(t *testing.T) {
	woken := 0
	r := newRig(t, withImporter(&woken))
	var i api.Import
	answer := r.do("POST", "/v1/imports?name=my.txt&folders=tags&tag=New&tag=old", twoLinks).is(http.StatusAccepted, &i)
	want := api.Import{
		ID: i.ID, Name: "my.txt", Format: "list", Folders: "tags", Tags: []string{"new", "old"}, State: store.ImportWaiting, Bytes: int64(len(twoLinks)), CreatedAt: start.Truncate(time.Microsecond),
	}
	if i.ID == "" || answer.header.Get("Location") != "/v1/imports/"+i.ID || woken != 1 {
		t.Errorf("location %q, woken %d times", answer.header.Get("Location"), woken)
	}
	var got, list = api.Import{}, struct {
		Items      []api.Import `json:"items"`
		NextCursor *string      `json:"next_cursor"`
	}{}
	r.do("GET", "/v1/imports/"+i.ID, "").is(http.StatusOK, &got)
	r.do("GET", "/v1/imports?limit=1", "").is(http.StatusOK, &list)
	for _, i := range append(list.Items, i, got) {
		if text, wanted := fmt.Sprintf("%+v", i), fmt.Sprintf("%+v", want); text != wanted {
			t.Errorf("import is %s, want %s", text, wanted)
		}
	}
	r.do("POST", "/v1/imports/"+i.ID+"/cancel", "").is(http.StatusOK, &got)
	if got.State != store.ImportCancelled || got.FinishedAt == nil {
		t.Errorf("import is %+v", got)
	}
	r.do("POST", "/v1/imports/"+i.ID+"/cancel", "").problem(http.StatusConflict, "nothing left to stop")
	r.do("GET", "/v1/imports/"+i.ID+"/problems", "").is(http.StatusOK, &struct {
		Items      []api.ImportProblem `json:"items"`
		NextCursor *string             `json:"next_cursor"`
	}{})
	r.do("DELETE", "/v1/imports/"+i.ID, "").is(http.StatusNoContent, nil)
	for _, request := range [][2]string{{"GET", ""}, {"DELETE", ""}, {"POST", "/cancel"}, {"GET", "/problems"}} {
		for _, id := range []string{i.ID, "nonsense"} {
			r.do(request[0], "/v1/imports/"+id+request[1], "").problem(http.StatusNotFound, "there is no such import")
		}
	}
}

func TestAFormWithAFileIsAnUpload(t *testing.T) {
	woken := 0
	r := newRig(t, withImporter(&woken))
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	if err := form.WriteField("comment", "none"); err != nil {
		t.Fatal(err)
	}
	file, err := form.CreateFormFile("file", "bookmarks.txt")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(file, twoLinks)
	_ = form.Close()
	var i api.Import
	r.do("POST", "/v1/imports", body.String(), "Content-Type", form.FormDataContentType()).is(http.StatusAccepted, &i)
	if i.Name != "bookmarks.txt" || i.Bytes != int64(len(twoLinks)) {
		t.Errorf("import is %+v", i)
	}
	r.do("POST", "/v1/imports", "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--x--\r\n", "Content-Type", "multipart/form-data; boundary=x").problem(http.StatusBadRequest, "the form has no file in it")
	r.do("POST", "/v1/imports", body.String()[:body.Len()/2], "Content-Type", form.FormDataContentType()).problem(http.StatusBadRequest, "")
}

func TestUploadsThatAreRefused(t *testing.T) {
	woken := 0
	r := newRig(t, withImporter(&woken))
	r.do("POST", "/v1/imports", "").problem(http.StatusBadRequest, "the file is empty")
	r.do("POST", "/v1/imports", "Dear Ann,").problem(http.StatusUnprocessableEntity, "?format=")
	r.do("POST", "/v1/imports?format=opml", twoLinks).problem(http.StatusBadRequest, "query.format")
	r.do("POST", "/v1/imports?tag=two+words", twoLinks).problem(http.StatusBadRequest, "query.tag")
	r.do("POST", "/v1/imports?colour=red", twoLinks).problem(http.StatusBadRequest, "colour")
	r.do("GET", "/v1/imports?cursor=nonsense", "").problem(http.StatusBadRequest, "query.cursor")
	for range store.MaxImports {
		r.do("POST", "/v1/imports", twoLinks).is(http.StatusAccepted, nil)
	}
	r.do("POST", "/v1/imports", twoLinks).problem(http.StatusTooManyRequests, "not finished")
	r.do("POST", "/v1/links", `{"url":"`+strings.Repeat("x", 100<<10)+`"}`).problem(http.StatusRequestEntityTooLarge, "")
}

func TestAFileThatIsTooLongIsRefusedAndNothingIsLeft(t *testing.T) {
	woken := 0
	r := newRig(t, withImporter(&woken))
	body := io.LimitReader(endless{}, 300<<20)
	request := httptest.NewRequestWithContext(t.Context(), "POST", "/v1/imports?format=netscape", body)
	recorder := httptest.NewRecorder()
	r.bare.ServeHTTP(recorder, request)
	reply{t, recorder.Code, recorder.Header(), recorder.Body.Bytes()}.problem(http.StatusRequestEntityTooLarge, "longer than 256 MiB")
	var list struct {
		Items      []api.Import `json:"items"`
		NextCursor *string      `json:"next_cursor"`
	}
	r.do("GET", "/v1/imports", "").is(http.StatusOK, &list)
	if len(list.Items) > 0 || woken > 0 {
		t.Errorf("there is %+v", list.Items)
	}
}

// endless is one long picture, which is dropped as it comes.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'A'
	}
	copy(p, `<A ICON="data:`)
	return len(p), nil
}

// servedBriefly is the API on a server that gives a whole request a second, as the real one gives it fifteen.
func servedBriefly(t *testing.T, r *rig) *httptest.Server {
	server := httptest.NewUnstartedServer(r.bare)
	server.Config.ReadTimeout = time.Second
	server.Start()
	t.Cleanup(server.Close)
	return server
}

func TestAnUploadMayTakeItsTime(t *testing.T) {
	woken := 0
	r := newRig(t, withImporter(&woken))
	server := servedBriefly(t, r)
	body, file := io.Pipe()
	go func() {
		for line := range strings.Lines(twoLinks) {
			_, _ = io.WriteString(file, line)
			time.Sleep(1200 * time.Millisecond) // longer than the server's patience for others
		}
		_ = file.Close()
	}()
	res, err := server.Client().Post(server.URL+"/v1/imports", "text/plain", body)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var i api.Import
	if err := json.NewDecoder(res.Body).Decode(&i); err != nil || res.StatusCode != http.StatusAccepted || i.Bytes != int64(len(twoLinks)) {
		t.Errorf("answered %d, %+v: %v", res.StatusCode, i, err)
	}
}

func TestAnUploadThatBreaksOffLeavesNothing(t *testing.T) {
	woken := 0
	r := newRig(t, withImporter(&woken))
	server := servedBriefly(t, r)
	connection, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(connection, "POST /v1/imports HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n"+twoLinks)
	_ = connection.Close()
	server.Close() // waits for the handler
	if left, err := r.store.Imports(t.Context(), "local", store.Position{}, 10); err != nil || len(left) > 0 || woken > 0 {
		t.Errorf("there is %+v: %v", left, err)
	}
}

// breaking is a store that fails at the second page of an export.
type breaking struct {
	*store.Store
	after func()
}

func (b breaking) Export(ctx context.Context, owner string, after store.Position, limit int) ([]store.Exported, error) {
	if after != (store.Position{}) {
		return nil, io.ErrUnexpectedEOF
	}
	b.after()
	page := make([]store.Exported, limit)
	for i := range page {
		page[i] = store.Exported{ID: "x", Draft: link.Draft{URL: fmt.Sprintf("https://example.com/%d", i)}, CreatedAt: start}
	}
	return page, nil
}

func TestAnExportThatBreaksOffDoesNotLookWhole(t *testing.T) {
	r := newRig(t, func(c *api.Config) {
		c.Store = breaking{c.Store.(*store.Store), func() {}}
	})
	server := servedBriefly(t, r)
	for _, format := range []string{"netscape", "json", "csv"} {
		res, err := server.Client().Get(server.URL + "/v1/exports?format=" + format)
		if err != nil {
			continue // not even a header came
		}
		if body, err := io.ReadAll(res.Body); err == nil {
			t.Errorf("%s: %d bytes came, and no error", format, len(body))
		}
		_ = res.Body.Close()
	}
}

func TestExportsAreTheOwnersAlone(t *testing.T) {
	r := newRig(t)
	r.add(`{"url":"https://example.com/mine","title":"<Mine>","tags":["go"]}`)
	if _, err := r.store.Add(t.Context(), "bob", link.Draft{URL: "https://example.com/his"}); err != nil {
		t.Fatal(err)
	}
	for format, kind := range map[string]string{"": "text/html; charset=utf-8", "?format=netscape": "text/html; charset=utf-8", "?format=json": "application/json", "?format=csv": "text/csv; charset=utf-8; header=present"} {
		answer := r.do("GET", "/v1/exports"+format, "").is(http.StatusOK, nil)
		if text := string(answer.body); !strings.Contains(text, "https://example.com/mine") || strings.Contains(text, "example.com/his") {
			t.Errorf("%s: %s", format, text)
		}
		if got := answer.header.Get("Content-Type"); got != kind || !strings.HasPrefix(answer.header.Get("Content-Disposition"), "attachment; ") {
			t.Errorf("%s: content type %q, disposition %q", format, got, answer.header.Get("Content-Disposition"))
		}
	}
	r.do("GET", "/v1/exports?format=list", "").problem(http.StatusBadRequest, "query.format")
}
