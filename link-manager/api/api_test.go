package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.uber.org/goleak"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-checker/logging"
	"github.com/linkwell/linkwell/link-manager/account"
	"github.com/linkwell/linkwell/link-manager/api"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/live"
	"github.com/linkwell/linkwell/link-manager/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var start = time.Date(2026, 1, 2, 3, 4, 5, 678_901_000, time.UTC)

// rig is the API over a real SQLite store, for the owner "local".
type rig struct {
	t       *testing.T
	store   *store.Store
	handler http.Handler
	bare    http.Handler // the same, for streams, which nobody can hold to a document as a whole
	woken   atomic.Int32
	bell    live.Bell
	clock   time.Time
	// remote is where requests come from; empty means httptest's address.
	remote string
}

func newRig(t *testing.T, change ...func(*api.Config)) *rig {
	r := &rig{t: t, clock: start}
	opened, err := store.Open(t.Context(), store.Config{
		Path: filepath.Join(t.TempDir(), "linkwell.db"), Now: func() time.Time { return r.clock }, Written: r.bell.Ring,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = opened.Close() })
	r.store = opened
	config := api.Config{
		Store:    opened,
		Changed:  r.bell.Rung,
		Owner:    func(context.Context) string { return "local" },
		Accounts: account.New(account.Config{Store: opened, Now: func() time.Time { return r.clock }, Logger: slog.New(slog.NewTextHandler(t.Output(), nil))}),
		Wake:     func() { r.woken.Add(1) },
		Logger:   slog.New(slog.NewTextHandler(t.Output(), nil)),
	}
	for _, c := range change {
		c(&config)
	}
	r.bare = api.New(config)
	r.handler = r.kept(r.bare)
	return r
}

// reply is an answer of the API.
type reply struct {
	t      *testing.T
	status int
	header http.Header
	body   []byte
}

func (r *rig) do(method, target, body string, headers ...string) reply {
	r.t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	req := httptest.NewRequestWithContext(r.t.Context(), method, target, reader)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
		if headers[i] == "Host" {
			req.Host = headers[i+1]
		}
	}
	if r.remote != "" {
		req.RemoteAddr = r.remote
	}
	recorder := httptest.NewRecorder()
	r.handler.ServeHTTP(recorder, req)
	return reply{r.t, recorder.Code, recorder.Header(), recorder.Body.Bytes()}
}

// is checks the status and reads the body into v.
func (a reply) is(status int, v any) reply {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("answer is %d %s, want %d", a.status, a.body, status)
	}
	if v != nil {
		decoder := json.NewDecoder(bytes.NewReader(a.body))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(v); err != nil {
			a.t.Fatalf("%s: %v", a.body, err)
		}
	}
	return a
}

// problem checks that the answer is an RFC 9457 problem that says so.
func (a reply) problem(status int, says string) api.Problem {
	a.t.Helper()
	var p api.Problem
	a.is(status, &p)
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		a.t.Errorf("content type is %q", got)
	}
	if p.Status != status || p.Title == "" || !strings.HasPrefix(p.Type, "urn:linkwell:problem:") || !strings.Contains(string(a.body), says) {
		a.t.Errorf("problem is %s, want it to say %q", a.body, says)
	}
	return p
}

func (r *rig) add(body string) api.Link {
	r.t.Helper()
	var added api.Link
	r.do("POST", "/v1/links", body).is(http.StatusCreated, &added)
	return added
}

// answer gives every claimed target of a lane the same answer.
func (r *rig) answer(reason check.Reason, httpStatus int) {
	r.t.Helper()
	for _, lane := range store.Lanes() {
		for _, claim := range r.claim(lane) {
			c := event.Checked{CheckID: claim.CheckID, Result: check.Result{URL: claim.URL, HTTPStatus: httpStatus}}
			c.Decide(reason)
			if outcome, err := r.store.Apply(r.t.Context(), c, nil); err != nil || outcome != store.Applied {
				r.t.Fatal(outcome, err)
			}
		}
	}
}

// claim claims all that is due in a lane.
func (r *rig) claim(lane store.Lane) []store.Claim {
	r.t.Helper()
	claimed, err := r.store.Claim(r.t.Context(), store.ClaimRequest{Lane: lane, Limit: 1000, Lease: time.Minute})
	if err != nil {
		r.t.Fatal(err)
	}
	return claimed.Claims
}

type page struct {
	Items      []api.Link `json:"items"`
	NextCursor *string    `json:"next_cursor"`
}

func (r *rig) list(query string) page {
	r.t.Helper()
	var p page
	r.do("GET", "/v1/links"+query, "").is(http.StatusOK, &p)
	return p
}

func urls(links []api.Link) []string {
	all := []string{}
	for _, l := range links {
		all = append(all, l.URL)
	}
	return all
}

func TestASavedLinkIsPendingAndSomebodyIsWoken(t *testing.T) {
	r := newRig(t)
	var got api.Link
	a := r.do("POST", "/v1/links", `{"url":"HTTPS://Example.com/a","title":" Title ","description":"D","tags":["Go","a"]}`).is(http.StatusCreated, &got)
	if location := a.header.Get("Location"); location != "/v1/links/"+got.ID {
		t.Errorf("Location is %q", location)
	}
	want := api.Link{
		ID: got.ID, URL: "HTTPS://Example.com/a", Title: "Title", Description: "D", Tags: []string{"a", "go"},
		Status: check.Pending, Explanation: "It has not been checked yet.", NextCheckAt: &start, CreatedAt: start, UpdatedAt: start,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if r.woken.Load() != 1 {
		t.Errorf("woken %d times", r.woken.Load())
	}
	for _, field := range []string{`"reason":null`, `"last_check":null`, `"checked_at":null`, `"failing_since":null`} {
		if !strings.Contains(string(a.body), field) {
			t.Errorf("%s has no %s", a.body, field)
		}
	}
}

func TestALinkShowsWhatWasFoundAndWhy(t *testing.T) {
	for name, test := range map[string]struct {
		reason check.Reason
		http   int
		want   func(*api.Link)
	}{
		"a page that answers": {check.OK, 200, func(l *api.Link) { l.Status, l.Explanation = check.Valid, "The page answers." }},
		"a page that is not there": {check.NotFound, 404, func(l *api.Link) {
			l.Status, l.Explanation, l.FailingSince = check.Invalid, "The server says this page does not exist (404).", &start
		}},
		"a server that cannot say": {check.ServerError, 503, func(l *api.Link) {
			l.Explanation, l.FailingSince = "The server has a problem of its own.", &start
		}},
		"an address that is not asked": {check.BlockedAddress, 0, func(l *api.Link) {
			l.Status, l.Explanation, l.FailingSince = check.Invalid, check.BlockedAddress.Explanation(), &start
		}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			want := r.add(`{"url":"https://example.com"}`)
			r.answer(test.reason, test.http)
			var got api.Link
			r.do("GET", "/v1/links/"+want.ID, "").is(http.StatusOK, &got)
			reason := string(test.reason)
			want.Reason, want.Hint, want.CheckedAt = &reason, test.reason.Hint(), &start
			test.want(&want)
			want.LastCheck = &api.LastCheck{Status: want.Status, Reason: reason, CheckedAt: start}
			if test.http != 0 {
				want.LastCheck.HTTPStatus = &test.http
			}
			want.NextCheckAt = got.NextCheckAt
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if got.NextCheckAt == nil || !got.NextCheckAt.After(start) {
				t.Errorf("next check is at %v", got.NextCheckAt)
			}
		})
	}
}

func TestTheSameLinkTwiceIsAConflictThatShowsTheFirst(t *testing.T) {
	r := newRig(t)
	first := r.add(`{"url":"https://example.com/a","title":"first"}`)
	p := r.do("POST", "/v1/links", `{"url":"https://EXAMPLE.com:443/a#b","title":"second"}`).problem(http.StatusConflict, "already saved")
	if p.Existing == nil || p.Existing.ID != first.ID || p.Existing.Title != "first" {
		t.Errorf("existing is %+v", p.Existing)
	}
	second := r.add(`{"url":"https://example.com/b"}`)
	p = r.do("PATCH", "/v1/links/"+second.ID, `{"url":"https://example.com/a"}`).problem(http.StatusConflict, "already saved")
	if p.Existing == nil || p.Existing.ID != first.ID {
		t.Errorf("existing is %+v", p.Existing)
	}
}

func TestBadBodies(t *testing.T) {
	r := newRig(t)
	existing := r.add(`{"url":"https://example.com"}`)
	for name, test := range map[string]struct {
		body   string
		status int
		says   string
	}{
		"not JSON":              {`url=https://example.com`, 400, "body"},
		"half of it":            {`{"url":"https://exa`, 400, "body"},
		"nothing but a list":    {`["https://example.com"]`, 422, "body"},
		"an unknown field":      {`{"url":"https://example.com/x","link":"a"}`, 422, "body.link"},
		"a url of another type": {`{"url":7}`, 422, "body.url"},
		"a title of a list":     {`{"url":"https://example.com/x","title":["a"]}`, 422, "body.title"},
		"tags in a string":      {`{"url":"https://example.com/x","tags":"a b"}`, 422, "body.tags"},
		"an empty url":          {`{"url":""}`, 422, "body.url"},
		"no scheme":             {`{"url":"example.com"}`, 422, "https://"},
		"another scheme":        {`{"url":"javascript:alert(1)"}`, 422, "only http and https"},
		"a password":            {`{"url":"https://u:p@example.com"}`, 422, "user name or password"},
		"a long url":            {`{"url":"https://example.com/` + strings.Repeat("a", 4096) + `"}`, 422, "4096"},
		"a long title":          {`{"url":"https://example.com/x","title":"` + strings.Repeat("a", 1001) + `"}`, 422, "body.title"},
		"an empty tag":          {`{"url":"https://example.com/x","tags":[""]}`, 422, "body.tags"},
		"a tag of two words":    {`{"url":"https://example.com/x","tags":["a b"]}`, 422, "body.tags"},
		"bytes of no text":      {"{\"url\":\"https://example.com/x\",\"title\":\"\xff\"}", 400, "not UTF-8"},
		"a NUL":                 {`{"url":"https://example.com/x","description":"\u0000"}`, 422, "body.description"},
		"more than 64 KiB":      {`{"url":"https://example.com/x","description":"` + strings.Repeat("a", 64<<10) + `"}`, 413, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r.t = t
			r.do("POST", "/v1/links", test.body).problem(test.status, test.says)
			r.do("PATCH", "/v1/links/"+existing.ID, test.body).problem(test.status, test.says)
		})
	}
	r.t = t
	if p := r.do("POST", "/v1/links", `{"url":"https://"}`).problem(422, "has no host"); p.Detail != "url: has no host" {
		t.Errorf("a person reads %q", p.Detail)
	}
	r.do("POST", "/v1/links", `{"title":"no url"}`).problem(422, "url")
	r.do("POST", "/v1/links", "").problem(400, "body")
	r.do("POST", "/v1/links", `{"url":"https://example.com/x"}`, "Content-Type", "text/plain").problem(415, "application/json")
	if got := len(r.list("").Items); got != 1 {
		t.Errorf("%d links are saved", got)
	}
}

func TestBadParameters(t *testing.T) {
	r := newRig(t)
	for query, names := range map[string]string{
		"?colour=red":                            "query.colour",
		"?Status=valid":                          "query.Status",
		"?status=broken":                         "query.status",
		"?q":                                     "query.q",
		"?status=":                               "query.status",
		"?status=valid&status=":                  "query.status",
		"?limit=0":                               "query.limit",
		"?limit=201":                             "query.limit",
		"?limit=ten":                             "query.limit",
		"?limit=":                                "query.limit",
		"?limit=1&limit=2":                       "query.limit",
		"?tag=a" + strings.Repeat("&tag=b", 20):  "query.tag",
		"?tag=":                                  "query.tag",
		"?tag=a%20b":                             "query.tag",
		"?cursor=":                               "query.cursor",
		"?cursor=abc":                            "query.cursor",
		"?cursor=%00":                            "query.cursor",
		"?q=" + strings.Repeat("a", 1001):        "query.q",
		"?q=" + strings.Repeat("%E2%82%AC", 334): "query.q",
		"?q=%zz":                                 "query",
		"?q=a;b":                                 "query",
	} {
		t.Run(query[:min(len(query), 30)], func(t *testing.T) {
			r.t = t
			p := r.do("GET", "/v1/links"+query, "").problem(http.StatusBadRequest, names)
			if len(p.Errors) == 0 || p.Errors[0].Location != names {
				t.Errorf("problem is %+v, want it to name %s", p, names)
			}
		})
	}
}

func TestListFilters(t *testing.T) {
	r := newRig(t)
	r.add(`{"url":"https://example.com/1","title":"Straße nach Süden","tags":["travel","south"]}`)
	r.answer(check.OK, 200)
	r.add(`{"url":"https://example.com/2","description":"100% of_it","tags":["travel"]}`)
	r.answer(check.NotFound, 404)
	r.add(`{"url":"https://example.org/3"}`)
	for query, want := range map[string][]string{
		"":                             {"https://example.org/3", "https://example.com/2", "https://example.com/1"},
		"?status=valid":                {"https://example.com/1"},
		"?status=invalid":              {"https://example.com/2"},
		"?status=pending":              {"https://example.org/3"},
		"?tag=travel":                  {"https://example.com/2", "https://example.com/1"},
		"?tag=TRAVEL&tag=south":        {"https://example.com/1"},
		"?tag=nobody":                  {},
		"?q=example.org":               {"https://example.org/3"},
		"?q=S%C3%9CDEN+stra%C3%9Fe":    {"https://example.com/1"},
		"?q=100%25":                    {"https://example.com/2"},
		"?q=of_it":                     {"https://example.com/2"},
		"?q=ofXit":                     {},
		"?q=south":                     {"https://example.com/1"},
		"?q=":                          {"https://example.org/3", "https://example.com/2", "https://example.com/1"},
		"?status=valid&tag=south&q=S*": {"https://example.com/1"},
	} {
		t.Run(query, func(t *testing.T) {
			r.t = t
			if diff := cmp.Diff(want, urls(r.list(query).Items)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestEveryLinkIsOnExactlyOnePage(t *testing.T) {
	r := newRig(t)
	const links = 25
	for i := range links {
		r.add(fmt.Sprintf(`{"url":"https://example.com/%d","tags":["%s"]}`, i, []string{"even", "odd"}[i%2]))
		if i%5 == 4 {
			r.clock = r.clock.Add(time.Second) // so that several links have the same time, and several have not
		}
	}
	for _, query := range []string{"?limit=7", "?limit=1", "?limit=200", "?limit=3&tag=odd"} {
		want := links
		if strings.Contains(query, "odd") {
			want = links / 2
		}
		seen := map[string]bool{}
		for next := ""; ; {
			p := r.list(query + next)
			for _, l := range p.Items {
				if seen[l.ID] {
					t.Errorf("%s: %s is on two pages", query, l.URL)
				}
				seen[l.ID] = true
			}
			if p.NextCursor == nil {
				break
			}
			next = "&cursor=" + *p.NextCursor
		}
		if len(seen) != want {
			t.Errorf("%s: %d links on all pages, want %d", query, len(seen), want)
		}
	}
	cursor := r.list("?limit=3&tag=odd").NextCursor
	r.do("GET", "/v1/links?limit=3&tag=even&cursor="+*cursor, "").problem(http.StatusBadRequest, "query.cursor")
}

func TestAnEmptyListIsAList(t *testing.T) {
	if body := newRig(t).do("GET", "/v1/links", "").body; strings.TrimSpace(string(body)) != `{"items":[],"next_cursor":null}` {
		t.Errorf("body is %s", body)
	}
}

func TestChangeIsAMergePatch(t *testing.T) {
	full := `{"url":"https://example.com/a","title":"T","description":"D","tags":["a","b"]}`
	for name, test := range map[string]struct {
		patch  string
		want   func(*api.Link)
		status int
	}{
		"nothing stays as it is":        {`{}`, func(*api.Link) {}, 200},
		"one field, the others stay":    {`{"title":"New"}`, func(l *api.Link) { l.Title = "New" }, 200},
		"null clears a text":            {`{"title":null,"description":null}`, func(l *api.Link) { l.Title, l.Description = "", "" }, 200},
		"null clears the tags":          {`{"tags":null}`, func(l *api.Link) { l.Tags = []string{} }, 200},
		"tags are replaced":             {`{"tags":["C"]}`, func(l *api.Link) { l.Tags = []string{"c"} }, 200},
		"another spelling of the url":   {`{"url":"https://EXAMPLE.com/a"}`, func(l *api.Link) { l.URL = "https://EXAMPLE.com/a" }, 200},
		"a url cannot be cleared":       {`{"url":null}`, nil, 422},
		"a url must stay one":           {`{"url":"nonsense"}`, nil, 422},
		"the id cannot be changed":      {`{"id":"x"}`, nil, 422},
		"the status cannot be changed":  {`{"status":"valid"}`, nil, 422},
		"nothing happens if one is bad": {`{"title":"New","tags":[""]}`, nil, 422},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			want := r.add(full)
			r.answer(check.OK, 200)
			r.do("GET", "/v1/links/"+want.ID, "").is(200, &want)
			before := want
			r.clock = r.clock.Add(time.Minute)
			a := r.do("PATCH", "/v1/links/"+want.ID, test.patch, "Content-Type", "application/merge-patch+json")
			if test.status != 200 {
				a.problem(test.status, "")
			} else {
				test.want(&want)
				if diff := cmp.Diff(before, want); diff != "" {
					want.UpdatedAt = r.clock
				}
				var got api.Link
				a.is(200, &got)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("answer:\n%s", diff)
				}
			}
			var now api.Link
			r.do("GET", "/v1/links/"+want.ID, "").is(200, &now)
			if diff := cmp.Diff(want, now); diff != "" {
				t.Errorf("afterwards:\n%s", diff)
			}
		})
	}
}

func TestANewURLIsCheckedAnew(t *testing.T) {
	r := newRig(t)
	l := r.add(`{"url":"https://example.com/a","title":"T"}`)
	r.answer(check.NotFound, 404)
	woken := r.woken.Load()
	var got api.Link
	r.do("PATCH", "/v1/links/"+l.ID, `{"url":"https://example.com/b"}`).is(200, &got)
	if got.Status != check.Pending || got.CheckedAt != nil || got.FailingSince != nil || got.Title != "T" {
		t.Errorf("got %+v", got)
	}
	if r.woken.Load() == woken {
		t.Error("nobody was woken")
	}
	r.answer(check.OK, 200)
	r.do("GET", "/v1/links/"+l.ID, "").is(200, &got)
	if got.Status != check.Valid {
		t.Errorf("afterwards it is %s", got.Status)
	}
}

func TestDelete(t *testing.T) {
	r := newRig(t)
	l := r.add(`{"url":"https://example.com/a"}`)
	if a := r.do("DELETE", "/v1/links/"+l.ID, "").is(http.StatusNoContent, nil); len(a.body) != 0 {
		t.Errorf("body is %s", a.body)
	}
	r.do("DELETE", "/v1/links/"+l.ID, "").problem(http.StatusNotFound, "no such link")
	r.do("GET", "/v1/links/"+l.ID, "").problem(http.StatusNotFound, "no such link")
	r.add(`{"url":"https://example.com/a"}`)
}

func TestCheckNow(t *testing.T) {
	r := newRig(t)
	l := r.add(`{"url":"https://example.com/a"}`)
	r.answer(check.ServerError, 503)
	r.clock = r.clock.Add(time.Minute)
	woken := r.woken.Load()
	for range 2 {
		var got api.Link
		r.do("POST", "/v1/links/"+l.ID+"/check", "").is(http.StatusAccepted, &got)
		if got.NextCheckAt == nil || !got.NextCheckAt.Equal(r.clock) || got.ID != l.ID {
			t.Errorf("got %+v", got)
		}
	}
	if r.woken.Load() != woken+2 {
		t.Error("nobody was woken")
	}
	if claims := r.claim(store.LaneAdded); len(claims) != 1 {
		t.Fatalf("%d checks are asked for", len(claims))
	}
	r.do("POST", "/v1/links/"+l.ID+"/check", "").is(http.StatusAccepted, nil)
	if again := r.claim(store.LaneAdded); len(again) != 0 {
		t.Errorf("while one is out %d more are asked for", len(again))
	}
}

// An id that is no id, an unknown one and somebody else's are the same: nothing tells them apart.
func TestForeignAndUnknownIDsAreTheSame(t *testing.T) {
	r := newRig(t)
	foreign, err := r.store.Add(t.Context(), "somebody else", link.Draft{URL: "https://example.com/secret"})
	if err != nil {
		t.Fatal(err)
	}
	for _, request := range [][3]string{
		{"GET"}, {"GET", "/checks"}, {"GET", "/days"}, {"PATCH", "", `{"title":"mine"}`}, {"DELETE"}, {"POST", "/check"},
	} {
		var answers []string
		for _, id := range []string{foreign.ID, "01a2045b-a9ce-7e22-a89d-f7e640fa8c96", "nonsense", "%00", strings.ToUpper(foreign.ID)} {
			a := r.do(request[0], "/v1/links/"+id+request[1], request[2])
			a.problem(http.StatusNotFound, "no such link")
			answers = append(answers, string(a.body))
		}
		for _, a := range answers {
			if a != answers[0] {
				t.Errorf("%s: %s and %s differ", request[:2], answers[0], a)
			}
		}
	}
	if got := r.list("?q=secret"); len(got.Items) != 0 {
		t.Errorf("a foreign link is listed: %+v", got)
	}
	if _, err := r.store.Get(t.Context(), "somebody else", foreign.ID); err != nil {
		t.Errorf("the foreign link is gone: %v", err)
	}
}

func TestUnknownPathsAndMethodsAreProblems(t *testing.T) {
	r := newRig(t)
	r.do("GET", "/", "").problem(http.StatusNotFound, "/v1")
	r.do("GET", "/v1/nothing", "").problem(http.StatusNotFound, "/v1")
	a := r.do("PUT", "/v1/links", `{}`)
	a.problem(http.StatusMethodNotAllowed, "PUT")
	if allow := a.header.Values("Allow"); !slices.Equal(allow, []string{"GET", "POST"}) {
		t.Errorf("Allow is %v", allow)
	}
	r.do("DELETE", "/healthz", "").problem(http.StatusMethodNotAllowed, "DELETE")
}

// brokenStore fails, or panics, whatever it is asked.
type brokenStore struct {
	api.Store
	err error
}

func (s brokenStore) List(context.Context, string, store.Filter) ([]link.Link, error) {
	if s.err == nil {
		panic("boom")
	}
	return nil, s.err
}

func (s brokenStore) Add(context.Context, string, link.Draft) (link.Link, error) {
	return link.Link{}, s.err
}

func TestOurOwnTroubleIsNeverExplainedToStrangers(t *testing.T) {
	secret := errors.New("connect to postgres://u:secret@host")
	r := newRig(t, func(c *api.Config) { c.Store = brokenStore{err: secret}; c.Logger = slog.New(slog.DiscardHandler) })
	a := r.do("GET", "/v1/links", "")
	p := a.problem(http.StatusServiceUnavailable, "try again")
	if strings.Contains(fmt.Sprint(p), "secret") {
		t.Errorf("problem is %+v", p)
	}
	if got := a.header.Get("Retry-After"); got != "10" {
		t.Errorf("Retry-After is %q", got)
	}
	r = newRig(t, func(c *api.Config) { c.Store = brokenStore{}; c.Logger = slog.New(slog.DiscardHandler) })
	r.do("GET", "/v1/links", "").problem(http.StatusInternalServerError, "our side")
}

func TestAFullDiskIsSaidToBeOne(t *testing.T) {
	var log bytes.Buffer
	r := newRig(t, func(c *api.Config) {
		c.Store = brokenStore{err: fmt.Errorf("add link: %w: no space left on /secret", store.ErrDiskFull)}
		c.Tracing = sdktrace.NewTracerProvider()
		c.Logger = slog.New(logging.WithTrace(slog.NewTextHandler(&log, nil)))
	})
	a := r.do("POST", "/v1/links", `{"url":"https://example.com"}`)
	p := a.problem(http.StatusServiceUnavailable, "the disk of the database is full, so nothing was saved")
	if p.Type != "urn:linkwell:problem:disk-full" || strings.Contains(string(a.body), "secret") || a.header.Get("Retry-After") != "10" {
		t.Errorf("problem is %s, with %v", a.body, a.header)
	}
	if !strings.Contains(log.String(), "/secret") || !strings.Contains(log.String(), "trace_id=") {
		t.Errorf("the operator is told %q, without the trace or the cause", log.String())
	}
}

func TestTheOpenAPIDocumentNamesEveryRoute(t *testing.T) {
	var document struct {
		OpenAPI string                    `json:"openapi"`
		Paths   map[string]map[string]any `json:"paths"`
	}
	if err := json.Unmarshal(newRig(t).do("GET", "/openapi.json", "").body, &document); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(document.OpenAPI, "3.1") {
		t.Errorf("version is %q", document.OpenAPI)
	}
	for path, methods := range map[string][]string{
		"/v1/links":                     {"get", "post"},
		"/v1/links/{id}":                {"get", "patch", "delete"},
		"/v1/links/{id}/check":          {"post"},
		"/v1/links/{id}/checks":         {"get"},
		"/v1/links/{id}/days":           {"get"},
		"/v1/dead-letters":              {"get"},
		"/v1/dead-letters/{id}":         {"get", "delete"},
		"/v1/dead-letters/{id}/redrive": {"post"},
	} {
		for _, method := range methods {
			if document.Paths[path][method] == nil {
				t.Errorf("%s %s is not described", method, path)
			}
		}
	}
}

func decode(t *testing.T, body []byte, v any) {
	t.Helper()
	if err := json.Unmarshal(body, v); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
}
