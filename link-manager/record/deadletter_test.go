package record_test

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/bus"
	"github.com/linkwell/linkwell/link-manager/deadletter"
	"github.com/linkwell/linkwell/link-manager/record"
)

// releases is a store that keeps what it was asked to release.
type releases struct {
	err   error
	until map[string]time.Time
}

func (r *releases) Release(_ context.Context, checkID string, until time.Time) (bool, error) {
	r.until[checkID] = until
	return true, r.err
}

func TestADeadLetterEndsItsLease(t *testing.T) {
	const checkID = "0f6c0f6c0f6c0f6c0f6c0f6c0f6c0f6c"
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	request := func(attempt int) []byte {
		return event.Request{CheckID: checkID, URL: "https://example.com/", Attempt: attempt}.Encode()
	}
	for name, test := range map[string]struct {
		body     []byte
		ceType   string
		function string // empty means link-checker.openfaas-fn
		err      error
		want     string
		gap      time.Duration // 0: nothing is released
	}{
		"of the first attempt":            {body: request(1), want: "ack", gap: 10 * time.Minute},
		"of the fourth, after a rest":     {body: request(4), want: "ack", gap: 80 * time.Minute},
		"of the thousandth, after a day":  {body: request(1000), want: "ack", gap: 24 * time.Hour},
		"of an attempt that was no count": {body: request(-7), want: "ack", gap: 10 * time.Minute},
		"that the store cannot take now":  {body: request(1), err: errors.New("disk full"), want: "retry after 2s", gap: 10 * time.Minute},
		"of somebody else's event":        {body: []byte(`{"order":7}`), want: "ack"},
		"of a call by hand":               {body: []byte(`{"url":"https://example.com/"}`), want: "ack"},
		"of another kind of event":        {body: request(1), ceType: "com.example.order.v1", want: "ack"},
		"of the other checker":            {body: request(1), function: "link-rechecker", want: "ack", gap: 10 * time.Minute},
		// A checker may be about to answer what somebody's archiver refuses; its answer must not come late.
		"of another function on our topic": {body: request(1), function: "archiver.openfaas-fn", want: "ack"},
		"that does not say whose it is":    {body: request(1), function: "-", want: "ack"},
	} {
		t.Run(name, func(t *testing.T) {
			s := &releases{err: test.err, until: map[string]time.Time{}}
			d := &record.DeadLetters{Store: s, Checkers: []string{"link-checker", "link-rechecker"}, Now: func() time.Time { return now }, Logger: slog.New(slog.NewTextHandler(t.Output(), nil))}
			l := deadletter.Letter{Function: cmp.Or(test.function, "link-checker.openfaas-fn"), Header: map[string][]string{}}
			if test.ceType != "" {
				l.Header[event.HeaderType] = []string{test.ceType}
			}
			_, header := l.Encode()
			m := bus.Message{Header: header, Body: test.body}
			if got := d.Handle(t.Context(), m).String(); got != test.want {
				t.Errorf("disposition is %q, want %q", got, test.want)
			}
			until, released := s.until[checkID]
			if released != (test.gap > 0) || (released && until.Sub(now) != test.gap) {
				t.Errorf("released: %v, after %v; want after %v", released, until.Sub(now), test.gap)
			}
		})
	}
}
