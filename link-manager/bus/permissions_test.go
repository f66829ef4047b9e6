package bus_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/bus/brokertest"
)

func TestEveryOtherActIsDenied(t *testing.T) {
	g := startGuarded(t)
	before := g.state()
	all := acts()
	for _, user := range brokertest.Users {
		conn := g.connect(user)
		meant, refused, others := 0, 0, 0
		for _, act := range all {
			if mayDo(user, act) {
				meant++
				continue
			}
			if err := try(conn, inboxes[user], act); err != nil {
				others++
				t.Errorf("%s: %s: %v", user, act, err)
				continue
			}
			refused++
		}
		t.Logf("%-32s %d acts: %d its rights, %d tried and denied, %d not denied", user, len(all), meant, refused, others)
	}
	if diff := cmp.Diff(before, g.state()); diff != "" {
		t.Errorf("the broker is not what it was:\n%s", diff)
	}
}

// The broker sends its acknowledgement of an event wherever the event asks for it, and asks nobody's rights: a function that
// was taken over would have it sent to link.added, and into the inboxes of others.
func TestAcknowledgementsLeadOutOfTheFunctionsAccountToNobody(t *testing.T) {
	g := startGuarded(t)
	seen := make(chan *nats.Msg, 1000)
	watcher := g.dial(nats.UserInfo("admin", "secret"))
	if _, err := watcher.ChanSubscribe(">", seen); err != nil {
		t.Fatal(err)
	}
	if err := watcher.Flush(); err != nil {
		t.Fatal(err)
	}
	before := g.state()
	checker := g.connect(brokertest.Checker)
	replies := []string{
		event.SubjectAdded, event.SubjectDead + ".link-checker", "link.changed", otherSubject, "_INBOX_manager.a.b", "_INBOX_connector.a.b",
		"$JS.API.STREAM.PURGE.LINK_REQUESTS", "$JS.API.STREAM.DELETE.LINK_REQUESTS", "$JS.API.CONSUMER.DELETE.LINK_REQUESTS." + function,
	}
	for _, reply := range replies {
		if err := checker.PublishRequest(event.SubjectChecked, reply, []byte("{}")); err != nil {
			t.Fatal(err)
		}
	}
	// This one's acknowledgement comes after those of the others.
	js, err := jetstream.New(checker)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := js.Publish(t.Context(), event.SubjectChecked, []byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	if want := uint64(1 + len(replies) + 1); kept.Sequence != want {
		t.Errorf("the last answer is number %d, want %d: not every answer was kept", kept.Sequence, want)
	}
	// The stream may keep and acknowledge an event before the broker has handed the watcher its copy; the answer to the
	// publisher's own ping comes after both.
	if err := checker.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := watcher.Flush(); err != nil {
		t.Fatal(err)
	}
	answers := 0
	for range len(seen) {
		switch m := <-seen; {
		case m.Subject == event.SubjectChecked:
			answers++
		case strings.Contains(string(m.Data), event.StreamChecked) && slices.Contains(replies, m.Subject):
			t.Errorf("%s hears %s", m.Subject, m.Data)
		}
	}
	if answers != len(replies)+1 {
		t.Errorf("%d answers were seen", answers)
	}
	after := g.state()
	delete(before, event.StreamChecked)
	delete(after, event.StreamChecked)
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("more has changed than the answers:\n%s", diff)
	}
}

// What `link-manager dead` does, and nobody else may.
func TestTheManagerTendsDeadLetters(t *testing.T) {
	for _, user := range []string{brokertest.Manager, brokertest.ManagerWithConnector} {
		t.Run(user, func(t *testing.T) {
			g := startGuarded(t)
			js, err := jetstream.New(g.connect(user))
			if err != nil {
				t.Fatal(err)
			}
			stream, err := js.Stream(t.Context(), event.StreamDead)
			if err != nil {
				t.Fatal(err)
			}
			if m, err := stream.GetMsg(t.Context(), 1); err != nil || m.Subject != event.SubjectDead+".a" {
				t.Errorf("letter 1 is %v, %v", m, err)
			}
			for name, filter := range map[string][]string{"all": nil, "one function's": {event.SubjectDead + ".a"}, "two functions'": {event.SubjectDead + ".a", event.SubjectDead + ".b"}} {
				letters, err := stream.OrderedConsumer(t.Context(), jetstream.OrderedConsumerConfig{FilterSubjects: filter})
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if m, err := letters.Next(jetstream.FetchMaxWait(10 * time.Second)); err != nil || m.Subject() != event.SubjectDead+".a" {
					t.Errorf("%s: the first is %v, %v", name, m, err)
				}
				if err := stream.DeleteConsumer(t.Context(), letters.CachedInfo().Name); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
			if err := stream.DeleteMsg(t.Context(), 1); err != nil {
				t.Error(err)
			}
			if info, err := stream.Info(t.Context()); err != nil || info.State.Msgs != 0 {
				t.Errorf("it is not empty: %+v, %v", info, err)
			}
		})
	}
}
