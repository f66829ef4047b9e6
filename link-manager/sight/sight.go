// Package sight tells whether what we see can be trusted. When our own network is away everybody's links seem dead; while
// we are blind no answer counts against a link, and afterwards those that were judged meanwhile are looked at again.
//
// It is noticed in two ways: by canaries (URLs that are always there, seen by nobody) and by flips (too many hosts fail of
// a sudden). What one manager notices holds for all that share its store, and outlives the process.
package sight

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// Cause is how blindness was noticed.
type Cause string

// The causes.
const (
	ByCanaries Cause = "canaries"
	ByFlips    Cause = "flips"
)

// Store is what Sight asks of the store.
type Store interface {
	NoticeBlindness(ctx context.Context, b store.Blindness) error
	Blindness(ctx context.Context) ([]store.Blindness, error)
	ForgetBlindness(ctx context.Context) error
	LookAgain(ctx context.Context, since time.Time) (targets int, err error)
	LookAgainAt(ctx context.Context, ids []int64) (targets int, err error)
}

// Config is what a Sight is built from.
type Config struct {
	Store Store
	// Canaries are looked at while Run runs.
	Canaries Canaries
	// Hold is how long blindness lasts after its cause has passed: as long as an answer may take that was asked for before.
	Hold time.Duration
	// Interval is how often it is shared and read; 0 means defaultInterval.
	Interval time.Duration
	// Now is the clock; nil means time.Now.
	Now    func() time.Time
	Logger *slog.Logger
}

// Sight knows whether we are blind. It is safe for concurrent use.
type Sight struct {
	Config
	noticed chan struct{} // that something began or ended here

	mutex    sync.Mutex
	flips    flips
	canaries judgement
	known    map[Cause]store.Blindness // what is shared
	told     bool                      // whether the log says that we are blind
	tried    time.Time                 // when suspects were last looked at
}

// defaultInterval is how soon one manager knows what another noticed.
const defaultInterval = 5 * time.Second

// New returns a Sight that sees. Call Resume before it is asked, and Run.
func New(c Config) *Sight {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Interval == 0 {
		c.Interval = defaultInterval
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	return &Sight{Config: c, noticed: make(chan struct{}, 1), known: map[Cause]store.Blindness{}}
}

// Resume goes on where an earlier process, or another, is blind. It fails if the store cannot be read.
func (s *Sight) Resume(ctx context.Context) error {
	if err := s.read(ctx); err != nil {
		return err
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if b, blind := s.known[ByFlips]; blind {
		s.flips.resume(s.Now(), b.Why)
	}
	return nil
}

// Blind hears an answer that is about to be folded, and reports whether it must not count against its target. It is for
// store.Apply: it does not wait for anybody, and hearing an answer again changes nothing.
func (s *Sight) Blind(a store.Incoming) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	now := s.Now()
	if failed, tells := tells(a); tells {
		before := s.flips.since
		s.flips.hear(now, a.Host, a.TargetID, failed)
		if s.flips.since != before {
			select {
			case s.noticed <- struct{}{}:
			default:
			}
		}
	}
	return s.state(now).Blind()
}

// tells reports whether something can be learnt from an answer (see flips), and if so whether it failed.
func tells(a store.Incoming) (failed, tells bool) {
	switch {
	case !a.Known.Checked():
		return false, false
	case a.Reason.Status() == check.Valid:
		return false, true
	}
	flip := a.Known.Status == check.Valid && a.Known.FailingSince.IsZero() && link.CountsAgainst(a.Reason)
	return flip, flip
}

// State is whether we are blind now, and why.
func (s *Sight) State() State {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.state(s.Now())
}

// BlindBy reports whether we are blind by this cause.
func (s *Sight) BlindBy(c Cause) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	_, blind := s.blindness(s.Now())[c]
	return blind
}

func (s *Sight) state(now time.Time) State {
	all := s.blindness(now)
	if len(all) == 0 {
		return State{}
	}
	cause := slices.Min(slices.Collect(maps.Keys(all))) // the canaries, which are surer, come first
	return State{Cause: cause, Why: all[cause].Why, Since: all[cause].Since}
}

// blindness is what is noticed here and what was noticed anywhere and has not ended.
func (s *Sight) blindness(now time.Time) map[Cause]store.Blindness {
	all := s.noticedHere(now)
	for cause, b := range s.known {
		here, both := all[cause]
		switch {
		case both && b.Since.Before(here.Since):
			here.Since = b.Since
			all[cause] = here
		case !both && now.Before(b.Until):
			all[cause] = b
		}
	}
	return all
}

// noticedHere is what this process notices now.
func (s *Sight) noticedHere(now time.Time) map[Cause]store.Blindness {
	here := map[Cause]store.Blindness{}
	notice := func(cause Cause, since time.Time, why string) {
		if !since.IsZero() {
			here[cause] = store.Blindness{Cause: string(cause), Why: why, Since: since, Until: now.Add(2*s.Interval + s.Hold)}
		}
	}
	notice(ByCanaries, s.canaries.blindSince(now), "no canary URL answers")
	notice(ByFlips, s.flips.since, s.flips.why)
	return here
}

// Run shares what is noticed, reads what others noticed, looks at the canaries and, once we see again, has looked at again
// what was judged meanwhile, until ctx ends.
func (s *Sight) Run(ctx context.Context) {
	var running sync.WaitGroup
	defer running.Wait()
	if len(s.Canaries.URLs) > 0 {
		running.Go(func() { s.watchCanaries(ctx) })
	}
	ticker := time.NewTicker(s.Interval)
	defer ticker.Stop()
	for ctx.Err() == nil {
		if err := s.tick(ctx); err != nil && ctx.Err() == nil {
			s.Logger.Error("share whether we are blind", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-s.noticed:
		case <-ticker.C:
		}
	}
}

func (s *Sight) watchCanaries(ctx context.Context) {
	client := newClient()
	defer client.CloseIdleConnections()
	for {
		seen := s.Canaries.look(ctx, client)
		if ctx.Err() != nil {
			return
		}
		s.mutex.Lock()
		rest := s.canaries.add(s.Now(), seen)
		s.mutex.Unlock()
		select {
		case <-ctx.Done():
			return
		case <-time.After(rest):
		}
	}
}

// tick shares, reads, tells and repairs once. Where the store fails, what is noticed here still holds here.
func (s *Sight) tick(ctx context.Context) error {
	s.mutex.Lock()
	here := s.noticedHere(s.Now())
	maps.Copy(s.known, here)
	s.mutex.Unlock()
	for _, b := range here {
		if err := s.Store.NoticeBlindness(ctx, b); err != nil {
			s.tell()
			return err
		}
	}
	if err := s.read(ctx); err != nil {
		s.tell()
		return err
	}
	s.tell()
	if err := s.try(ctx); err != nil {
		return err
	}
	return s.repair(ctx)
}

// tryAgain is how often suspects are looked at.
const tryAgain = 10 * time.Minute

// try has suspects looked at again, to find out whether our network is back. If there are none, because an earlier
// process knew them or because all of them have answered well, all that failed are looked at.
func (s *Sight) try(ctx context.Context) error {
	s.mutex.Lock()
	now, began := s.Now(), s.flips.since
	suspects := slices.Collect(maps.Values(s.flips.suspects))
	if b, known := s.known[ByFlips]; known {
		began = b.Since
	}
	wait := s.flips.since.IsZero() || now.Sub(s.tried) < tryAgain
	if !wait {
		s.tried = now
	}
	s.mutex.Unlock()
	if wait {
		return nil
	}
	if len(suspects) == 0 {
		_, err := s.Store.LookAgain(ctx, began.Add(-window))
		return err
	}
	_, err := s.Store.LookAgainAt(ctx, suspects)
	return err
}

func (s *Sight) read(ctx context.Context) error {
	all, err := s.Store.Blindness(ctx)
	if err != nil {
		return err
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	clear(s.known)
	for _, b := range all {
		s.known[Cause(b.Cause)] = b
	}
	return nil
}

// tell writes to the log when blindness begins and when it ends.
func (s *Sight) tell() {
	s.mutex.Lock()
	state, told := s.state(s.Now()), s.told
	s.told = state.Blind()
	s.mutex.Unlock()
	switch {
	case state.Blind() && !told:
		s.Logger.Warn("we are blind: no link turns invalid until it passes", "cause", state.Cause, "why", state.Why, "since", state.Since)
	case !state.Blind() && told:
		s.Logger.Info("we see again")
	}
}

// repair, once all blindness has ended, has everything looked at again that was answered badly since shortly before it
// began: those that failed before it was noticed have collected evidence, or turned invalid at once, and one good answer
// clears both; those that failed later may rest for days. Only then is it forgotten, so that a process that dies
// meanwhile leaves it to the next. Two that do it at the same time do no harm.
func (s *Sight) repair(ctx context.Context) error {
	s.mutex.Lock()
	ended := slices.Collect(maps.Values(s.known))
	blind := s.state(s.Now()).Blind()
	s.mutex.Unlock()
	if blind || len(ended) == 0 {
		return nil
	}
	since := ended[0].Since
	for _, b := range ended {
		if b.Since.Before(since) {
			since = b.Since
		}
	}
	targets, err := s.Store.LookAgain(ctx, since.Add(-window))
	if err != nil {
		return err
	}
	s.Logger.Info("what failed while we were blind is looked at again", "targets", targets, "since", since)
	if err := s.Store.ForgetBlindness(ctx); err != nil {
		return err
	}
	return s.read(ctx)
}
