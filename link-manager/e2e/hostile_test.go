package e2e_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/probe/probetest"
	"github.com/linkwell/linkwell/link-manager/api"
)

// TestTheHostileWebSettles saves a link to every behaviour that the web has for checkers, all at once, save those that
// take a name server or an authority of their own: none is lost on the way, and each comes back as what it is.
func TestTheHostileWebSettles(t *testing.T) {
	beside(t)
	web := probetest.NewWeb(t, hostAddress(t))
	c := config(t)
	l := start(t, c)
	wants := map[string]probetest.Behaviour{}
	var patient []probetest.Behaviour
	for _, b := range probetest.Behaviours() {
		switch reason := b.Want[0].Reason; {
		case b.NeedsNames, b.NeedsRoots: // the function looks names up, and believes authorities, like everybody
		case reason == check.BadURL, reason == check.UnsupportedScheme: // is not saved
		case b.Want[0].RetryAfterSeconds >= 60:
			patient = append(patient, b)
		case b.Want[0].RetryAfterSeconds > 0: // the host, which is that of all, would be left alone for so long
		default:
			url := web.URL(b)
			if err := l.try("POST", "/v1/links", fmt.Sprintf(`{"url":%q}`, url), http.StatusCreated, nil); err == nil {
				wants[url] = b
			} else if again := l.try("POST", "/v1/links", fmt.Sprintf(`{"url":%q}`, url), http.StatusConflict, nil); b.Case != 68 || again != nil {
				t.Errorf("%d %s: %v", b.Case, b.Name, err) // of 68 some are the same address in another spelling
			}
		}
	}
	if len(wants) < 100 {
		t.Fatalf("only %d were saved", len(wants))
	}
	began := time.Now()
	links := l.allSettled()
	t.Logf("%d links of %d settled after %v", len(links), len(wants), time.Since(began).Round(100*time.Millisecond))
	if len(links) != len(wants) {
		t.Errorf("there are %d links", len(links))
	}
	for _, link := range links {
		if err := asExpected(link, wants[link.URL].Want[0]); err != nil {
			t.Errorf("%d %s: %v", wants[link.URL].Case, wants[link.URL].Name, err)
		}
	}
	theLastAsksToBeLeftAlone(l, web, patient[0], patient[1])
}

// theLastAsksToBeLeftAlone saves a link that has its host left alone, and another one there, which then waits.
func theLastAsksToBeLeftAlone(l *linkwell, web *probetest.Web, b, next probetest.Behaviour) {
	l.t.Helper()
	last := l.settled(l.save(web.URL(b)).ID)
	if err := asExpected(last, b.Want[0]); err != nil {
		l.t.Errorf("%d %s: %v", b.Case, b.Name, err)
	}
	waits := l.save(web.URL(next))
	rest := time.Duration(b.Want[0].RetryAfterSeconds) * time.Second
	eventually(l.t, "it is given a turn when the host may be asked again", func() bool {
		return !l.get(waits.ID).NextCheckAt.Before(last.CheckedAt.Add(rest))
	})
	if l.get(waits.ID).CheckedAt != nil {
		l.t.Error("it was checked all the same")
	}
}

func asExpected(link api.Link, want probetest.Finding) error {
	if link.Status != want.Reason.Status() || link.Reason == nil || *link.Reason != string(want.Reason) {
		return fmt.Errorf("%s is %s: %s; want %s", link.URL, link.Status, link.Explanation, want.Reason)
	}
	if got := link.LastCheck.HTTPStatus; (got == nil) != (want.HTTPStatus == 0) || got != nil && *got != want.HTTPStatus {
		return errors.New("it has another HTTP status")
	}
	return nil
}
