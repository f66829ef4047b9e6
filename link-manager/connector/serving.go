package connector

import (
	"context"
	"net/http"
	"sync"
)

// serving is which deliveries run. It belongs to the goroutine of Run.
type serving struct {
	*Connector
	calls     *http.Client
	gateway   *circuit
	functions map[string]*function
	running   map[subscription]context.CancelFunc
	doubt     doubt
	notices   notices
	consumers sync.WaitGroup
}

func newServing(c *Connector, calls *http.Client) *serving {
	return &serving{
		Connector: c,
		calls:     calls,
		gateway:   newGatewayCircuit(c.now),
		functions: make(map[string]*function),
		running:   make(map[subscription]context.CancelFunc),
		notices:   notices{logger: c.Logger},
	}
}

// follow does what a lookup found: it starts a consumer for each subscription that is new, and stops those that are gone,
// unless that is doubtful.
func (s *serving) follow(ctx context.Context, f found) {
	s.notices.begin()
	defer s.notices.end()
	had := len(s.running)
	wanted := make(map[subscription]bool, len(f.wanted))
	for _, w := range f.wanted {
		wanted[w] = true
		s.readPolicy(w.function, f.annotations[w.function])
		if s.running[w] == nil {
			s.start(ctx, w)
		}
	}
	l := lost{had: had, others: len(s.running) > had, empty: f.empty}
	for r := range s.running {
		if !wanted[r] {
			l.gone++
		}
	}
	if !s.doubt.believes(l, s.now()) {
		s.notices.warn("doubt", "the gateway suddenly lists fewer functions; those that are gone are served on until it has said so for a while",
			"gone", l.gone, "had", l.had, "for", doubtFor, "lookups", doubtTimes)
		return
	}
	s.letGo(wanted)
}

// readPolicy reads a function's annotations, which may change at any time.
func (s *serving) readPolicy(name string, annotations map[string]string) {
	to := s.functions[name]
	if to == nil {
		to = newFunction(s.now)
		s.functions[name] = to
	}
	policy, wrong := readRetryPolicy(annotations)
	to.policy.Store(&policy)
	for _, sentence := range wrong {
		s.notices.warn([2]string{name, sentence}, sentence, "function", name)
	}
}

// start starts a consumer for a subscription, if that is possible.
func (s *serving) start(ctx context.Context, w subscription) {
	if err := w.servable(); err != nil {
		s.notices.warn(w, "topic cannot be served: "+err.Error(), "function", shorten(w.function), "topic", shorten(w.topic))
		return
	}
	stream, err := s.Bus.StreamOf(ctx, w.topic, s.Streams)
	if err != nil {
		s.notices.warn(w, "topic cannot be served yet: "+err.Error(), "function", w.function, "topic", w.topic)
		return
	}
	serving, stop := context.WithCancel(ctx)
	s.running[w] = stop
	d := s.delivery(w, stream)
	s.Logger.Info("serving", "function", w.function, "topic", w.topic, "stream", stream)
	s.consumers.Go(func() { s.Bus.Consume(serving, d.consumer()) })
}

func (s *serving) delivery(w subscription, stream string) *delivery {
	return &delivery{
		Connector:    s.Connector,
		subscription: w,
		stream:       stream,
		calls:        s.calls,
		gateway:      s.gateway,
		to:           s.functions[w.function],
		concurrency:  newConcurrency(s.Concurrency),
	}
}

// letGo stops what nobody wants any more.
func (s *serving) letGo(wanted map[subscription]bool) {
	named := make(map[string]bool, len(wanted))
	for w := range wanted {
		named[w.function] = true
	}
	for r, stop := range s.running {
		if !wanted[r] {
			s.Logger.Info("no longer serving", "function", r.function, "topic", r.topic)
			stop()
			delete(s.running, r)
		}
	}
	for name := range s.functions {
		if !named[name] {
			delete(s.functions, name)
		}
	}
}
