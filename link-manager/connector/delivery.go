package connector

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"syscall"

	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/bus"
)

// delivery brings one topic's events to one function.
type delivery struct {
	*Connector
	subscription
	stream   string
	calls    *http.Client
	circuit  *circuit
	attempts attempts
}

func (c *Connector) delivery(s subscription, stream string, calls *http.Client) *delivery {
	return &delivery{
		Connector:    c,
		subscription: s,
		stream:       stream,
		calls:        calls,
		circuit:      &circuit{concurrency: c.Concurrency, now: c.now},
	}
}

// consumer is the durable consumer of this delivery: one for each function and topic, so that one function's trouble
// never repeats an event to another.
func (d *delivery) consumer() bus.Consumer {
	return bus.Consumer{
		Stream:      d.stream,
		Durable:     durable(d.subscription),
		Subject:     d.topic,
		AckWait:     d.AckWait,
		Concurrency: d.Concurrency,
		Grace:       d.Grace,
		Gate:        d.circuit,
		Handle:      d.handle,
	}
}

// durable is the consumer's name, link-checker_openfaas-fn__link_added: a dot, which it may not have, becomes _, and
// what could be taken for something else an escape. Function names have neither _ nor =, so no two are named alike.
func durable(s subscription) string {
	escape := strings.NewReplacer(".", "_", "_", "=5F", "=", "=3D", "*", "=2A", ">", "=3E")
	return escape.Replace(s.function) + "__" + escape.Replace(s.topic)
}

// handle calls the function for one event, does what the outcome table says, and counts it.
func (d *delivery) handle(ctx context.Context, m bus.Message) bus.Disposition {
	disposition, counted := d.deliver(ctx, m)
	d.Outcomes.Count(d.function, counted)
	return disposition
}

// deliver returns what becomes of the event, and what it is counted as.
func (d *delivery) deliver(ctx context.Context, m bus.Message) (bus.Disposition, string) {
	switch only := first(m.Header[event.HeaderOnly]); {
	case only != "" && only != d.function:
		return bus.Ack(), "skipped"
	case event.Expired(m.Header, d.now()):
		d.attempts.forget(m.Sequence)
		return bus.Ack(), "expired"
	case len(m.Body) == 0:
		return d.bury(ctx, m, letter{reason: "the event has no body"})
	}
	a := invoke(ctx, d.calls, d.GatewayURL, d.subscription, m.Body, callHeader(m))
	o := decide(a, d.now())
	if o.verdict == unanswered {
		return d.hold(ctx, m, a, o), string(unanswered)
	}
	d.circuit.answered()

	n := d.attempts.add(m.Sequence, d.now())
	switch {
	case o.verdict == done:
		d.attempts.forget(m.Sequence)
		return bus.Ack(), string(done)
	case o.verdict == hopeless || n >= maxAttempts:
		return d.bury(ctx, m, letter{reason: o.reason, attempts: n, answer: a})
	}
	wait := max(o.notBefore, backoff(n))
	d.Logger.Warn("event will be tried again", "function", d.function, "topic", d.topic, "sequence", m.Sequence, "attempt", n, "in", wait, "reason", o.reason)
	return bus.Retry(wait), string(again)
}

// hold keeps an event that did not reach the function: no attempt is counted. At the end of the process it goes back at
// once, for somebody else.
func (d *delivery) hold(ctx context.Context, m bus.Message, a answer, o outcome) bus.Disposition {
	if ctx.Err() != nil {
		return bus.Retry(0)
	}
	wait := d.circuit.unanswered(errors.Is(a.err, syscall.ECONNREFUSED))
	d.Logger.Warn("function not reached", "function", d.function, "topic", d.topic, "sequence", m.Sequence, "retry_in", wait, "reason", o.reason)
	return bus.Retry(wait)
}
