package function

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/linkwell/linkwell/link-checker/access"
	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-checker/tracing"
)

// NATSPublisher publishes answers to JetStream over one connection for the whole process, which is made at the first
// answer and reconnects for ever. Close ends it.
type NATSPublisher struct {
	// Connect dials the broker. The publisher owns the connection.
	Connect func() (*nats.Conn, error)
	// Timeout bounds the wait for the broker to keep an answer.
	Timeout time.Duration
	// Now is the clock; nil means time.Now.
	Now func() time.Time

	mutex  sync.Mutex
	conn   *nats.Conn
	closed bool
}

var _ Publisher = (*NATSPublisher)(nil)

var (
	// errPublisherClosed means the process is ending.
	errPublisherClosed = errors.New("the publisher is closed")
	errNotConnected    = errors.New("the broker cannot be reached")
)

// Ready fails if there is no connection to the broker now.
func (p *NATSPublisher) Ready() error {
	_, err := p.connected()
	return err
}

// Publish returns nil once the broker keeps the answer. The same check_id published again within the stream's duplicate
// window is kept once.
func (p *NATSPublisher) Publish(ctx context.Context, checked event.Checked) error {
	ctx, cancel := context.WithTimeout(ctx, p.Timeout)
	defer cancel()
	ctx, span := tracePublish(ctx)
	defer span.End()
	err := p.publish(ctx, checked)
	if err != nil {
		tracing.Fail(span, publishErrorClass(err))
		return fmt.Errorf("publish %s: %w", event.SubjectChecked, err)
	}
	return nil
}

func (p *NATSPublisher) publish(ctx context.Context, checked event.Checked) error {
	conn, err := p.connected()
	if err != nil {
		return err
	}
	js, err := jetstream.New(conn)
	if err != nil {
		return err
	}
	attributes := event.Attributes{ID: checked.CheckID, Type: event.TypeChecked, Source: Name, Time: p.now()}
	if attributes.ID == "" {
		attributes.ID = uuid.NewString()
	}
	header := attributes.Header()
	tracing.Inject(ctx, header)
	_, err = js.PublishMsg(ctx, &nats.Msg{Subject: event.SubjectChecked, Header: header, Data: checked.Encode()})
	return err
}

// Close ends the connection after what was published is flushed. Later publishes fail.
func (p *NATSPublisher) Close() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.closed = true
	if p.conn == nil {
		return
	}
	// Every publish waits for its acknowledgement, so nothing is left to drain but the socket.
	_ = p.conn.FlushTimeout(p.Timeout)
	p.conn.Close()
	p.conn = nil
}

// connected is the process's one connection, if it is connected.
func (p *NATSPublisher) connected() (*nats.Conn, error) {
	conn, err := p.connection()
	if err != nil {
		return nil, fmt.Errorf("connect to the broker: %w", err)
	}
	if !conn.IsConnected() {
		return nil, errNotConnected
	}
	return conn, nil
}

// connection is the process's one connection, made if there is none yet.
func (p *NATSPublisher) connection() (*nats.Conn, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.closed {
		return nil, errPublisherClosed
	}
	if p.conn == nil {
		conn, err := p.Connect()
		if err != nil {
			return nil, err
		}
		p.conn = conn
	}
	return p.conn, nil
}

func (p *NATSPublisher) now() time.Time {
	if p.Now != nil {
		return p.Now()
	}
	return time.Now()
}

// Connect connects to the broker at url as the checker's user, with an inbox prefix of its own. The connection reconnects for
// ever, also if the broker is away at first or refuses the credentials, which are read again each time; logger is told what
// a try meets, unless the one before met the same. It fails only for settings that can never work, and does not repeat them.
func Connect(url string, files access.Files, logger *slog.Logger) (*nats.Conn, error) {
	user, err := files.Options()
	if err != nil {
		return nil, err
	}
	var met string
	connected := func(*nats.Conn) {
		met = ""
		logger.Info("connected to the broker")
	}
	options := []nats.Option{
		nats.Name(Name),
		nats.CustomInboxPrefix("_INBOX_checker"),
		nats.MaxReconnects(-1),
		// Somebody may mend the account or the secret; without this the second refusal would be the end.
		nats.IgnoreAuthErrorAbort(),
		// A broker that is away at first is waited for in the background, like one that went away later; otherwise every
		// call would dial, one after another.
		nats.RetryOnFailedConnect(true),
		// While the broker is away a publish must fail at once, not wait in a buffer for an answer nobody hears.
		nats.ReconnectBufSize(-1),
		nats.ReconnectErrHandler(func(_ *nats.Conn, err error) {
			if err.Error() != met {
				met = err.Error()
				logger.Warn("the broker cannot be reached", "error", access.Explain(err))
			}
		}),
		nats.ConnectHandler(connected),
		nats.ReconnectHandler(connected),
		// A denied right shows only here; the publisher sees a timeout.
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			logger.Error("broker", "error", err)
		}),
	}
	conn, err := nats.Connect(url, append(options, user...)...)
	if err != nil {
		return nil, errors.New("NATS_URL cannot be read; it must look like nats://host:4222")
	}
	return conn, nil
}
