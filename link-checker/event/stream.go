package event

import (
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// The streams events are kept in.
const (
	StreamRequests = "LINK_REQUESTS"
	StreamChecked  = "LINK_CHECKED"
	StreamDead     = "LINK_DEAD"
)

const mebibyte = 1 << 20

// Streams returns the settings of every stream, for the given lease. None of them is what "nothing is lost" rests on: the
// target's row is the truth, and asks again when its lease ends.
func Streams(lease time.Duration) []jetstream.StreamConfig {
	return []jetstream.StreamConfig{
		{
			Name:        StreamRequests,
			Description: "Requests to check a target. They outlive their lease by nothing.",
			Subjects:    []string{SubjectAdded, SubjectDue},
			MaxAge:      lease,
			MaxBytes:    256 * mebibyte,
			// "Full" must be an error the dispatcher sees, and heals within a lease.
			Discard: jetstream.DiscardNew,
			// A publish is repeated with its id for as long as its lease lasts.
			Duplicates: min(2*time.Minute, lease),
		},
		{
			Name:        StreamChecked,
			Description: "Answers, kept a week so that they can be replayed.",
			Subjects:    []string{SubjectChecked},
			MaxAge:      7 * 24 * time.Hour,
			MaxBytes:    1024 * mebibyte,
			Discard:     jetstream.DiscardOld,
		},
		{
			Name:        StreamDead,
			Description: "Events that a function could not handle, with the reason.",
			Subjects:    []string{SubjectDead + ".>"},
			MaxAge:      30 * 24 * time.Hour,
			MaxBytes:    256 * mebibyte,
			Discard:     jetstream.DiscardOld,
		},
	}
}
