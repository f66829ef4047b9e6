// Package bus is how the link manager and the connector use NATS JetStream: connect, ensure the streams, publish, consume.
// What an event means is not its business.
package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.opentelemetry.io/otel/trace"

	"github.com/linkwell/linkwell/link-checker/access"
	"github.com/linkwell/linkwell/link-checker/tracing"
)

// Config says which broker to use, and as whom.
type Config struct {
	// URL is the broker's; it is not used where InProcess is set.
	URL string
	// Files are the user's credentials and certificates.
	Files access.Files
	// InProcess connects to a broker in this process; nil means over the network.
	InProcess nats.InProcessConnProvider
	// Name is what this connection is called on the broker, and the prefix of its inboxes: manager, connector.
	Name string
	// Streams are those this program answers for: EnsureStreams makes them, and they are made again if the broker loses
	// them. Empty where they are somebody else's.
	Streams []jetstream.StreamConfig
	// Tracing is where the spans of what is published and consumed go; nil means that none are recorded.
	Tracing trace.TracerProvider
	// Meter counts; nil means that nothing is counted.
	Meter  Meter
	Logger *slog.Logger
}

// Bus is one connection to the broker. It reconnects for ever.
type Bus struct {
	conn    *nats.Conn
	js      jetstream.JetStream
	streams []jetstream.StreamConfig
	tracing trace.TracerProvider
	meter   Meter
	logger  *slog.Logger

	consumed consumed
}

// Connect connects, or fails with a sentence that names the file that cannot be used, or the broker's address without its
// credentials.
func Connect(ctx context.Context, c Config) (*Bus, error) {
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.Meter == nil {
		c.Meter = unmetered{}
	}
	options := []nats.Option{
		nats.MaxReconnects(-1),
		// Somebody may mend the account or the credentials; without this the second refusal would be the end.
		nats.IgnoreAuthErrorAbort(),
		nats.ReconnectWait(500 * time.Millisecond),
		// While the broker is away a publish must fail at once: the due row is the outbox, not this connection.
		nats.ReconnectBufSize(-1),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				c.Logger.Warn("broker connection lost", "error", err)
			}
		}),
		nats.ReconnectHandler(func(*nats.Conn) { c.Logger.Info("broker connection is back") }),
		// A denied right shows only here; the caller sees a timeout.
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			c.Logger.Error("broker", "error", err)
		}),
	}
	if c.InProcess != nil {
		options = append(options, nats.InProcessServer(c.InProcess))
	} else if !readable(c.URL) {
		return nil, errUnreadable
	}
	conn, err := dial(c.URL, c.Files, c.Name, options)
	if err != nil {
		return nil, err
	}
	js, err := jetstream.New(conn)
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("connect to the broker at %s: %w", redact(c.URL), err)
	}
	return &Bus{conn: conn, js: js, streams: c.Streams, tracing: c.Tracing, meter: c.Meter, logger: c.Logger}, nil
}

var errUnreadable = errors.New("the broker's address cannot be read; it should look like nats://host:4222")

// Dial is a bare connection to the broker at url, called and with inboxes as in Config. It fails like Connect.
func Dial(url string, files access.Files, name string, options ...nats.Option) (*nats.Conn, error) {
	if !readable(url) {
		return nil, errUnreadable
	}
	return dial(url, files, name, options)
}

func dial(url string, files access.Files, name string, options []nats.Option) (*nats.Conn, error) {
	user, err := files.Options()
	if err != nil {
		return nil, err
	}
	conn, err := nats.Connect(url, slices.Concat([]nats.Option{nats.Name("linkwell-" + name), nats.CustomInboxPrefix("_INBOX_" + name)}, options, user)...)
	if err != nil {
		return nil, fmt.Errorf("connect to the broker at %s: %w", redact(url), access.Explain(err))
	}
	return conn, nil
}

// Close ends the connection; what is still consumed is not acknowledged.
func (b *Bus) Close() { b.conn.Close() }

// Connected reports whether the broker can be reached now.
func (b *Bus) Connected() bool { return b.conn.IsConnected() }

// EnsureStreams creates the streams this program answers for, or brings their settings up to date.
func (b *Bus) EnsureStreams(ctx context.Context) error {
	for _, settings := range b.streams {
		// To create what is there already changes nothing, while an update rewrites it under consumers that others are
		// making at the same time: after a broker has lost everything, all of us are here at once.
		_, err := b.js.CreateStream(ctx, settings)
		if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) {
			_, err = b.js.UpdateStream(ctx, settings)
		}
		if err != nil {
			return fmt.Errorf("ensure stream %s: %w", settings.Name, err)
		}
	}
	return nil
}

// Why the broker did not keep an event, where it is of no use to publish it again as it is.
var (
	// ErrTooLarge means that broker or stream take no event of this size, or with headers of this size.
	ErrTooLarge = errors.New("the event is too large")
	// ErrNoStream means that no stream keeps the event's subject, and none of ours should.
	ErrNoStream = errors.New("no stream keeps it")
)

// Publish returns nil once the broker keeps the event. An event with the same Nats-Msg-Id within its stream's duplicate
// window is kept once. If the broker has lost our streams they are made again. The event carries the trace of ctx. It fails
// with ErrTooLarge, ErrNoStream or the broker's error.
func (b *Bus) Publish(ctx context.Context, subject string, header map[string][]string, body []byte) error {
	ctx, span, header := b.tracePublish(ctx, subject, header, body)
	defer span.End()
	err := b.publish(ctx, &nats.Msg{Subject: subject, Header: header, Data: body})
	if err != nil {
		class := publishErrorClass(err)
		b.meter.PublishFailed(subject, class)
		tracing.Fail(span, class)
		return fmt.Errorf("publish %s: %w", subject, explain(err))
	}
	return nil
}

// The broker's codes for an event that is too large, and for headers that are.
const (
	codeEventTooLarge  = 10054
	codeHeaderTooLarge = 10097
)

// explain makes an error of the library ours too, if it is one.
func explain(err error) error {
	var refused *jetstream.APIError
	switch {
	case errors.Is(err, nats.ErrMaxPayload),
		errors.As(err, &refused) && (refused.ErrorCode == codeEventTooLarge || refused.ErrorCode == codeHeaderTooLarge):
		return fmt.Errorf("%w: %w", ErrTooLarge, err)
	case errors.Is(err, jetstream.ErrNoStreamResponse):
		return fmt.Errorf("%w: %w", ErrNoStream, err)
	}
	return err
}

func (b *Bus) publish(ctx context.Context, message *nats.Msg) error {
	_, err := b.js.PublishMsg(ctx, message)
	if errors.Is(err, jetstream.ErrNoStreamResponse) && len(b.streams) > 0 {
		if err := b.EnsureStreams(ctx); err != nil {
			return err
		}
		_, err = b.js.PublishMsg(ctx, message)
	}
	return err
}
