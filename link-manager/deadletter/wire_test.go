package deadletter_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"

	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/bus"
	"github.com/linkwell/linkwell/link-manager/deadletter"
)

var update = flag.Bool("update", false, "write the golden files")

var keptAt = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

const checkID = "0f6c0f6c0f6c0f6c0f6c0f6c0f6c0f6c"

// ours is a letter about one of our requests.
func ours() deadletter.Letter {
	attributes := event.Attributes{ID: checkID, Type: event.TypeAdded, Source: "link-manager", Time: keptAt.Add(-time.Minute), Expires: keptAt.Add(4 * time.Minute)}
	body := event.Request{CheckID: checkID, URL: "https://example.com/a?b=1&c=<2>", Attempt: 2, Confirm: true, ExpiresAt: attributes.Expires}.Encode()
	return deadletter.Letter{
		Function: "link-checker.openfaas-fn", Reason: "the function answered 400", Attempts: 1, Status: 400,
		EventID: checkID, Subject: event.SubjectAdded, Stream: event.StreamRequests, Sequence: 42,
		Header: attributes.Header(), Body: body, Size: len(body),
	}
}

// theirs is a letter about somebody else's event, which asked something of JetStream.
func theirs() deadletter.Letter {
	return deadletter.Letter{
		Function: "printer", Reason: "the event has no body",
		EventID: "ORDERS-7-1767323045000000000", Subject: "orders.eu.new", Stream: "ORDERS", Sequence: 7,
		Header: map[string][]string{"Nats-Expected-Stream": {"ORDERS"}, "nats-ttl": {"1h"}, "X-Colour": {"red", "blue"}},
	}
}

func TestWireBytes(t *testing.T) {
	for name, letter := range map[string]deadletter.Letter{"ours": ours(), "theirs": theirs()} {
		subject, header := letter.Encode()
		golden(t, name+".headers", append([]byte(subject+"\n"), lines(header)...))
	}
}

func TestDecodingALetterGivesWhatWasKept(t *testing.T) {
	for name, letter := range map[string]deadletter.Letter{"ours": ours(), "theirs": theirs()} {
		subject, header := letter.Encode()
		letter.ID, letter.KeptAt = 5, keptAt
		got := deadletter.Decode(bus.Message{Subject: subject, Header: header, Body: letter.Body, Sequence: 5, Published: keptAt})
		if diff := cmp.Diff(letter, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestALetterWithoutItsBodyTellsHowLongThatIs(t *testing.T) {
	_, header := ours().Encode()
	header["Nats-Msg-Size"] = []string{"123"}
	got := deadletter.Decode(bus.Message{Header: header})
	if got.Size != 123 || got.Header["Nats-Msg-Size"] != nil {
		t.Errorf("size is %d, header %v", got.Size, got.Header)
	}
}

func TestWhatIsNoLetterIsSeenAllTheSame(t *testing.T) {
	got := deadletter.Decode(bus.Message{
		Header: map[string][]string{"Linkwell-Dead-Attempts": {"-1"}, "Linkwell-Dead-Sequence": {"many"}, "Linkwell-Dead-Status": {}},
		Body:   []byte("a"), Sequence: 9,
	})
	if diff := cmp.Diff(deadletter.Letter{ID: 9, Header: map[string][]string{}, Body: []byte("a"), Size: 1}, got); diff != "" {
		t.Error(diff)
	}
}

// With such a header no client could publish the letter, and its event would be tried for ever.
func TestAHeaderThatNobodyCouldPublishIsLeftBehind(t *testing.T) {
	letter := theirs()
	letter.Header["no name\x01"] = []string{"a"}
	if _, header := letter.Encode(); header["no name\x01"] != nil {
		t.Error("it is kept")
	}
}

func TestWhichLettersAreAboutOurRequests(t *testing.T) {
	change := func(f func(*deadletter.Letter)) deadletter.Letter {
		l := ours()
		f(&l)
		return l
	}
	for name, test := range map[string]struct {
		letter deadletter.Letter
		want   bool
	}{
		"a request":              {ours(), true},
		"a call by hand":         {change(func(l *deadletter.Letter) { l.Body = []byte(`{"url":"https://example.com"}`) }), false},
		"another kind of event":  {change(func(l *deadletter.Letter) { l.Header[event.HeaderType] = []string{"com.example.order"} }), false},
		"what is no JSON":        {change(func(l *deadletter.Letter) { l.Body = []byte("a") }), false},
		"a request of no type":   {change(func(l *deadletter.Letter) { l.Header = nil }), true},
		"somebody else's event ": {theirs(), false},
	} {
		if request, ok := test.letter.Request(); ok != test.want || ok && request.CheckID != checkID {
			t.Errorf("%s: %v, %+v", name, ok, request)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, letter := range []deadletter.Letter{ours(), theirs()} {
		subject, header := letter.Encode()
		m := nats.Msg{Subject: subject, Header: header, Data: letter.Body}
		f.Add(headerBytes(m.Header), letter.Body)
	}
	f.Add([]byte("NATS/1.0\r\nLinkwell-Dead-Nats-\r\nLinkwell-Dead-Nats-Nats-A: b\r\n\r\n"), []byte("a"))
	f.Fuzz(func(t *testing.T, header, body []byte) {
		decoded, err := nats.DecodeHeadersMsg(header)
		if err != nil {
			return // the broker keeps no such message
		}
		letter := deadletter.Decode(bus.Message{Header: decoded, Body: body, Sequence: 3})
		letter.Request()
		// What was read is kept again as it was, whatever it is; the reason was tidied once.
		letter.Reason = deadletter.Reason(letter.Reason)
		_, again := letter.Encode()
		if got := deadletter.Decode(bus.Message{Header: again, Body: body, Sequence: 3}); got.Reason != letter.Reason || got.EventID != letter.EventID || got.Function != letter.Function {
			t.Errorf("%+v became %+v", letter, got)
		}
		for name := range again {
			if strings.HasPrefix(strings.ToLower(name), "nats-") && name != event.HeaderMessageID {
				t.Errorf("JetStream would act on %s", name)
			}
		}
	})
}

func headerBytes(h nats.Header) []byte {
	var b bytes.Buffer
	b.WriteString("NATS/1.0\r\n")
	for name, values := range h {
		for _, value := range values {
			b.WriteString(name + ": " + value + "\r\n")
		}
	}
	b.WriteString("\r\n")
	return b.Bytes()
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	got = append(got, '\n')
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s (write it with -update):\n%s", name, cmp.Diff(string(want), string(got)))
	}
}

// lines are header lines, sorted.
func lines(h map[string][]string) []byte {
	var all []string
	for name, values := range h {
		for _, value := range values {
			all = append(all, name+": "+value)
		}
	}
	slices.Sort(all)
	return []byte(strings.Join(all, "\n"))
}
