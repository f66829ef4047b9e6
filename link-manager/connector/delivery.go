package connector

import (
	"context"
	"math"
	"net/http"
	"time"

	"golang.org/x/net/http/httpguts"

	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/bus"
)

// delivery brings one topic's events to one function. It is their bus.Gate.
type delivery struct {
	*Connector
	subscription
	stream      string
	calls       *http.Client
	gateway     *circuit
	to          *function
	concurrency *concurrency
	attempts    attempts
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
		Gate:        d,
		Handle:      d.handle,
	}
}

// Admit returns how many more events may be asked for although out of them are out: none while a circuit keeps them in
// their stream, else as many as the function can do.
func (d *delivery) Admit(out int) (more int, again time.Duration) {
	most := math.MaxInt
	for _, c := range []*circuit{d.gateway, d.to.circuit} {
		events, pause := c.admit()
		if events == 0 {
			return 0, pause
		}
		most = min(most, events)
	}
	if more = min(most, d.concurrency.most()-out); more <= 0 {
		return 0, admitPause
	}
	return more, 0
}

// admitPause is how long a limit may have been lifted, by another delivery's call, before it is noticed.
const admitPause = time.Second

// handle calls the function for one event, does what the outcome table says, and counts it.
func (d *delivery) handle(ctx context.Context, m bus.Message) bus.Disposition {
	disposition, counted := d.deliver(ctx, m)
	d.Outcomes.Count(d.function, d.topic, counted)
	return disposition
}

// deliver returns what becomes of the event, and what it is counted as.
func (d *delivery) deliver(ctx context.Context, m bus.Message) (bus.Disposition, string) {
	switch only := first(m.Header[event.HeaderOnly]); {
	case only != "" && only != d.function:
		return bus.Ack(), "skipped"
	case event.Expired(m.Header, d.now()):
		d.attempts.forget(placeOf(m))
		return bus.Ack(), "expired"
	case len(m.Body) == 0:
		return d.bury(ctx, m, letter{reason: "the event has no body"})
	case !httpguts.ValidHeaderFieldValue(m.Subject):
		// The function is told it, and with a control character no call would ever leave this process.
		return d.bury(ctx, m, letter{reason: "the event's subject has characters that HTTP cannot carry"})
	}
	if given := d.attempts.given(placeOf(m)); given != nil {
		return d.bury(ctx, m, *given)
	}
	suspect := d.attempts.suspect(placeOf(m))
	called, wait, ok := d.enter(suspect)
	if !ok {
		return bus.Retry(wait), "held"
	}
	before := d.to.successes.Load()
	a := invoke(ctx, d.calls, d.GatewayURL, d.function, m.Subject, m.Body, callHeader(m))
	policy := d.to.policy.Load()
	o := policy.apply(decide(a, d.now()), a.status)
	d.concurrency.end(called, effectOf(a))
	if a.err == nil && !fromGatewayAlone(a) {
		d.gateway.answered()
	}
	switch o.verdict {
	case unanswered:
		return d.hold(ctx, m, a, o, before)
	case crowded:
		wait := max(o.notBefore, policy.wait(int(min(m.Deliveries, math.MaxInt16))))
		d.Logger.WarnContext(ctx, "function is crowded", "function", d.function, "topic", d.topic, "sequence", m.Sequence, "retry_in", wait, "reason", o.reason)
		return bus.Retry(wait), string(crowded)
	case done, hopeless, again:
	}
	d.to.circuit.answered()
	return d.settle(ctx, m, a, o, policy)
}

// enter counts a call in if both circuits and the function's concurrency let it through; otherwise it returns how long
// the event should wait.
func (d *delivery) enter(suspect bool) (entered call, wait time.Duration, ok bool) {
	// For the gateway all events are alike.
	if wait, ok := d.gateway.enter(false); !ok {
		return call{}, wait, false
	}
	if wait, ok := d.to.circuit.enter(suspect); !ok {
		if suspect {
			wait = max(wait, heldWait())
		}
		return call{}, wait, false
	}
	entered, ok = d.concurrency.begin(suspect)
	if !ok {
		return call{}, heldWait(), false
	}
	return entered, 0, true
}

// settle decides about an event that the function answered.
func (d *delivery) settle(ctx context.Context, m bus.Message, a answer, o outcome, policy *retryPolicy) (bus.Disposition, string) {
	if o.verdict == done {
		d.to.successes.Add(1)
		d.attempts.forget(placeOf(m))
		return bus.Ack(), string(done)
	}
	n := d.attempts.answered(placeOf(m), d.now())
	if o.verdict == hopeless || n >= policy.attempts {
		return d.bury(ctx, m, letter{reason: o.reason, attempts: n, answer: a})
	}
	wait := max(o.notBefore, policy.wait(n))
	if event.Expired(m.Header, d.now().Add(wait)) {
		// By then nobody waits for it any more, and whoever still wants it asks anew. As a dead letter it would say that the
		// function cannot do it, which one answer that came late does not show.
		d.Logger.WarnContext(ctx, "event expires before another attempt", "function", d.function, "topic", d.topic, "sequence", m.Sequence, "attempt", n, "reason", o.reason)
		d.attempts.forget(placeOf(m))
		return bus.Ack(), "expired"
	}
	d.Logger.WarnContext(ctx, "event will be tried again", "function", d.function, "topic", d.topic, "sequence", m.Sequence, "attempt", n, "in", wait, "reason", o.reason)
	return bus.Retry(wait), string(again)
}

// hold keeps an event that did not reach the function: no attempt is counted. At the end of the process it goes back at
// once, for somebody else. Only an event that goes unanswered again and again while others succeed is given up.
func (d *delivery) hold(ctx context.Context, m bus.Message, a answer, o outcome, before uint64) (bus.Disposition, string) {
	if ctx.Err() != nil {
		return bus.Retry(0), string(unanswered)
	}
	var wait time.Duration
	if fromGatewayAlone(a) {
		wait = max(d.gateway.unanswered(), circuitWaitMin)
	} else {
		d.to.circuit.unanswered()
		failures, lonely := d.attempts.failed(placeOf(m), d.now(), before, d.to.successes.Load())
		if lonely >= poisonFailures {
			return d.bury(ctx, m, letter{reason: "poison", attempts: failures, answer: a})
		}
		wait = unansweredWait(failures, lonely)
	}
	d.Logger.WarnContext(ctx, "function not reached", "function", d.function, "topic", d.topic, "sequence", m.Sequence, "retry_in", wait, "reason", o.reason)
	return bus.Retry(wait), string(unanswered)
}
