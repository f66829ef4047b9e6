package webhook_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-checker/probe"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/live"
	"github.com/linkwell/linkwell/link-manager/store"
	"github.com/linkwell/linkwell/link-manager/webhook"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var loopback = probe.Guard{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}

// told is a message as it arrived.
type told struct {
	header http.Header
	body   string
}

// owner is somebody's server, which takes messages and answers as it is told.
type owner struct {
	*httptest.Server
	mutex   sync.Mutex
	told    []told
	answers []int
}

func startOwner(t *testing.T, answers ...int) *owner {
	o := &owner{answers: answers}
	o.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		o.mutex.Lock()
		defer o.mutex.Unlock()
		o.told = append(o.told, told{r.Header, string(body)})
		status := http.StatusNoContent
		if len(o.answers) > 0 {
			status, o.answers = o.answers[0], o.answers[1:]
		}
		if status/100 == 3 {
			w.Header().Set("Location", "/elsewhere")
		}
		w.WriteHeader(status)
	}))
	t.Cleanup(o.Close)
	return o
}

func (o *owner) messages() []told {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return append([]told{}, o.told...)
}

// rig is a real store with a sender at work.
type rig struct {
	t     *testing.T
	store *store.Store
	mutex sync.Mutex
	now   time.Time
}

func startRig(t *testing.T, guard probe.Guard) *rig {
	r := &rig{t: t, now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	var bell live.Bell
	opened, err := store.Open(t.Context(), store.Config{Path: filepath.Join(t.TempDir(), "linkwell.db"), Now: r.clock, Written: bell.Ring})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = opened.Close() })
	r.store = opened
	sender := &webhook.Sender{
		Store: opened, Client: webhook.NewClient(guard, r.clock), Rung: bell.Rung, Interval: 10 * time.Millisecond,
		Logger: slog.New(slog.NewTextHandler(t.Output(), nil)),
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); sender.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	return r
}

func (r *rig) clock() time.Time {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.now
}

func (r *rig) pass(d time.Duration) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.now = r.now.Add(d)
}

func (r *rig) webhook(url string) store.Webhook {
	r.t.Helper()
	w, err := r.store.AddWebhook(r.t.Context(), "ann", url, webhook.NewSecret())
	if err != nil {
		r.t.Fatal(err)
	}
	return w
}

// state is the webhook as its owner sees it.
func (r *rig) state(w store.Webhook) store.Webhook {
	r.t.Helper()
	w, err := r.store.Webhook(r.t.Context(), "ann", w.ID)
	if err != nil {
		r.t.Fatal(err)
	}
	return w
}

// checked saves a link of ann's that is answered at once.
func (r *rig) checked(url string, reason check.Reason) link.Link {
	r.t.Helper()
	l, err := r.store.Add(r.t.Context(), "ann", link.Draft{URL: url, Title: "A <page> & more"})
	if err != nil {
		r.t.Fatal(err)
	}
	claimed, err := r.store.Claim(r.t.Context(), store.ClaimRequest{Lane: store.LaneAdded, Limit: 10, Lease: time.Minute})
	if err != nil || len(claimed.Claims) != 1 {
		r.t.Fatal(claimed, err)
	}
	c := event.Checked{CheckID: claimed.Claims[0].CheckID, Result: check.Result{URL: claimed.Claims[0].URL}}
	c.Decide(reason)
	if outcome, err := r.store.Apply(r.t.Context(), c, nil); err != nil || outcome != store.Applied {
		r.t.Fatal(outcome, err)
	}
	return l
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !holds() {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
		time.Sleep(time.Millisecond)
	}
}

func TestAChangeOfStatusIsToldAndSigned(t *testing.T) {
	o := startOwner(t)
	r := startRig(t, loopback)
	w := r.webhook(o.URL + "/hook?for=ann")
	l := r.checked("https://example.com/page", check.NotFound)
	eventually(t, "it is told", func() bool { return len(o.messages()) == 1 && !r.state(w).DeliveredAt.IsZero() })

	got := o.messages()[0]
	timestamp := strconv.FormatInt(r.clock().Unix(), 10)
	// The specification's own words: the key is what stands behind whsec_, in base64.
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(w.Secret, "whsec_"))
	if err != nil || len(key) != 32 {
		t.Fatal(len(key), err)
	}
	mac := hmac.New(sha256.New, key)
	_, _ = fmt.Fprintf(mac, "%s.%s.%s", got.header.Get("webhook-id"), got.header.Get("webhook-timestamp"), got.body)
	if want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)); got.header.Get("webhook-signature") != want || got.header.Get("webhook-timestamp") != timestamp || got.header.Get("webhook-id") == "" {
		t.Errorf("headers are %v, want the signature %s", got.header, want)
	}
	at, rest, _ := strings.Cut(strings.TrimPrefix(got.body, `{"type":"link.status_changed","timestamp":"`), `"`)
	if _, err := time.Parse(time.RFC3339, at); err != nil {
		t.Errorf("timestamp is %q: %v", at, err)
	}
	want := `,"data":{"link_id":"` + l.ID + `","url":"https://example.com/page","title":"A <page> & more","status":"invalid","previous_status":"pending",` +
		`"reason":"not_found","explanation":"` + check.NotFound.Explanation() + `"}}` + "\n"
	if diff := cmp.Diff(want, rest); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsNotTakenIsToldAgain(t *testing.T) {
	o := startOwner(t, 500, 302, 429)
	r := startRig(t, loopback)
	w := r.webhook(o.URL)
	r.checked("https://example.com/page", check.NotFound)
	for i, why := range []string{"it answered 500", "it answered 302; redirects are not followed", "it answered 429"} {
		eventually(t, why, func() bool { return r.state(w).Failure == why })
		if n := len(o.messages()); n != i+1 {
			t.Fatalf("it was told %d times", n)
		}
		r.pass(7 * time.Hour)
	}
	eventually(t, "it is taken", func() bool { return r.state(w).Waiting == 0 && r.state(w).Failure == "" })
	messages := o.messages()
	if len(messages) != 4 {
		t.Fatalf("it was told %d times", len(messages))
	}
	for _, m := range messages[1:] {
		if m.body != messages[0].body || m.header.Get("webhook-id") != messages[0].header.Get("webhook-id") {
			t.Error("it is not the same message")
		}
		if m.header.Get("webhook-signature") == messages[0].header.Get("webhook-signature") {
			t.Error("it is signed for another time")
		}
	}
}

func TestAWebhookThatIsGoneIsNotAskedAgain(t *testing.T) {
	o := startOwner(t, 410)
	r := startRig(t, loopback)
	w := r.webhook(o.URL)
	r.checked("https://example.com/1", check.OK)
	eventually(t, "it is disabled", func() bool { return !r.state(w).DisabledAt.IsZero() })
	r.checked("https://example.com/2", check.OK)
	if n := r.state(w).Waiting + len(o.messages()); n != 1 {
		t.Errorf("%d messages wait or were told", n)
	}
}

// The owner of a webhook must not learn what only this machine can reach.
func TestAWebhookReachesNothingInside(t *testing.T) {
	o := startOwner(t)
	client := webhook.NewClient(probe.Guard{}, time.Now)
	defer client.Close()
	port := o.URL[strings.LastIndex(o.URL, ":"):]
	for _, url := range []string{o.URL, "http://localhost" + port, "http://[::1]" + port, "http://[::ffff:127.0.0.1]" + port, "http://169.254.169.254/latest/meta-data", "http://0.0.0.0" + port, "http://2130706433" + port} {
		err := client.Send(t.Context(), store.NewTestDelivery(store.Webhook{URL: url, Secret: webhook.NewSecret()}, time.Now()), webhook.TypeTest)
		var failure *webhook.FailureError
		if !errors.As(err, &failure) || failure.Gone {
			t.Errorf("%s: %v", url, err)
		}
	}
	if n := len(o.messages()); n != 0 {
		t.Errorf("%d messages arrived", n)
	}
}

func TestFailuresSayWhatAndNotWhere(t *testing.T) {
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	broken := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer broken.Close()
	client := webhook.NewClient(loopback, time.Now)
	defer client.Close()
	for url, want := range map[string]string{
		closed.URL:         "it could not be reached, or broke off",
		broken.URL:         "it could not be reached, or broke off",
		"http://10.0.0.1/": "its address is not a public one",
		"http://%zz/":      "its address or secret cannot be used",
	} {
		err := client.Send(t.Context(), store.NewTestDelivery(store.Webhook{URL: url, Secret: webhook.NewSecret()}, time.Now()), webhook.TypeTest)
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", url, err, want)
		}
	}
}

func TestParseURL(t *testing.T) {
	for raw, want := range map[string]string{
		"https://example.net/hook?a=b": "https://example.net/hook?a=b",
		"ftp://example.net/":           "",
		"https://a:b@example.net/":     "",
		"https://example.net/#part":    "",
		"":                             "",
	} {
		if got, err := webhook.ParseURL(raw); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q %v, want %q", raw, got, err, want)
		}
	}
}
