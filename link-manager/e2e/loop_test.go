package e2e_test

import (
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

func TestASavedLinkTurns(t *testing.T) {
	w := startWeb(t)
	w.answer("/gone", status(http.StatusNotFound))
	w.answer("/moved", func(res http.ResponseWriter, req *http.Request) {
		http.Redirect(res, req, "/page", http.StatusMovedPermanently)
	})
	l := start(t, config(t))
	for path, want := range map[string]struct {
		status check.Status
		reason check.Reason
	}{
		"/page":  {check.Valid, check.OK},
		"/gone":  {check.Invalid, check.NotFound},
		"/moved": {check.Valid, check.OK},
	} {
		saved := l.save(w.URL + path)
		if saved.Status != check.Pending {
			t.Errorf("%s is %s before anybody looked", path, saved.Status)
		}
		began := time.Now()
		got := l.settled(saved.ID)
		t.Logf("%s turned %s after %v", path, got.Status, time.Since(began).Round(time.Millisecond))
		if got.Status != want.status || got.Reason == nil || *got.Reason != string(want.reason) {
			t.Errorf("%s is %s: %v", path, got.Status, got.Explanation)
		}
	}
}

func TestAnAddressInsideIsRefusedWithoutAConnection(t *testing.T) {
	w := startWeb(t)
	c := config(t)
	c.Checks.CheckAllow = ""
	l := start(t, c)
	got := l.settled(l.save(w.URL + "/page").ID)
	if got.Status != check.Invalid || got.Reason == nil || *got.Reason != string(check.BlockedAddress) {
		t.Errorf("it is %s: %s", got.Status, got.Explanation)
	}
	if n := w.connected(); n != 0 {
		t.Errorf("%d connections were made", n)
	}
}

func TestAnUndecidedLinkIsTriedAgainWhenItIsDue(t *testing.T) {
	w := startWeb(t)
	w.answer("/page", status(http.StatusServiceUnavailable))
	w.answer("/sooner", func(res http.ResponseWriter, _ *http.Request) {
		res.Header().Set("Retry-After", "540")
		res.WriteHeader(http.StatusServiceUnavailable)
	})
	var later clock
	c := config(t)
	c.Now = later.now
	l := start(t, c)

	got := l.settled(l.save(w.URL + "/page").ID)
	sooner := l.settled(l.save(w.URL + "/sooner").ID)
	if got.Status != check.Pending || *got.Reason != string(check.ServerError) || got.FailingSince == nil || got.LastCheck.HTTPStatus == nil || *got.LastCheck.HTTPStatus != 503 {
		t.Fatalf("it is %s: %s, last %+v", got.Status, got.Explanation, got.LastCheck)
	}
	if rest := got.NextCheckAt.Sub(*got.CheckedAt); rest != 10*time.Minute {
		t.Errorf("it rests for %v", rest)
	}
	asked := w.asked("/page")
	w.answer("/sooner", status(http.StatusOK)) // or the host would be left alone for longer
	later.forward(9*time.Minute + time.Second)
	eventually(t, "what is due sooner is asked for", func() bool { return l.get(sooner.ID).CheckedAt.After(*sooner.CheckedAt) })
	if again := w.asked("/page"); again != asked {
		t.Errorf("it was asked %d times before it was due", again-asked)
	}
	w.answer("/page", status(http.StatusOK))
	later.forward(time.Minute)
	eventually(t, "the next answer turns it", func() bool { return l.get(got.ID).Status == check.Valid })
	if now := l.get(got.ID); now.FailingSince != nil || *now.Reason != string(check.OK) {
		t.Errorf("it is %s, failing since %v", now.Explanation, now.FailingSince)
	}

	// Once valid it stays so while nobody can tell, and shows that it fails.
	w.answer("/page", status(http.StatusBadGateway))
	l.call("POST", "/v1/links/"+got.ID+"/check", "", http.StatusAccepted, nil)
	eventually(t, "it is checked again", func() bool { return l.get(got.ID).FailingSince != nil })
	if now := l.get(got.ID); now.Status != check.Valid || now.LastCheck.Status != check.Pending {
		t.Errorf("it is %s, last %+v", now.Status, now.LastCheck)
	}
}

func TestTwoOwnersOfOneURLAreOneCheck(t *testing.T) {
	w := startWeb(t)
	c := config(t)
	// Seeded while nothing runs: the store has one process at a time.
	seeded, err := store.Open(t.Context(), store.Config{Path: filepath.Join(c.DataDir, "linkwell.db")})
	if err != nil {
		t.Fatal(err)
	}
	const owners = 20
	ids := map[string]string{}
	for i := range owners {
		owner := fmt.Sprint("owner ", i)
		added, err := seeded.Add(t.Context(), owner, link.Draft{URL: w.URL + "/page#" + fmt.Sprint(i)})
		if err != nil {
			t.Fatal(err)
		}
		ids[owner] = added.ID
	}
	if err := seeded.Close(); err != nil {
		t.Fatal(err)
	}

	l := start(t, c)
	got := l.settled(l.save(w.URL + "/page").ID)
	if got.Status != check.Valid {
		t.Errorf("it is %s", got.Status)
	}
	l.stop()
	if n := w.asked("/page"); n != 1 {
		t.Errorf("it was asked for %d times", n)
	}
	seeded, err = store.Open(t.Context(), store.Config{Path: filepath.Join(c.DataDir, "linkwell.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = seeded.Close() }()
	for owner, id := range ids {
		if theirs, err := seeded.Get(t.Context(), owner, id); err != nil || theirs.Status != check.Valid {
			t.Errorf("%s: %s, %v", owner, theirs.Status, err)
		}
	}
}

func TestALinkSavedTwiceIsAConflict(t *testing.T) {
	w := startWeb(t)
	l := start(t, config(t))
	l.save(w.URL + "/page")
	l.call("POST", "/v1/links", fmt.Sprintf(`{"url":%q}`, w.URL+"/./page"), http.StatusConflict, nil)
}

func TestEverythingIsThereAfterARestart(t *testing.T) {
	w := startWeb(t)
	c := config(t)
	l := start(t, c)
	id := l.save(w.URL + "/page").ID
	before := l.settled(id)
	began := time.Now()
	l.stop()
	t.Logf("stopped after %v", time.Since(began).Round(time.Millisecond))
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("stopping took %v", took)
	}
	if after := start(t, c).get(id); after.Status != check.Valid || !after.CheckedAt.Equal(*before.CheckedAt) {
		t.Errorf("after the restart it is %+v, before it was %+v", after, before)
	}
}

func TestTheMetricsSayWhatHappened(t *testing.T) {
	w := startWeb(t)
	l := start(t, config(t))
	l.settled(l.save(w.URL + "/page").ID)
	var text string
	eventually(t, "the call is counted", func() bool {
		res, err := http.Get(l.Metrics)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		text = string(body)
		return strings.Contains(text, `linkwell_connector_calls_total{function="link-checker.openfaas-fn",outcome="ack",topic="link.added"} 1`)
	})
	for _, line := range []string{
		`linkwell_results_total{outcome="applied"} 1`,
		`linkwell_oldest_due_seconds{lane="added"} 0`,
		`linkwell_outstanding_checks{lane="due"} 0`,
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("the metrics do not say %s", line)
		}
	}
}
