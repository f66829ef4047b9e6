package record_test

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"testing"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/bus"
	"github.com/linkwell/linkwell/link-manager/record"
	"github.com/linkwell/linkwell/link-manager/store"
)

// outcomeStore answers every result with the same outcome.
type outcomeStore struct {
	outcome store.Outcome
	err     error
	applied []event.Checked
	blind   bool
}

func (s *outcomeStore) Apply(_ context.Context, c event.Checked, blind func(store.Incoming) bool) (store.Outcome, error) {
	s.applied, s.blind = append(s.applied, c), blind != nil && blind(store.Incoming{Reason: c.Reason})
	return s.outcome, s.err
}

type counts map[string]int

func (c counts) Count(outcome string)   { c[outcome]++ }
func (c counts) Applied(r check.Result) { c[string(r.Reason)]++ }

func TestWhatBecomesOfAnAnswer(t *testing.T) {
	const checkID = "0f6c0f6c0f6c0f6c0f6c0f6c0f6c0f6c"
	answer := func(id string) []byte {
		c := event.Checked{CheckID: id, Result: check.Result{URL: "https://example.com/"}}
		c.Decide(check.OK)
		return c.Encode()
	}
	for name, test := range map[string]struct {
		body    []byte
		ceType  string
		outcome store.Outcome
		err     error
		want    string
		counted counts
		applied int
	}{
		"one that is waited for is applied":       {body: answer(checkID), outcome: store.Applied, want: "ack", counted: counts{"applied": 1, "ok": 1}, applied: 1},
		"one that nobody waits for is counted":    {body: answer(checkID), outcome: store.Late, want: "ack", counted: counts{"late": 1}, applied: 1},
		"one for another URL is counted":          {body: answer(checkID), outcome: store.Mismatch, want: "ack", counted: counts{"mismatch": 1}, applied: 1},
		"one the store cannot take comes again":   {body: answer(checkID), err: errors.New("disk full"), want: "retry after 2s", counted: counts{}, applied: 1},
		"one to a call by hand is counted":        {body: answer(""), want: "ack", counted: counts{"by_hand": 1}},
		"one that is not JSON is dropped":         {body: []byte("no"), want: "drop: ", counted: counts{"malformed": 1}},
		"one of a version to come is dropped":     {body: answer(checkID), ceType: "linkwell.link.checked.v2", want: "drop: ", counted: counts{"malformed": 1}},
		"one of our version is understood as one": {body: answer(checkID), ceType: event.TypeChecked, outcome: store.Applied, want: "ack", counted: counts{"applied": 1, "ok": 1}, applied: 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := &outcomeStore{outcome: test.outcome, err: test.err}
			counted := counts{}
			r := &record.Recorder{Store: s, Outcomes: counted, Logger: slog.New(slog.NewTextHandler(t.Output(), nil))}
			m := bus.Message{Body: test.body}
			if test.ceType != "" {
				m.Header = map[string][]string{event.HeaderType: {test.ceType}}
			}
			got := r.Handle(t.Context(), m).String()
			if got != test.want && (test.want != "drop: " || got[:len(test.want)] != test.want) {
				t.Errorf("disposition is %q, want %q", got, test.want)
			}
			if !maps.Equal(counted, test.counted) || len(s.applied) != test.applied {
				t.Errorf("counted %v and applied %d, want %v and %d", counted, len(s.applied), test.counted, test.applied)
			}
		})
	}
}

func TestTheStoreIsToldWhetherWeAreBlind(t *testing.T) {
	for _, blind := range []bool{true, false} {
		s := &outcomeStore{outcome: store.Applied}
		r := &record.Recorder{Store: s, Outcomes: counts{}, Blind: func(a store.Incoming) bool { return blind && a.Reason == check.Gone }, Logger: slog.New(slog.DiscardHandler)}
		c := event.Checked{CheckID: event.NewCheckID(), Result: check.Result{URL: "https://example.com/"}}
		c.Decide(check.Gone)
		r.Handle(t.Context(), bus.Message{Body: c.Encode()})
		if s.blind != blind || len(s.applied) != 1 {
			t.Errorf("%d answers were applied, blind %v, want %v", len(s.applied), s.blind, blind)
		}
	}
}
