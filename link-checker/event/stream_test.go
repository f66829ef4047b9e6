package event_test

import (
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/linkwell/linkwell/link-checker/event"
)

func TestStreams(t *testing.T) {
	streams := map[string]jetstream.StreamConfig{}
	for _, s := range event.Streams(5 * time.Minute) {
		streams[s.Name] = s
	}
	requests := streams[event.StreamRequests]
	if requests.MaxAge != 5*time.Minute || requests.Discard != jetstream.DiscardNew {
		t.Errorf("requests must not outlive their lease, and a full stream must refuse: %+v", requests)
	}
	for _, name := range []string{event.StreamChecked, event.StreamDead} {
		if s := streams[name]; s.Discard != jetstream.DiscardOld || s.MaxBytes <= 0 || s.MaxAge <= 0 {
			t.Errorf("%s must be bounded and drop the oldest: %+v", name, s)
		}
	}
}
