package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-manager/api"
	"github.com/linkwell/linkwell/link-manager/deadletter"
)

// letters are dead letters in memory; redriving one leaves a new one, as a function that still cannot handle it does.
type letters struct {
	mutex  sync.Mutex
	kept   []deadletter.Letter
	stuck  bool
	broken bool
	calls  int
}

func (l *letters) List(_ context.Context, f deadletter.Filter) (page []deadletter.Letter, more bool, err error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.calls++
	for _, letter := range l.kept {
		switch {
		case l.broken:
			return nil, false, deadletter.ErrBroker
		case letter.ID <= f.After || f.Function != "" && letter.Function != f.Function || !f.Before.IsZero() && !letter.KeptAt.Before(f.Before):
		case len(page) == f.Limit:
			return page, true, nil
		default:
			page = append(page, letter)
		}
	}
	return page, false, nil
}

func (l *letters) Get(_ context.Context, id uint64) (deadletter.Letter, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for _, letter := range l.kept {
		if letter.ID == id {
			return letter, nil
		}
	}
	return deadletter.Letter{}, deadletter.ErrNotFound
}

func (l *letters) Redrive(ctx context.Context, id uint64) (deadletter.Redriven, error) {
	letter, err := l.Get(ctx, id)
	switch {
	case err != nil:
		return "", err
	case letter.Subject == "":
		return "", fmt.Errorf("redrive dead letter %d: %w: it does not say which", id, deadletter.ErrNoWayBack)
	case letter.Subject != "link.added":
		return deadletter.Republished, l.end(id, letter)
	}
	return deadletter.Due, l.end(id, letter)
}

func (l *letters) Purge(ctx context.Context, id uint64) error {
	if _, err := l.Get(ctx, id); err != nil {
		return err
	}
	return l.end(id, deadletter.Letter{})
}

func (l *letters) end(id uint64, again deadletter.Letter) error {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.stuck {
		again.ID = l.kept[len(l.kept)-1].ID + 1
		l.kept = append(l.kept, again)
	}
	l.kept = slices.DeleteFunc(l.kept, func(letter deadletter.Letter) bool { return letter.ID == id })
	return nil
}

func (l *letters) ids() (ids []uint64) {
	for _, letter := range l.kept {
		ids = append(ids, letter.ID)
	}
	return ids
}

// serveLetters serves the API over them, and sets LISTEN to where it is.
func serveLetters(t *testing.T, l *letters) string {
	server := httptest.NewServer(api.New(api.Config{
		DeadLetters: l, Owner: func(context.Context) string { return "local" }, Wake: func() {},
		Guard: api.Guard(true), Logger: slog.New(slog.NewTextHandler(t.Output(), nil)),
	}))
	t.Cleanup(server.Close)
	t.Setenv("LISTEN", server.Listener.Addr().String())
	return server.URL
}

// fewLetters are one of each kind.
func fewLetters() *letters {
	now := time.Now()
	return &letters{kept: []deadletter.Letter{
		{
			ID: 7, KeptAt: now.Add(-40 * 24 * time.Hour), Function: "link-checker.openfaas-fn", Reason: "the function answered 400", Attempts: 1, Status: 400,
			EventID: "0f6c", Subject: "link.added", Stream: "LINK_REQUESTS", Sequence: 42,
			Header: map[string][]string{"ce-type": {"linkwell.link.added.v1"}, "X-Colour": {"red", "blue\x1b[31m"}},
			Body:   []byte(`{"check_id":"0f6c","url":"https://example.com/?a=<b>&c"}`), Size: 55,
		},
		{
			ID: 12, KeptAt: now.Add(-90 * time.Minute), Function: "printer.shop", Reason: "the event has no body",
			EventID: "ORDERS-7", Subject: "orders.eu.new", Stream: "ORDERS", Sequence: 7,
		},
		{ID: 1234567, KeptAt: now.Add(-30 * time.Second), Function: "printer.shop", Attempts: 10, Status: 503, Body: []byte("\xff\x00"), Size: 2},
	}}
}

func TestDeadLettersAreListed(t *testing.T) {
	serveLetters(t, fewLetters())
	r := program(t, "", "dead", "list")
	if r.code != 0 || r.err != "" {
		t.Errorf("exit code %d, error %q", r.code, r.err)
	}
	golden(t, "dead_list.txt", regexp.MustCompile(`\b3\ds\b`).ReplaceAllString(r.out, "30s"))

	r = program(t, "", "dead", "list", "--json", "--function=printer.shop", "--older-than=1h")
	var one api.DeadLetter
	if err := json.Unmarshal([]byte(r.out), &one); err != nil || r.code != 0 || one.ID != 12 || one.Status != nil || strings.Count(r.out, "\n") != 1 {
		t.Errorf("exit code %d, %s: %v", r.code, r.out, err)
	}
	r = program(t, "", "dead", "list", "--function=nobody")
	if r.code != 0 || r.out != "There are no dead letters.\n" {
		t.Errorf("exit code %d, %q", r.code, r.out)
	}
	if r = program(t, "", "dead", "list", "--function=nobody", "--json"); r.code != 0 || r.out != "" {
		t.Errorf("exit code %d, %q", r.code, r.out)
	}
}

func TestDeadLettersAreShown(t *testing.T) {
	l := fewLetters()
	for i := range l.kept {
		l.kept[i].KeptAt = time.Date(2026, 1, 2, 3, 4, 5+i, 0, time.UTC)
	}
	serveLetters(t, l)
	r := program(t, "", "dead", "show", "1234567", "7", "12")
	if r.code != 0 || r.err != "" {
		t.Errorf("exit code %d, error %q", r.code, r.err)
	}
	golden(t, "dead_show.txt", r.out)

	r = program(t, "", "dead", "show", "--json", "7", "8")
	var one api.OpenedDeadLetter
	if err := json.Unmarshal([]byte(r.out), &one); err != nil || one.ID != 7 || one.Body == nil || *one.Body != string(l.kept[0].Body) || !strings.Contains(r.out, "<b>&c") {
		t.Errorf("%s: %v", r.out, err)
	}
	if r.code != 1 || !strings.HasPrefix(r.err, "link-manager: 8: there is no such dead letter") {
		t.Errorf("exit code %d, error %q", r.code, r.err)
	}
}

func TestDeadLettersAreRedriven(t *testing.T) {
	l := fewLetters()
	serveLetters(t, l)
	r := program(t, "", "dead", "redrive", "12", "12", "1234567", "7")
	if r.code != 1 || r.out != "12: The function gets the event again.\n7: The link is to be checked now.\n" ||
		!strings.Contains(r.err, "12: there is no such dead letter") || !strings.Contains(r.err, "1234567: redrive dead letter 1234567: ") ||
		!strings.HasSuffix(r.err, "link-manager: 2 of 4 dead letters could not be done\n") {
		t.Errorf("exit code %d, out %q, error %q", r.code, r.out, r.err)
	}
	if got := l.ids(); !slices.Equal(got, []uint64{1234567}) {
		t.Errorf("left are %v", got)
	}
}

// A function that still cannot handle its event leaves a new letter at once.
func TestALetterThatComesOfRedrivingIsNotRedrivenToo(t *testing.T) {
	l := fewLetters()
	l.kept, l.stuck = l.kept[:2], true
	serveLetters(t, l)
	if r := program(t, "", "dead", "redrive", "--all"); r.code != 0 || strings.Count(r.out, "\n") != 2 {
		t.Errorf("exit code %d, out %q, error %q", r.code, r.out, r.err)
	}
	if got := l.ids(); !slices.Equal(got, []uint64{13, 14}) {
		t.Errorf("left are %v", got)
	}
}

func TestDeadLettersArePurged(t *testing.T) {
	for arguments, want := range map[string]struct {
		out  string
		left []uint64
	}{
		"7 1234567":                               {"2 dead letters purged.\n", []uint64{12}},
		"--function=printer.shop":                 {"2 dead letters purged.\n", []uint64{7}},
		"--older-than=168h":                       {"1 dead letter purged.\n", []uint64{12, 1234567}},
		"--older-than=1h --function=printer.shop": {"1 dead letter purged.\n", []uint64{7, 1234567}},
		"--all":             {"3 dead letters purged.\n", nil},
		"--function=nobody": {"0 dead letters purged.\n", []uint64{7, 12, 1234567}},
	} {
		l := fewLetters()
		serveLetters(t, l)
		r := program(t, "", append([]string{"dead", "purge"}, strings.Fields(arguments)...)...)
		if r.code != 0 || r.out != want.out || r.err != "" || !slices.Equal(l.ids(), want.left) {
			t.Errorf("%s: exit code %d, out %q, error %q, left %v", arguments, r.code, r.out, r.err, l.ids())
		}
	}
}

func TestManyDeadLettersAreListedPageByPage(t *testing.T) {
	l := &letters{}
	for i := range 2500 {
		l.kept = append(l.kept, deadletter.Letter{ID: uint64(i + 1), KeptAt: time.Now(), Function: "printer"})
	}
	serveLetters(t, l)
	r := program(t, "", "dead", "list")
	if lines := strings.Count(r.out, "\n"); r.code != 0 || lines != 2501 || l.calls != 3 {
		t.Errorf("exit code %d, %d lines in %d pages, error %q", r.code, lines, l.calls, r.err)
	}
}

func TestALinkManagerThatCannotBeAskedIsOneSentence(t *testing.T) {
	stranger := httptest.NewServer(http.NotFoundHandler())
	defer stranger.Close()
	broken := fewLetters()
	broken.broken = true
	away := httptest.NewServer(nil)
	away.Close()
	for name, test := range map[string]struct{ server, says string }{
		"nobody is there":       {away.URL, "no link manager answers at " + away.URL},
		"it is somebody else":   {stranger.URL, "is no link manager: its answer is 404"},
		"its broker is away":    {serveLetters(t, broken), "the broker cannot do this now"},
		"it listens everywhere": {"0.0.0.0:1", "no link manager answers at http://127.0.0.1:1;"},
		"it listens, unnamed":   {":1", "no link manager answers at http://127.0.0.1:1;"},
	} {
		for _, command := range [][]string{{"list"}, {"purge", "--all"}} {
			r := program(t, "", append(append([]string{"dead"}, command...), "--patience=0s", "--server="+test.server)...)
			if r.code != 1 || strings.Count(r.err, "\n") != 1 || !strings.Contains(r.err, test.says) {
				t.Errorf("%s, %s: exit code %d, error %q", name, command[0], r.code, r.err)
			}
		}
	}
}

func TestAnAgeIsShort(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second: "0s", 59 * time.Second: "59s", time.Minute: "1m", 59*time.Minute + 59*time.Second: "59m",
		time.Hour: "1h", 47*time.Hour + 59*time.Minute: "47h", 48 * time.Hour: "2d", 30 * 24 * time.Hour: "30d",
	} {
		if got := age(d); got != want {
			t.Errorf("%v is %s, want %s", d, got, want)
		}
	}
}
