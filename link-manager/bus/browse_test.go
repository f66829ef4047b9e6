package bus_test

import (
	"errors"
	"fmt"
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/bus"
)

func TestBrowsingSeesWhatAStreamKeepsPageByPage(t *testing.T) {
	b := connect(t, startBroker(t, t.TempDir()))
	for i := range 25 {
		subject := event.SubjectAdded
		if i%5 == 4 {
			subject = event.SubjectDue
		}
		if err := b.Publish(t.Context(), subject, map[string][]string{"Number": {fmt.Sprint(i + 1)}}, []byte("a body")); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Delete(t.Context(), event.StreamRequests, 3); err != nil {
		t.Fatal(err)
	}
	var pages [][]uint64
	for after, more := uint64(0), true; more; {
		var events []bus.Message
		var err error
		if events, more, err = b.Browse(t.Context(), event.StreamRequests, []string{event.SubjectAdded}, after, 8); err != nil {
			t.Fatal(err)
		}
		var page []uint64
		for _, m := range events {
			if m.Header["Number"][0] != fmt.Sprint(m.Sequence) || len(m.Body) != 0 || m.Subject != event.SubjectAdded || m.Published.IsZero() {
				t.Errorf("event %d is %+v", m.Sequence, m)
			}
			page = append(page, m.Sequence)
			after = m.Sequence
		}
		pages = append(pages, page)
	}
	if diff := cmp.Diff([][]uint64{{1, 2, 4, 6, 7, 8, 9, 11}, {12, 13, 14, 16, 17, 18, 19, 21}, {22, 23, 24}}, pages); diff != "" {
		t.Error(diff)
	}
	for _, subjects := range [][]string{{event.SubjectAdded, event.SubjectDue}, {"link.>"}} {
		events, more, err := b.Browse(t.Context(), event.StreamRequests, subjects, 0, 100)
		if err != nil || more || len(events) != 24 {
			t.Errorf("on %v there are %d, more: %v, %v", subjects, len(events), more, err)
		}
	}
	counts, err := b.Subjects(t.Context(), event.StreamRequests, "link.>")
	if err != nil || !maps.Equal(counts, map[string]uint64{event.SubjectAdded: 19, event.SubjectDue: 5}) {
		t.Errorf("counted are %v, %v", counts, err)
	}
	if events, more, err := b.Browse(t.Context(), event.StreamRequests, []string{"link.>"}, 25, 100); len(events) != 0 || more || err != nil {
		t.Errorf("behind the last there are %v, more: %v, %v", events, more, err)
	}
}

func TestAnEventIsReadAndDeletedBySequence(t *testing.T) {
	b := connect(t, startBroker(t, t.TempDir()))
	publish(t, b, "one", "a body")
	m, err := b.Event(t.Context(), event.StreamRequests, 1)
	if err != nil || m.Subject != event.SubjectAdded || string(m.Body) != "a body" || m.Header["ce-id"][0] != "one" || m.Sequence != 1 || m.Published.IsZero() {
		t.Errorf("it is %+v, %v", m, err)
	}
	if err := b.Delete(t.Context(), event.StreamRequests, 1); err != nil {
		t.Error(err)
	}
	_, err = b.Event(t.Context(), event.StreamRequests, 1)
	for what, err := range map[string]error{
		"reading what is gone":    err,
		"deleting what is gone":   b.Delete(t.Context(), event.StreamRequests, 1),
		"deleting what never was": b.Delete(t.Context(), event.StreamRequests, 99),
		"deleting from no stream": b.Delete(t.Context(), "NO_STREAM", 1),
	} {
		if !errors.Is(err, bus.ErrNoEvent) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestAStreamThatIsNotThereKeepsNothing(t *testing.T) {
	b := connect(t, startBroker(t, t.TempDir()))
	if events, more, err := b.Browse(t.Context(), "NO_STREAM", []string{"a"}, 0, 10); len(events) != 0 || more || err != nil {
		t.Errorf("browsing sees %v, more: %v, %v", events, more, err)
	}
	if counts, err := b.Subjects(t.Context(), "NO_STREAM", ">"); len(counts) != 0 || err != nil {
		t.Errorf("counted are %v, %v", counts, err)
	}
	if _, err := b.Event(t.Context(), "NO_STREAM", 1); !errors.Is(err, bus.ErrNoEvent) {
		t.Errorf("reading fails with %v", err)
	}
}

// Readers that leave something behind would fill the broker.
func TestBrowsingLeavesNoConsumer(t *testing.T) {
	broker := startBroker(t, t.TempDir())
	b := connect(t, broker)
	publish(t, b, "one", "a body")
	for range 3 {
		if _, _, err := b.Browse(t.Context(), event.StreamRequests, []string{"link.>"}, 0, 10); err != nil {
			t.Fatal(err)
		}
	}
	stream, err := jetStream(t, broker).Stream(t.Context(), event.StreamRequests)
	if err != nil {
		t.Fatal(err)
	}
	if n := stream.CachedInfo().State.Consumers; n != 0 {
		t.Errorf("%d consumers are left", n)
	}
}
