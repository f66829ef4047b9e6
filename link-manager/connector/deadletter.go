package connector

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/bus"
)

// letter is why an event is given up.
type letter struct {
	reason   string
	attempts int
	// answer is the last one; its status is kept.
	answer answer
}

// The headers a dead letter has beside the event's own.
const (
	headerDeadPrefix   = "Linkwell-Dead-"
	headerDeadReason   = "Linkwell-Dead-Reason"
	headerDeadFunction = "Linkwell-Dead-Function"
	headerDeadSubject  = "Linkwell-Dead-Subject"
	headerDeadStream   = "Linkwell-Dead-Stream"
	headerDeadSequence = "Linkwell-Dead-Sequence"
	headerDeadAttempts = "Linkwell-Dead-Attempts"
	headerDeadStatus   = "Linkwell-Dead-Status"
)

// bury gives an event up: a copy with the reason is kept as a dead letter first, and only then is the event ended. Where
// the copy cannot be kept the event stays. It also returns what that is counted as.
func (d *delivery) bury(ctx context.Context, m bus.Message, l letter) (bus.Disposition, string) {
	header := keptHeader(m.Header)
	header[event.HeaderMessageID] = []string{fmt.Sprintf("%s/%s/%d", eventID(m), d.function, m.Sequence)}
	header[headerDeadReason] = []string{l.reason}
	header[headerDeadFunction] = []string{d.function}
	header[headerDeadSubject] = []string{m.Subject}
	header[headerDeadStream] = []string{m.Stream}
	header[headerDeadSequence] = []string{strconv.FormatUint(m.Sequence, 10)}
	header[headerDeadAttempts] = []string{strconv.Itoa(l.attempts)}
	if l.answer.status != 0 {
		header[headerDeadStatus] = []string{strconv.Itoa(l.answer.status)}
	}
	subject := event.SubjectDead + "." + strings.ReplaceAll(d.function, ".", "_")
	ctx, cancel := context.WithTimeout(ctx, buryTimeout)
	defer cancel()
	if err := d.Bus.Publish(ctx, subject, header, m.Body); err != nil {
		d.Logger.Error("keep dead letter", "function", d.function, "sequence", m.Sequence, "error", err)
		return bus.Retry(retryWaitMin), string(again)
	}
	d.attempts.forget(m.Sequence)
	d.Logger.Error("event given up", "function", d.function, "topic", d.topic, "sequence", m.Sequence, "attempts", l.attempts, "reason", l.reason)
	return bus.Drop(l.reason), string(hopeless)
}

// keptHeader is the event's header under names that mean nothing to JetStream: it would act on Nats-Expected-Stream,
// Nats-TTL or Nats-Rollup again, and refuse the letter or lose it.
func keptHeader(header map[string][]string) map[string][]string {
	kept := make(map[string][]string, len(header)+8)
	for name, values := range header {
		if strings.HasPrefix(strings.ToLower(name), "nats-") {
			name = headerDeadPrefix + name
		}
		kept[name] = values
	}
	return kept
}

// buryTimeout bounds the wait for the broker to keep a dead letter.
const buryTimeout = 5 * time.Second

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}
