//go:build !openfaas

package e2e_test

import (
	"crypto/rand"
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/event"
)

var forged = flag.Int("forged", 200, "how many answers of each kind TestForgedAnswersChangeNothing publishes; 2000 is the long form")

// TestForgedAnswersChangeNothing has somebody with the function's rights publish answers that nobody waits for, while
// others are waited for. Each says that a link is gone.
func TestForgedAnswersChangeNothing(t *testing.T) {
	onEachDatabase(t, forgeAnswers)
}

func forgeAnswers(t *testing.T, databaseURL string) {
	const each = 10
	var later clock
	b := startBroker(t)
	c := config(t)
	c.DatabaseURL, c.Now = databaseURL, later.now
	c.Broker, c.NoConnector = b.settingsOf(b.managerAlone), true // so that nobody but the test answers
	c.Logger = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
	l := start(t, c)
	ledger := openLedger(t, c.DataDir, databaseURL)
	f := startForger(t, b)

	// What is outstanding first is replaced, then a third is answered, a third deleted, and a third still waited for.
	var ids []string
	for i := range 3 * each {
		ids = append(ids, l.save(fmt.Sprintf("http://127.0.0.1:1/%d", i)).ID)
	}
	replaced := ledger.outstanding(3 * each)
	later.forward(6 * time.Minute)
	var current []event.Request
	eventually(t, "every check is asked for anew", func() bool {
		current = ledger.outstanding(3 * each)
		return current[0].CheckID != replaced[0].CheckID && current[len(current)-1].CheckID != replaced[len(current)-1].CheckID
	})
	answered, deleted, waiting := current[:each], current[each:2*each], current[2*each:]
	for _, request := range answered {
		f.publish(answer(request.CheckID, request.URL, check.OK))
	}
	for _, id := range ids[each : 2*each] {
		l.call("DELETE", "/v1/links/"+id, "", http.StatusNoContent, nil)
	}
	want := map[string]int{"applied": each}
	eventually(t, "the true answers are applied", func() bool { return maps.Equal(outcomes(t, l), want) })

	before := ledger.standing()
	for i := range *forged {
		i %= each
		f.publish(answer(waiting[i].CheckID, "http://127.0.0.1:1/elsewhere", check.Gone))
		f.publish(answer(replaced[2*each+i].CheckID, replaced[2*each+i].URL, check.Gone))
		f.publish(answer(answered[i].CheckID, answered[i].URL, check.Gone))
		f.publish(answer(deleted[i].CheckID, deleted[i].URL, check.Gone))
		f.publish(answer(event.NewCheckID(), waiting[i].URL, check.Gone))
		f.publish([]byte(rand.Text()))
	}
	want["mismatch"], want["late"], want["malformed"] = *forged, 4**forged, *forged
	var counted map[string]int
	eventually(t, "every answer is counted", func() bool {
		counted = outcomes(t, l)
		return counted["mismatch"]+counted["late"]+counted["malformed"]+counted["applied"] >= 6**forged+each
	})
	if !maps.Equal(counted, want) {
		t.Errorf("the outcomes are %v, want %v", counted, want)
	}
	if after := ledger.standing(); after != before {
		t.Errorf("they changed something: before\n%safter\n%s", before, after)
	}
	// What is still waited for can be answered all the same.
	for _, request := range waiting {
		f.publish(answer(request.CheckID, request.URL, check.OK))
	}
	eventually(t, "the last true answers are applied", func() bool { return outcomes(t, l)["applied"] == 2*each })
	t.Logf("%d forged answers, %d each with a wrong url, a replaced check_id, one answered before, one of a deleted link, a random one, and random bytes: %d of them applied; linkwell_results_total says mismatch %d, late %d, malformed %d, applied %d to %d true ones",
		6**forged, *forged, ledger.count(`SELECT count(*) FROM checks`)-2*each, counted["mismatch"], counted["late"], counted["malformed"], counted["applied"]+each, 2*each)
}

// forger publishes answers as the function's user.
type forger struct {
	t    *testing.T
	conn *nats.Conn
}

func startForger(t *testing.T, b *broker) *forger {
	t.Helper()
	conn, err := nats.Connect(b.url(), nats.UserCredentials(b.checker), nats.CustomInboxPrefix("_INBOX_checker"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	return &forger{t, conn}
}

// publish publishes an answer under an id of its own, or the broker would keep what is repeated once.
func (f *forger) publish(body []byte) {
	f.t.Helper()
	m := &nats.Msg{Subject: event.SubjectChecked, Header: nats.Header{event.HeaderMessageID: {uuid.NewString()}}, Data: body}
	if err := f.conn.PublishMsg(m); err != nil {
		f.t.Fatal(err)
	}
}

func answer(checkID, url string, reason check.Reason) []byte {
	c := event.Checked{CheckID: checkID, Result: check.Result{URL: url}}
	c.Decide(reason)
	return c.Encode()
}

var resultCounts = regexp.MustCompile(`linkwell_results_total\{outcome="(\w+)"\} (\d+)`)

// outcomes is what the metrics say became of answers.
func outcomes(t *testing.T, l *linkwell) map[string]int {
	t.Helper()
	counted := map[string]int{}
	for _, line := range resultCounts.FindAllStringSubmatch(metrics(t, l), -1) {
		n, err := strconv.Atoi(line[2])
		if err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			counted[line[1]] = n
		}
	}
	return counted
}

// outstanding waits until n checks are, and returns them in the order in which their links were saved.
func (l *ledger) outstanding(n int) (requests []event.Request) {
	l.t.Helper()
	eventually(l.t, "checks are outstanding", func() bool {
		requests = nil
		for _, row := range l.rows(`SELECT check_id, url FROM targets WHERE check_id IS NOT NULL ORDER BY id`) {
			requests = append(requests, event.Request{CheckID: row[0], URL: row[1]})
		}
		return len(requests) == n
	})
	return requests
}

// standing is all that an answer could change, as text.
func (l *ledger) standing() (text string) {
	l.t.Helper()
	for _, query := range []string{
		`SELECT url, status, reason, COALESCE(check_id, ''), attempt, version, due_at FROM targets ORDER BY id`,
		`SELECT url, status, reason, target_version FROM links ORDER BY id`,
		`SELECT check_id, status FROM checks ORDER BY check_id`,
		`SELECT host, trouble, strikes FROM hosts ORDER BY host`,
	} {
		for _, row := range l.rows(query) {
			text += fmt.Sprintln(row)
		}
	}
	return text
}
