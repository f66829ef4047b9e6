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
		circuit:      &circuit{concurrency: c.Concurrency, now: c.Now},
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

// durable is the consumer's name, link-checker_openfaas-fn_on_link_added: a name may not have dots.
func durable(s subscription) string {
	escape := strings.NewReplacer("_", "__", ".", "_", "*", "_any", ">", "_all")
	return escape.Replace(s.function) + "_on_" + escape.Replace(s.topic)
}

// handle calls the function for one event and does what the outcome table says.
func (d *delivery) handle(ctx context.Context, m bus.Message) bus.Disposition {
	switch {
	case event.Expired(m.Header, d.Now()):
		d.Outcomes.Count(d.function, "expired")
		d.attempts.forget(m.Sequence)
		return bus.Ack()
	case len(m.Body) == 0:
		return d.bury(ctx, m, letter{reason: "the event has no body"})
	}
	a := invoke(ctx, d.calls, d.GatewayURL, d.subscription, m.Body, callHeader(m))
	o := decide(a, d.Now())
	d.Outcomes.Count(d.function, string(o.verdict))
	if o.verdict == unanswered {
		return d.hold(ctx, m, a, o)
	}
	d.circuit.answered()

	n := d.attempts.add(m.Sequence)
	switch {
	case o.verdict == done:
		d.attempts.forget(m.Sequence)
		return bus.Ack()
	case o.verdict == hopeless || n >= maxAttempts:
		return d.bury(ctx, m, letter{reason: o.reason, attempts: n, answer: a})
	}
	wait := max(o.notBefore, backoff(n))
	d.Logger.Warn("event will be tried again", "function", d.function, "topic", d.topic, "sequence", m.Sequence, "attempt", n, "in", wait, "reason", o.reason)
	return bus.Retry(wait)
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
