package doctor

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/bus"
)

// broker looks whether the link manager's user can do with the NATS what it must.
func (e *examination) broker(ctx context.Context) {
	const about = "broker"
	if e.BrokerURL == "" {
		e.fine(about, "the link manager brings its own")
		return
	}
	conn, err := bus.Dial(e.BrokerURL, e.BrokerFiles, "manager", quietly)
	switch {
	case errors.Is(err, nats.ErrAuthorization):
		e.wrong(about, err.Error(), "NATS_CREDS must be the file of a user that the broker knows, with the rights of link-manager/bus/permissions.conf.")
		return
	case err != nil:
		e.wrong(about, err.Error(), "NATS_URL must be the broker's address as this machine reaches it, and NATS_CA the authority of its certificate, if it has one of its own.")
		return
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		e.wrong(about, err.Error(), "This is a fault of ours.")
		return
	}
	if !e.streams(ctx, js) {
		return
	}
	e.rights(conn)
	e.consumers(ctx, js)
}

// streams compares the streams with what they must be. It reports whether there is a JetStream at all.
func (e *examination) streams(ctx context.Context, js jetstream.JetStream) bool {
	const about = "broker"
	for _, want := range event.Streams(e.ladder.Lease) {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		began := e.Now()
		stream, err := js.Stream(ctx, want.Name)
		switch {
		case errors.Is(err, jetstream.ErrJetStreamNotEnabled), errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount), errors.Is(err, nats.ErrNoResponders):
			e.wrong(about, "this NATS has no JetStream for our user", "Start nats-server with -js, or config.jetstream.enabled=true in its chart, and enable it for the account. The NATS that OpenFaaS brings has none.")
			return false
		case errors.Is(err, jetstream.ErrStreamNotFound):
			e.missing(ctx, js, want)
			continue
		case err != nil:
			e.wrong(about, fmt.Sprintf("stream %s cannot be looked at: %v", want.Name, err), "Give the user the rights of link-manager/bus/permissions.conf.")
			continue
		}
		info := stream.CachedInfo()
		if want.Name == event.StreamRequests && !info.TimeStamp.IsZero() {
			e.clock("the broker", info.TimeStamp, began, e.Now())
		}
		have := info.Config
		switch {
		case have.Storage != want.Storage || have.Retention != want.Retention:
			e.wrong(about, fmt.Sprintf("stream %s keeps its events in %v with retention %v; it must be %v and %v, which cannot be changed", want.Name, have.Storage, have.Retention, want.Storage, want.Retention),
				"Delete it (nats stream rm "+want.Name+"): the link manager makes it again, and asks again for what was in it.")
		case !slices.Equal(have.Subjects, want.Subjects) || have.MaxAge != want.MaxAge || have.Discard != want.Discard:
			e.advise(about, fmt.Sprintf("stream %s has other settings than it should", want.Name), "The link manager sets them when it starts; restart it, and leave its streams to it.")
		default:
			e.fine(about, fmt.Sprintf("stream %s is as it should be", want.Name))
		}
	}
	return true
}

// missing looks why a stream is not there: another may have its subjects.
func (e *examination) missing(ctx context.Context, js jetstream.JetStream, want jetstream.StreamConfig) {
	for _, subject := range want.Subjects {
		if name, err := js.StreamNameBySubject(ctx, subject); err == nil {
			e.wrong("broker", fmt.Sprintf("the stream %s keeps %s, so %s cannot be made", name, subject, want.Name),
				fmt.Sprintf("Take the subject from it (nats stream edit %s), or give Linkwell an account of its own.", name))
			return
		}
	}
	e.advise("broker", fmt.Sprintf("stream %s is not there", want.Name), "The link manager makes it when it starts.")
}

// consumers looks whether anybody waits for the events of the functions that were found.
func (e *examination) consumers(ctx context.Context, js jetstream.JetStream) {
	for _, name := range e.serving {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		consumer, err := js.Consumer(ctx, event.StreamRequests, name)
		switch {
		case errors.Is(err, jetstream.ErrConsumerNotFound), errors.Is(err, jetstream.ErrStreamNotFound):
			e.advise("connector", "nobody has asked for events of "+name+" yet", "Run link-manager connector, or link-manager without --no-connector.")
			continue
		case err != nil:
			e.advise("connector", fmt.Sprintf("who brings events to %s cannot be seen: %v", name, err), "Only a user with the connector's rights sees it: CONNECTOR or MANAGER_WITH_CONNECTOR in link-manager/bus/permissions.conf.")
			continue
		}
		switch info := consumer.CachedInfo(); {
		case info.NumWaiting > 0 || info.NumAckPending > 0:
			e.fine("connector", fmt.Sprintf("somebody brings events to %s", name))
		case info.NumPending > 0:
			e.wrong("connector", fmt.Sprintf("nobody brings %s its events, of which %d wait", name, info.NumPending), "Run link-manager connector, or link-manager without --no-connector.")
		default:
			e.advise("connector", "nobody waits for events of "+name, "Run link-manager connector, or link-manager without --no-connector.")
		}
	}
}
