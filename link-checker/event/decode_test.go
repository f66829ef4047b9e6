package event_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/event"
)

func TestDecodeRequestAcceptsCallsByHand(t *testing.T) {
	for name, body := range map[string]string{
		"url alone":          `{"url":"https://example.com"}`,
		"the predecessor's":  `{"username":"gigi","url":"https://example.com"}`,
		"a newer version's":  `{"url":"https://example.com","priority":9,"nested":{"a":[1]}}`,
		"white space around": " \n{\"url\":\"https://example.com\"}\n",
	} {
		t.Run(name, func(t *testing.T) {
			r, err := event.DecodeRequest([]byte(body))
			if err != nil || r.URL != "https://example.com" || r.CheckID != "" || r.Expired(asked) {
				t.Errorf("got %+v, %v", r, err)
			}
		})
	}
}

func TestDecodeRequestRefuses(t *testing.T) {
	for name, test := range map[string]struct{ body, says string }{
		"nothing":             {"", "the body is empty"},
		"text":                {"https://example.com", "not a JSON object"},
		"a list":              {`["https://example.com"]`, "not a JSON object"},
		"half an object":      {`{"url":"https://exam`, "not JSON"},
		"two objects":         {`{"url":"a"}{"url":"b"}`, "not JSON"},
		"no url":              {`{"link":"https://example.com"}`, `no "url"`},
		"url of another type": {`{"url":["a"]}`, `"url" is a JSON array`},
		"short check_id":      {`{"url":"a","check_id":"abc"}`, "32 lower-case hexadecimal"},
		"upper case check_id": {`{"url":"a","check_id":"0F6C0F6C0F6C0F6C0F6C0F6C0F6C0F6C"}`, "32 lower-case hexadecimal"},
		"bytes of no text":    {"{\"url\":\"\xff\"}", "not a JSON object"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := event.DecodeRequest([]byte(test.body))
			if !errors.Is(err, event.ErrMalformed) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error is %v, want it to say %q", err, test.says)
			}
		})
	}
}

func TestDecodeCheckedRefuses(t *testing.T) {
	for name, test := range map[string]struct{ body, says string }{
		"no url":                       {`{"status":"valid","reason":"ok"}`, `no "url"`},
		"an odd check_id":              {`{"check_id":"x","url":"a","status":"valid","reason":"ok"}`, "check_id"},
		"a reason of a newer version":  {`{"url":"a","status":"valid","reason":"fine"}`, `unknown reason "fine"`},
		"a status that does not match": {`{"url":"a","status":"valid","reason":"not_found"}`, `stands for status "invalid"`},
		"an odd http status":           {`{"url":"a","status":"valid","reason":"ok","http_status":-1}`, "out of its range"},
		"a wait of years":              {`{"url":"a","status":"valid","reason":"ok","retry_after_seconds":86401}`, "out of its range"},
		"no reason":                    {`{"url":"a","status":"valid"}`, "unknown reason"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := event.DecodeChecked([]byte(test.body))
			if !errors.Is(err, event.ErrMalformed) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error is %v, want it to say %q", err, test.says)
			}
		})
	}
}

func TestCheckedNeverExceedsItsSize(t *testing.T) {
	long := func(n int) string { return "https://example.com/" + strings.Repeat(`"`, n-20) }
	big := checked()
	big.URL, big.FinalURL, big.MovedTo = long(check.MaxURLBytes), long(check.MaxURLBytes), long(check.MaxURLBytes)
	for i := range 20 {
		big.Redirects = append(big.Redirects, check.Redirect{URL: fmt.Sprintf("%s%d", long(2000), i), HTTPStatus: 302})
	}
	chain := checked()
	for i := range 20 {
		chain.Redirects = append(chain.Redirects, check.Redirect{URL: fmt.Sprintf("https://example.com/%s/%d", strings.Repeat("a", 2000), i), HTTPStatus: 302})
	}
	for name, c := range map[string]event.Checked{"everything long": big, "a long chain": chain} {
		t.Run(name, func(t *testing.T) {
			before := len(c.Redirects)
			body := c.Encode()
			if len(body) > event.MaxBytes {
				t.Errorf("%d bytes", len(body))
			}
			got, err := event.DecodeChecked(body)
			if err != nil || got.URL != c.URL || got.Status != c.Status {
				t.Errorf("decoded %v, %v", got.Status, err)
			}
			if !slices.Contains(got.Notes, check.RedirectsShortened) {
				t.Error("no note says so")
			}
			if len(c.Redirects) != before || slices.Contains(c.Notes, check.RedirectsShortened) {
				t.Error("encoding changed the event")
			}
		})
	}
	if got, _ := event.DecodeChecked(chain.Encode()); got.Redirects[0] != chain.Redirects[0] || got.Redirects[len(got.Redirects)-1] != chain.Redirects[20] || got.FinalURL != chain.FinalURL {
		t.Error("the first and the last hop are not kept")
	}
}

func TestRequestExpires(t *testing.T) {
	r := event.Request{ExpiresAt: asked}
	if r.Expired(asked.Add(-time.Nanosecond)) || !r.Expired(asked) {
		t.Error("a request expires at its time, not before")
	}
}

func TestHeadersSayWhenAnEventExpires(t *testing.T) {
	header := event.Attributes{Time: asked, Expires: asked.Add(time.Minute)}.Header()
	if event.Expired(header, asked.Add(59*time.Second)) || !event.Expired(header, asked.Add(time.Minute)) {
		t.Error("an event expires at its time, not before")
	}
	for _, header := range []map[string][]string{nil, {event.HeaderExpiryTime: {"soon"}}, event.Attributes{Time: asked}.Header()} {
		if event.Expired(header, asked.AddDate(100, 0, 0)) {
			t.Errorf("%v expired", header)
		}
	}
}

func TestCheckType(t *testing.T) {
	for name, test := range map[string]struct {
		header map[string][]string
		fine   bool
	}{
		"no header at all":  {nil, true},
		"ours":              {map[string][]string{"ce-type": {event.TypeAdded}}, true},
		"ours over HTTP":    {map[string][]string{"Ce-Type": {event.TypeDue}}, true},
		"another kind":      {map[string][]string{"ce-type": {event.TypeChecked}}, false},
		"a version to come": {map[string][]string{"Ce-Type": {"linkwell.link.added.v2"}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			err := event.CheckType(test.header, event.TypeAdded, event.TypeDue)
			if (err == nil) != test.fine || (err != nil && !errors.Is(err, event.ErrMalformed)) {
				t.Errorf("error is %v", err)
			}
		})
	}
}

func FuzzDecodeRequest(f *testing.F) {
	f.Add([]byte(`{"url":"https://example.com","check_id":"0f6c0f6c0f6c0f6c0f6c0f6c0f6c0f6c","expires_at":"2026-01-02T03:09:05Z"}`))
	f.Add([]byte(`{"username":"gigi","url":"https://example.com"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := event.DecodeRequest(body)
		if err != nil {
			if !errors.Is(err, event.ErrMalformed) {
				t.Errorf("error %v does not say malformed", err)
			}
			return
		}
		again, err := event.DecodeRequest(r.Encode())
		if err != nil || again.URL != r.URL || again.CheckID != r.CheckID {
			t.Errorf("%+v came back as %+v, %v", r, again, err)
		}
	})
}

func FuzzDecodeChecked(f *testing.F) {
	f.Add(checked().Encode())
	f.Fuzz(func(t *testing.T, body []byte) {
		c, err := event.DecodeChecked(body)
		if err != nil {
			if !errors.Is(err, event.ErrMalformed) {
				t.Errorf("error %v does not say malformed", err)
			}
			return
		}
		if encoded := c.Encode(); !json.Valid(encoded) {
			t.Errorf("%s is not JSON", encoded)
		}
	})
}

func TestCheckIDs(t *testing.T) {
	a, b := event.NewCheckID(), event.NewCheckID()
	if !event.IsCheckID(a) || !event.IsCheckID(b) || a == b {
		t.Errorf("%q and %q are two check_ids", a, b)
	}
	for _, id := range []string{"", a[1:], a + "0", strings.ToUpper("a" + a[1:]), "g" + a[1:], a + "\n"} {
		if event.IsCheckID(id) {
			t.Errorf("%q is one", id)
		}
	}
}
