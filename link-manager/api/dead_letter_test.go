package api_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/linkwell/linkwell/link-manager/api"
	"github.com/linkwell/linkwell/link-manager/deadletter"
)

// letters is a handful of dead letters, the first of them with the id 1.
type letters struct {
	kept  []deadletter.Letter
	err   error
	asked deadletter.Filter
}

func (l *letters) List(_ context.Context, f deadletter.Filter) ([]deadletter.Letter, bool, error) {
	l.asked = f
	from := min(int(f.After), len(l.kept))
	to := min(from+f.Limit, len(l.kept))
	return l.kept[from:to], to < len(l.kept), l.err
}

func (l *letters) Get(_ context.Context, id uint64) (deadletter.Letter, error) {
	if l.err != nil || id > uint64(len(l.kept)) {
		return deadletter.Letter{}, l.fails()
	}
	return l.kept[id-1], nil
}

func (l *letters) Redrive(ctx context.Context, id uint64) (deadletter.Redriven, error) {
	_, err := l.Get(ctx, id)
	return deadletter.Due, err
}

func (l *letters) Purge(ctx context.Context, id uint64) error {
	_, err := l.Get(ctx, id)
	return err
}

func (l *letters) fails() error {
	if l.err != nil {
		return l.err
	}
	return fmt.Errorf("read dead letter: %w", deadletter.ErrNotFound)
}

func newLetters(n int) *letters {
	l := &letters{}
	for i := range n {
		l.kept = append(l.kept, deadletter.Letter{
			ID: uint64(i + 1), KeptAt: start.Add(time.Duration(i) * time.Second),
			Function: "link-checker.openfaas-fn", Reason: "the function answered 400", Attempts: 1, Status: 400,
			EventID: "0f6c", Subject: "link.added", Stream: "LINK_REQUESTS", Sequence: 42, Body: []byte("<body>"), Size: 6,
		})
	}
	return l
}

func newLetterRig(t *testing.T, l *letters) *rig {
	return newRig(t, func(c *api.Config) { c.DeadLetters = l })
}

type deadLetterPage struct {
	Items      []api.DeadLetter `json:"items"`
	NextCursor *string          `json:"next_cursor"`
}

func TestDeadLettersAreListedPageByPage(t *testing.T) {
	l := newLetters(5)
	r := newLetterRig(t, l)
	var page deadLetterPage
	r.do("GET", "/v1/dead-letters?limit=3&function=link-checker&before=2026-02-03T04:05:06Z", "").is(http.StatusOK, &page)
	want := deadletter.Filter{Function: "link-checker", Before: time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC), Limit: 3}
	if diff := cmp.Diff(want, l.asked); diff != "" || len(page.Items) != 3 || page.NextCursor == nil {
		t.Fatalf("%+v, asked for %s", page, diff)
	}
	status := 400
	first := api.DeadLetter{
		ID: 1, KeptAt: start, Function: "link-checker.openfaas-fn", Subject: "link.added", Stream: "LINK_REQUESTS", Sequence: 42,
		EventID: "0f6c", Attempts: 1, Status: &status, Reason: "the function answered 400", Size: 6,
	}
	if diff := cmp.Diff(first, page.Items[0]); diff != "" {
		t.Error(diff)
	}
	r.do("GET", "/v1/dead-letters?limit=3&cursor="+*page.NextCursor, "").is(http.StatusOK, &page)
	if len(page.Items) != 2 || page.Items[0].ID != 4 || page.NextCursor != nil {
		t.Errorf("the second page is %+v", page)
	}
	l.kept = nil
	if got := string(r.do("GET", "/v1/dead-letters", "").is(http.StatusOK, nil).body); got != `{"items":[],"next_cursor":null}`+"\n" {
		t.Errorf("no letters are %s", got)
	}
}

func TestADeadLetterIsShownWithItsBody(t *testing.T) {
	l := newLetters(2)
	l.kept[0].Header = map[string][]string{"ce-id": {"0f6c"}}
	l.kept[1].Body = []byte{0xff, 0}
	r := newLetterRig(t, l)
	var got api.OpenedDeadLetter
	r.do("GET", "/v1/dead-letters/1", "").is(http.StatusOK, &got)
	if got.ID != 1 || got.Body == nil || *got.Body != "<body>" || got.BodyBase64 != nil || got.Header["ce-id"][0] != "0f6c" {
		t.Errorf("it is %+v", got)
	}
	r.do("GET", "/v1/dead-letters/2", "").is(http.StatusOK, &got)
	if got.Body != nil || base64.StdEncoding.EncodeToString(got.BodyBase64) != "/wA=" {
		t.Errorf("it is %+v", got)
	}
}

func TestADeadLetterIsRedrivenAndPurged(t *testing.T) {
	r := newLetterRig(t, newLetters(1))
	var redriven api.Redriven
	r.do("POST", "/v1/dead-letters/1/redrive", "").is(http.StatusOK, &redriven)
	if redriven.ID != 1 || redriven.Redriven != deadletter.Due || r.woken.Load() != 1 {
		t.Errorf("%+v, the dispatcher was woken %d times", redriven, r.woken.Load())
	}
	r.do("DELETE", "/v1/dead-letters/1", "").is(http.StatusNoContent, nil)
}

func TestWhatIsWrongWithADeadLetterIsSaid(t *testing.T) {
	const one = "/v1/dead-letters/1"
	for name, test := range map[string]struct {
		err            error
		method, target string
		status         int
		says           string
	}{
		"one that is gone is shown":    {nil, "GET", "/v1/dead-letters/9", 404, "there is no such dead letter"},
		"one that is gone is redriven": {nil, "POST", "/v1/dead-letters/9/redrive", 404, "there is no such dead letter"},
		"one that is gone is purged":   {nil, "DELETE", "/v1/dead-letters/9", 404, "there is no such dead letter"},
		"an id that is none":           {nil, "GET", "/v1/dead-letters/first", 400, "path.id"},
		"a cursor that is none":        {nil, "GET", "/v1/dead-letters?cursor=x", 400, "query.cursor"},
		"a time that is none":          {nil, "GET", "/v1/dead-letters?before=yesterday", 400, "query.before"},
		"too many at once":             {nil, "GET", "/v1/dead-letters?limit=1001", 400, "query.limit"},
		"an unknown parameter":         {nil, "GET", "/v1/dead-letters?older_than=1h", 400, "older_than"},
		"a broker that is away":        {fmt.Errorf("%w: secret", deadletter.ErrBroker), "GET", "/v1/dead-letters", 503, "the broker cannot do this now"},
		"a store that is down":         {errors.New("secret"), "POST", one + "/redrive", 503, "the store cannot do this now"},
		"an event without a way back":  {fmt.Errorf("%w: no stream", deadletter.ErrNoWayBack), "POST", one + "/redrive", 409, "no stream"},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLetters(1)
			l.err = test.err
			p := newLetterRig(t, l).do(test.method, test.target, "").problem(test.status, test.says)
			if p.Detail == "" || strings.Contains(p.Detail, "secret") {
				t.Errorf("detail is %q", p.Detail)
			}
		})
	}
}
