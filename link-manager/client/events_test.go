package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/client"
)

func TestWhatHappensIsToldAsItHappens(t *testing.T) {
	r := newRig(t)
	var saved client.Link
	var kinds []client.EventKind
	var last client.Event
	for e, err := range r.StreamEvents(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		kinds, last = append(kinds, e.Kind), e
		switch e.Kind {
		case client.Opened:
			saved = r.add("https://example.com/a")
		case client.Added:
			r.answer(check.NotFound, 404)
		case client.Checked:
			if e.LinkID != saved.ID || *e.PreviousStatus != check.Pending || e.Link.Status != check.Invalid || e.ID == "" || e.At.IsZero() {
				t.Errorf("event is %+v", e)
			}
			if err := r.DeleteLink(t.Context(), saved.ID, client.Deletion{}); err != nil {
				t.Error(err)
			}
		default:
		}
		if e.Kind == client.Deleted {
			break
		}
	}
	if last.Link != nil || !slices.Equal(slices.Compact(kinds), []client.EventKind{client.Opened, client.Added, client.Checked, client.Deleted}) {
		t.Errorf("told was %v", kinds)
	}
	// Who comes later goes on where they were.
	kinds = nil
	for e, err := range r.StreamEvents(t.Context(), "1") {
		if kinds = append(kinds, e.Kind); err != nil || e.Kind == client.Deleted {
			break
		}
	}
	if !slices.Equal(slices.Compact(kinds), []client.EventKind{client.Opened, client.Checked, client.Deleted}) {
		t.Errorf("after the first, told was %v", kinds)
	}
}

const hello = "retry: 3000\n: hello\n\n"

func link(id int, kind string) string {
	return fmt.Sprintf("id: %d\nevent: link\ndata: {\"kind\":%q,\"link_id\":\"l\"}\n\n", id, kind)
}

// streams says something and ends.
func streams(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
		_, _ = io.WriteString(w, text)
	}
}

// hangs says something, and then nothing, until the client hangs up.
func hangs(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		streams(text)(w, r)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}
}

// followed is what a stream tells, up to and with the last, in short: 7 checked.
func (s *script) followed(ctx context.Context, after, last string) (told []string, err error) {
	for e, failed := range s.StreamEvents(ctx, after) {
		if failed != nil {
			return told, failed
		}
		told = append(told, strings.TrimSpace(e.ID+" "+string(e.Kind)))
		if told[len(told)-1] == last {
			break
		}
	}
	return told, nil
}

func TestABrokenStreamGoesOn(t *testing.T) {
	seconds := func(all ...int) (waits []time.Duration) {
		for _, s := range all {
			waits = append(waits, time.Duration(s)*time.Second)
		}
		return waits
	}
	const last = "9 deleted"
	end := hangs(hello + link(9, "deleted"))
	for name, test := range map[string]struct {
		after  string
		steps  []http.HandlerFunc
		told   []string
		ids    []string // Last-Event-ID of each connection
		waited []time.Duration
	}{
		"it ends":                       {"", []http.HandlerFunc{streams(hello + link(7, "added")), end}, []string{"opened", "7 added", last}, []string{"", "7"}, seconds(3)},
		"it goes on where somebody was": {"5", []http.HandlerFunc{streams(hello), end}, []string{"opened", last}, []string{"5", "5"}, seconds(3)},
		"it ends before anything that could be gone on after": {"", []http.HandlerFunc{streams(hello), end}, []string{"opened", "reset", last}, []string{"", ""}, seconds(3)},
		"it breaks off in the middle of an event": {"", []http.HandlerFunc{streams(hello + link(7, "added") + "id: 8\nevent: link\nda"), end},
			[]string{"opened", "7 added", last}, []string{"", "7"}, seconds(3)},
		"it says how long to wait": {"", []http.HandlerFunc{streams("retry: 500\n\n" + link(7, "added")), problem(503, "unavailable", "10"), streams(""), streams(""), end},
			[]string{"opened", "7 added", last}, []string{"", "7", "7", "7", "7"}, []time.Duration{500 * time.Millisecond, 10 * time.Second, 2 * time.Second, 4 * time.Second}},
		"it stays away for long": {"", slices.Concat([]http.HandlerFunc{streams(hello + link(7, "added"))}, slices.Repeat([]http.HandlerFunc{problem(503, "unavailable", "")}, 7), []http.HandlerFunc{end}),
			[]string{"opened", "7 added", last}, []string{"", "7", "7", "7", "7", "7", "7", "7", "7"}, seconds(3, 6, 12, 24, 48, 60, 60, 60)},
		"there are too many for once": {"", []http.HandlerFunc{streams(hello + "id: 6\nevent: reset\ndata: {}\n\n"), problem(429, "too-many-streams", ""), end},
			[]string{"opened", "6 reset", last}, []string{"", "6", "6"}, seconds(3, 6)},
		"it tells what nobody knows yet": {"", []http.HandlerFunc{hangs(hello + "id: 8\nevent: weather\ndata: rain\n\n" + link(9, "deleted"))}, []string{"opened", last}, []string{""}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var mutex sync.Mutex
			var ids []string
			steps := make([]http.HandlerFunc, len(test.steps))
			for i, step := range test.steps {
				steps[i] = func(w http.ResponseWriter, r *http.Request) {
					mutex.Lock()
					ids = append(ids, r.Header.Get("Last-Event-ID"))
					mutex.Unlock()
					step(w, r)
				}
			}
			s := newScript(t, -1, steps...)
			told, err := s.followed(t.Context(), test.after, last)
			if err != nil {
				t.Fatal(err)
			}
			mutex.Lock()
			defer mutex.Unlock()
			for what, diff := range map[string]string{"told": cmp.Diff(test.told, told), "ids": cmp.Diff(test.ids, ids), "waited": cmp.Diff(test.waited, s.waited)} {
				if diff != "" {
					t.Errorf("%s:\n%s", what, diff)
				}
			}
		})
	}
}

func TestAStreamThatFallsSilentIsTakenForLost(t *testing.T) {
	s := newScript(t, -1, hangs(hello+link(7, "added")), hangs(hello+link(9, "deleted")))
	// Once it is silent by the test's word; a slow machine must not make it so.
	s.SetSleep(func(context.Context, time.Duration) error { s.SetSilence(time.Minute); return nil })
	var told []client.EventKind
	for e, err := range s.StreamEvents(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		if told = append(told, e.Kind); e.Kind == client.Added {
			s.SetSilence(time.Millisecond)
		}
		if e.Kind == client.Deleted {
			break
		}
	}
	if !slices.Equal(told, []client.EventKind{client.Opened, client.Added, client.Deleted}) || len(s.why) != 1 || !strings.Contains(s.why[0].Error(), "nothing came for too long") {
		t.Errorf("told %v, waited for %v", told, s.why)
	}
}

func TestAStreamEndsWithWhatCannotBeMended(t *testing.T) {
	var answer *client.AnswerError
	isAnswer := func(err error) bool { return errors.As(err, &answer) }
	isKind := func(kind client.Kind) func(error) bool {
		return func(err error) bool { return client.KindOf(err) == kind }
	}
	opened := streams(hello + link(7, "added"))
	for name, test := range map[string]struct {
		steps []http.HandlerFunc
		is    func(error) bool
		asked int
	}{
		"a token that was revoked meanwhile": {[]http.HandlerFunc{opened, problem(401, "unauthorized", "")}, isKind(client.Unauthorized), 2},
		"nobody wants us to begin with":      {[]http.HandlerFunc{problem(503, "unavailable", "1")}, isKind("unavailable"), 1},
		"an event that cannot be read":       {[]http.HandlerFunc{streams("event: link\ndata: {\n\n")}, isAnswer, 1},
		"a page":                             {[]http.HandlerFunc{ok("<html>")}, isAnswer, 1},
		"a page, later":                      {[]http.HandlerFunc{opened, ok("<html>")}, isAnswer, 2},
		"no content":                         {[]http.HandlerFunc{opened, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }}, isAnswer, 2},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t, -1, test.steps...)
			_, err := s.followed(t.Context(), "", "")
			if asked, _ := s.requests(); !test.is(err) || len(asked) != test.asked {
				t.Errorf("err is %v, after %d connections", err, len(asked))
			}
		})
	}
	s := newScript(t, -1, opened)
	s.server.Close()
	var unreachable *client.UnreachableError
	if _, err := s.followed(t.Context(), "", ""); !errors.As(err, &unreachable) || len(s.waited) > 0 {
		t.Errorf("with nobody there: %v", err)
	}
}

func TestAStreamEndsWithItsContext(t *testing.T) {
	s := newScript(t, -1, hangs(hello))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	turns := 0
	for e, err := range s.StreamEvents(ctx, "") {
		turns++
		if turns == 1 && (err != nil || e.Kind != client.Opened) || turns == 2 && !errors.Is(err, context.Canceled) {
			t.Errorf("turn %d: %v, %v", turns, e, err)
		}
		cancel()
	}
	if turns != 2 {
		t.Errorf("%d turns", turns)
	}
}

func TestAStreamIsReadAsTheStandardHasIt(t *testing.T) {
	type events = []client.SentEvent
	for name, test := range map[string]struct {
		stream string
		want   events
		retry  time.Duration
	}{
		"one":                                  {"event: a\ndata: x\nid: 1\n\n", events{{"a", "x", "1"}}, 0},
		"lines of data":                        {"data: x\ndata\ndata:y\n\n", events{{"", "x\n\ny", ""}}, 0},
		"every end of a line":                  {"data: a\r\rdata: b\r\n\r\ndata: c\n\n", events{{"", "a", ""}, {"", "b", ""}, {"", "c", ""}}, 0},
		"a mark at the beginning":              {"\ufeffdata: a\n\n", events{{"", "a", ""}}, 0},
		"only one space is taken off":          {"data:  a\n\n", events{{"", " a", ""}}, 0},
		"comments and unknown fields":          {": x\nfoo: y\nDATA: z\ndata: a\n\n", events{{"", "a", ""}}, 0},
		"an event without data is none":        {"event: a\nid: 7\n\ndata: b\n\n", events{{"", "b", "7"}}, 0},
		"an id stays until another":            {"id: 7\ndata: a\n\ndata: b\n\nid\ndata: c\n\n", events{{"", "a", "7"}, {"", "b", "7"}, {"", "c", ""}}, 0},
		"an id with NUL is none":               {"id: 7\ndata: a\n\nid: 8\x00\ndata: b\n\n", events{{"", "a", "7"}, {"", "b", "7"}}, 0},
		"what is not ended is no event":        {"data: a\n\nid: 9\ndata: b\n", events{{"", "a", ""}}, 0},
		"retry":                                {"retry: 1500\n\n", nil, 1500 * time.Millisecond},
		"a retry that is none":                 {"retry: 1500\nretry: 1.5\nretry: -1\nretry:\nretry: 99999999999999999999\n\n", nil, 1500 * time.Millisecond},
		"a retry that nobody waits for":        {"retry: 4294967295\n\n", nil, time.Hour},
		"bytes of no text":                     {"data: \xff\n\n", events{{"", "\ufffd", ""}}, 0},
		"data that is empty is still an event": {"data\n\n", events{{"", "", ""}}, 0},
	} {
		got, retry, err := client.ReadEvents(iotest.OneByteReader(strings.NewReader(test.stream)))
		if diff := cmp.Diff(test.want, got); diff != "" || retry != test.retry || !errors.Is(err, io.EOF) {
			t.Errorf("%s: retry %v, %v\n%s", name, retry, err, diff)
		}
	}
}

func TestAStreamWithoutEndsIsGivenUp(t *testing.T) {
	for name, stream := range map[string]string{
		"a line":   "data: " + strings.Repeat("a", client.MaxEventLine),
		"an event": strings.Repeat("data: "+strings.Repeat("a", client.MaxEventLine/2)+"\n", 2*client.MaxEvent/client.MaxEventLine+1),
	} {
		if events, _, err := client.ReadEvents(strings.NewReader(stream)); err == nil || errors.Is(err, io.EOF) || len(events) > 0 {
			t.Errorf("%s: %d events, %v", name, len(events), err)
		}
	}
}

// However the bytes come, and however lines end, it is the same; and what was read is read again from what it says.
func FuzzEventStream(f *testing.F) {
	for _, seed := range []string{hello + link(7, "added"), "data: a\r\rdata: b\r\n\r\n", "\ufeffid: 1\ndata\ndata: x\n\n:\n\nretry: 10\n", "id: \x00\nevent:a\ndata:b\n\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, stream string) {
		got, retry, err := client.ReadEvents(strings.NewReader(stream))
		if retry < 0 || retry > time.Hour || !errors.Is(err, io.EOF) && len(stream) < client.MaxEventLine {
			t.Errorf("retry is %v, err is %v", retry, err)
		}
		slowly, _, _ := client.ReadEvents(iotest.OneByteReader(strings.NewReader(stream)))
		if diff := cmp.Diff(got, slowly); diff != "" {
			t.Errorf("byte by byte:\n%s", diff)
		}
		if !strings.Contains(stream, "\r") {
			returned, _, _ := client.ReadEvents(strings.NewReader(strings.ReplaceAll(stream, "\n", "\r\n")))
			if diff := cmp.Diff(got, returned); diff != "" {
				t.Errorf("with CR LF:\n%s", diff)
			}
		}
		var again strings.Builder
		for _, e := range got {
			fmt.Fprintf(&again, "id: %s\nevent: %s\ndata: %s\n\n", e.ID, e.Name, strings.ReplaceAll(e.Data, "\n", "\ndata: "))
		}
		if reread, _, _ := client.ReadEvents(strings.NewReader(again.String())); !cmp.Equal(got, reread) {
			t.Errorf("%+v is read again as %+v", got, reread)
		}
	})
}
