// Package connector brings events to OpenFaaS functions: it asks the gateway which functions want which topic, keeps one
// durable consumer for each (function, topic), and calls one function for one event with the connector-sdk's Invoker.
// It knows nothing of links, so it serves any functions and streams.
package connector

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/linkwell/linkwell/link-manager/bus"
)

// Bus is what the connector asks of the bus.
type Bus interface {
	Consume(ctx context.Context, c bus.Consumer)
	// Publish returns nil once the broker keeps the event.
	Publish(ctx context.Context, subject string, header map[string][]string, body []byte) error
	// StreamOf returns the first of the streams that keeps events of the subject, which may be a pattern.
	StreamOf(ctx context.Context, subject string, streams []string) (string, error)
}

// Connector brings events to functions until its context ends. It never ends by itself: a gateway or broker that is away
// is waited for.
type Connector struct {
	Bus Bus
	// GatewayURL is the OpenFaaS gateway's, without a trailing slash.
	GatewayURL string
	// CredentialsFolder is read by ReadCredentials each time the gateway is asked which functions there are, because
	// passwords change; empty means that it asks for none.
	CredentialsFolder string
	// Streams are those whose subjects topics are matched against.
	Streams []string
	// Concurrency is how many calls of one function for one topic may be out, at most.
	Concurrency int
	// CallTimeout bounds one call.
	CallTimeout time.Duration
	// AckWait is the consumers'.
	AckWait time.Duration
	// LookupInterval is how often the gateway is asked which functions there are.
	LookupInterval time.Duration
	// Grace is how long calls may go on after the context ended.
	Grace time.Duration
	// Now is the clock; nil means time.Now.
	Now      func() time.Time
	Outcomes Outcomes
	Logger   *slog.Logger

	mutex    sync.Mutex
	lookup   LookupState
	circuits map[string]*circuit
}

// Outcomes counts what became of calls.
type Outcomes interface {
	// Count is told the function and its topic, and what became of an event: ack, retry, dead, infrastructure, crowded, held
	// (it was given back uncalled), expired, skipped.
	Count(function, topic, outcome string)
}

// LookupState is how the last question to the gateway went, for health.
type LookupState struct {
	// Functions is how many (function, topic) pairs are served: wanted, and of a topic that a stream keeps.
	Functions int
	// Err is why the gateway could not be asked; nil if it could.
	Err error
	// At is when; zero before the first answer.
	At time.Time
}

// State returns how the last lookup went.
func (c *Connector) State() LookupState {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.lookup
}

// Run serves until ctx ends, and returns when every call that was out has been answered or given up.
func (c *Connector) Run(ctx context.Context) {
	client := newLookupClient(ctx, c.CredentialsFolder)
	defer client.CloseIdleConnections()
	calls := newCallClient(c.Concurrency, c.CallTimeout)
	defer calls.CloseIdleConnections()

	s := newServing(c, calls)
	defer s.consumers.Wait()
	for pause := lookupRetryMin; ctx.Err() == nil; {
		f, err := lookup(ctx, c.GatewayURL, client)
		if err == nil {
			s.follow(ctx, f)
		} else {
			s.doubt.clear()
		}
		c.note(s, err)
		if err == nil {
			pause = lookupRetryMin
			sleep(ctx, c.LookupInterval)
			continue
		}
		if ctx.Err() != nil {
			return
		}
		// The last good map stays in force: what the gateway does not say now, it said before.
		c.Logger.Warn("the gateway cannot be asked for its functions", "error", err)
		sleep(ctx, pause)
		pause = min(2*pause, c.LookupInterval)
	}
}

// note keeps how a lookup went, and what is served since.
func (c *Connector) note(s *serving, err error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.lookup = LookupState{Functions: len(s.running), Err: err, At: c.now()}
	c.circuits = s.circuits()
}

func (c *Connector) now() time.Time {
	if c.Now != nil {
		return c.Now()
	}
	return time.Now()
}

// sleep returns after d, or when ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
