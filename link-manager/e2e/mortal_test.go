//go:build !openfaas

package e2e_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"

	function "github.com/linkwell/linkwell/link-checker"
	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/bus"
	"github.com/linkwell/linkwell/link-manager/connector"
	"github.com/linkwell/linkwell/link-manager/dispatch"
	"github.com/linkwell/linkwell/link-manager/record"
	"github.com/linkwell/linkwell/link-manager/store"
)

// step is a moment between two effects that last, on a check's way from the claim to the last ack.
type step string

// steps are all of them, in the order that a check takes them. The parts' interfaces have one on either side of each of
// their effects; where nothing but a return lies between two, they are one. A part dies there by losing its connection to
// the broker and its context, so it says nothing more to anybody: what it holds is neither acknowledged nor handed back.
var steps = []step{claimed, requesting, requested, calling, probing, answering, answered, called, applying, applied}

const (
	claimed    step = "the dispatcher's claim is committed, and it has not heard so"
	requesting step = "the dispatcher is about to publish the request"
	requested  step = "the broker has the request, and the dispatcher has not heard so"
	calling    step = "the connector has the request, and is about to call the function"
	probing    step = "the function is called, and is about to look"
	answering  step = "the function has looked, and is about to publish its answer"
	answered   step = "the broker has the answer, and the function has not heard so"
	called     step = "the connector has heard from the function, and is about to acknowledge the request"
	applying   step = "the recorder has the answer, and is about to apply it"
	applied    step = "the answer is committed, and the recorder has not acknowledged it"
)

// fate decides where the next part dies.
type fate struct {
	mutex sync.Mutex
	next  step // empty if nobody is to die
}

// decide has the next part that comes to this step die there.
func (f *fate) decide(next step) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.next = next
}

// fulfilled reports whether it did.
func (f *fate) fulfilled() bool {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return f.next == ""
}

func (f *fate) strikes(here step) bool {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.next != here {
		return false
	}
	f.next = ""
	return true
}

// life is one life of a part.
type life struct {
	fate *fate
	// end cuts all that connects the part to the others.
	end  func()
	over atomic.Bool
}

// errDead is what a dead part meets: nothing that it tries has an effect any more.
var errDead = errors.New("this part is dead")

// comes fails with errDead if the life is over, or ends at this step.
func (l *life) comes(to step) error {
	if !l.over.Load() && l.fate.strikes(to) {
		l.over.Store(true)
		l.end()
	}
	if l.over.Load() {
		return errDead
	}
	return nil
}

// mortalClaims and mortalRequests are the dispatcher's.
type mortalClaims struct {
	dispatch.Store
	*life
}

func (m mortalClaims) Claim(ctx context.Context, r store.ClaimRequest) (store.Claimed, error) {
	found, err := m.Store.Claim(ctx, r)
	if err == nil && len(found.Claims) > 0 {
		err = m.comes(claimed)
	}
	if err != nil {
		return store.Claimed{}, err
	}
	return found, nil
}

type mortalRequests struct {
	dispatch.Publisher
	*life
}

func (m mortalRequests) Publish(ctx context.Context, subject string, header map[string][]string, body []byte) error {
	if err := m.comes(requesting); err != nil {
		return err
	}
	if err := m.Publisher.Publish(ctx, subject, header, body); err != nil {
		return err
	}
	return m.comes(requested)
}

// mortalBus is the connector's.
type mortalBus struct {
	connector.Bus
	*life
}

func (m mortalBus) Consume(ctx context.Context, c bus.Consumer) {
	handle := c.Handle
	c.Handle = func(ctx context.Context, message bus.Message) bus.Disposition {
		if m.comes(calling) != nil {
			return bus.Retry(0) // nobody hears that
		}
		disposition := handle(ctx, message)
		if disposition == bus.Ack() {
			_ = m.comes(called) // nor that
		}
		return disposition
	}
	m.Bus.Consume(ctx, c)
}

// mortalAnswers are the function's. Its death breaks the call that is out.
type mortalAnswers struct {
	function.Publisher
	*life
}

func (m mortalAnswers) Ready() error {
	m.mayBreak(probing)
	return m.Publisher.Ready()
}

func (m mortalAnswers) Publish(ctx context.Context, checked event.Checked) error {
	m.mayBreak(answering)
	err := m.Publisher.Publish(ctx, checked)
	m.mayBreak(answered)
	return err
}

func (m mortalAnswers) mayBreak(here step) {
	if m.comes(here) != nil {
		panic(http.ErrAbortHandler)
	}
}

// mortalRecords is the recorder's.
type mortalRecords struct {
	record.Store
	*life
}

func (m mortalRecords) Apply(ctx context.Context, checked event.Checked, blind func(store.Incoming) bool) (store.Outcome, error) {
	if err := m.comes(applying); err != nil {
		return "", err
	}
	outcome, err := m.Store.Apply(ctx, checked, blind)
	if err == nil && outcome == store.Applied {
		err = m.comes(applied)
	}
	return outcome, err
}
