package serve

import (
	"context"
	"time"

	"github.com/linkwell/linkwell/link-checker/probe"
	"github.com/linkwell/linkwell/link-manager/live"
	"github.com/linkwell/linkwell/link-manager/store"
	"github.com/linkwell/linkwell/link-manager/webhook"
)

const (
	// watchInterval is how late a change is seen that nobody told of, and how late a webhook is tried again.
	watchInterval = 5 * time.Second
	// watchRest is how often at most the store is asked for changes, and with it each stream of events.
	watchRest = 100 * time.Millisecond
)

// newWatch watches the store for changes; it tells other link managers by the bus, once there is one.
func (m *manager) newWatch() *live.Watch {
	return live.NewWatch(live.Watch{
		Bell:     &m.bell,
		Tell:     func() { m.bus.Tell(live.Subject) },
		Interval: watchInterval,
		Rest:     watchRest,
		Logger:   m.Logger,
	})
}

// startWatch wakes whoever waits for changes.
func (m *manager) startWatch(context.Context) error {
	if err := m.bus.Hear(live.Subject, m.changes.Told); err != nil {
		return m.brokerError(err)
	}
	m.background(m.changes.Run)
	return nil
}

// startWebhooks tells owners' own servers of changes of status.
func (m *manager) startWebhooks(context.Context) error {
	m.webhooks = webhook.NewClient(probe.Guard{Allow: m.allow}, m.Now)
	sender := &webhook.Sender{Store: m.store, Client: m.webhooks, Rung: m.bell.Rung, Interval: watchInterval, Logger: m.Logger}
	m.background(sender.Run)
	return nil
}

// testWebhook sends a message that tells of no link.
func (m *manager) testWebhook(ctx context.Context, w store.Webhook) error {
	return m.webhooks.Send(ctx, store.NewTestDelivery(w, m.Now()), webhook.TypeTest)
}
