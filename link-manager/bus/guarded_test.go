package bus_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/linkwell/linkwell/link-checker/access"
	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/bus"
	"github.com/linkwell/linkwell/link-manager/bus/brokertest"
)

// guarded is a NATS with permissions.conf, our streams and consumers in it, and somebody's who has nothing to do with us.
type guarded struct {
	t     *testing.T
	url   string
	rules brokertest.Rules
}

// inboxes are where each user hears answers.
var inboxes = map[string]string{
	brokertest.Manager:              "_INBOX_manager",
	brokertest.Connector:            "_INBOX_connector",
	brokertest.Checker:              "_INBOX_checker",
	brokertest.ManagerWithConnector: "_INBOX_manager",
}

const (
	otherStream, otherSubject = "OTHER", "other.topic"
	// function is the consumer that the connector has for link-checker.
	function = "link-checker__link_added"
)

func startGuarded(t *testing.T) *guarded {
	t.Helper()
	g := &guarded{t: t, rules: brokertest.Read(t, "permissions.conf")}
	g.rules.Options.Users = append(g.rules.Options.Users, &server.User{Username: "admin", Password: "secret", Account: g.rules.Account(t)})
	g.url = g.rules.Start(t)

	manager := g.bus(brokertest.Manager, event.Streams(time.Minute))
	if err := manager.EnsureStreams(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := g.admin().CreateStream(t.Context(), jetstream.StreamConfig{Name: otherStream, Subjects: []string{otherSubject}}); err != nil {
		t.Fatal(err)
	}
	handle := func(context.Context, bus.Message) bus.Disposition { return bus.Ack() }
	for _, c := range []struct {
		user string
		bus.Consumer
	}{
		{brokertest.Manager, bus.Consumer{Stream: event.StreamChecked, Durable: "link-manager", Subject: event.SubjectChecked}},
		{brokertest.Manager, bus.Consumer{Stream: event.StreamDead, Durable: "link-manager", Subject: event.SubjectDead + ".>"}},
		{brokertest.Connector, bus.Consumer{Stream: event.StreamRequests, Durable: function, Subject: event.SubjectAdded}},
	} {
		c.AckWait, c.Concurrency, c.Handle = time.Minute, 1, handle
		if err := g.bus(c.user, nil).Ensure(t.Context(), c.Consumer); err != nil {
			t.Fatal(err)
		}
	}
	for _, subject := range []string{event.SubjectAdded, event.SubjectDue, event.SubjectChecked, event.SubjectDead + ".a", otherSubject} {
		if _, err := g.admin().Publish(t.Context(), subject, []byte("{}")); err != nil {
			t.Fatal(err)
		}
	}
	return g
}

// bus is a connection of ours as the user.
func (g *guarded) bus(user string, streams []jetstream.StreamConfig) *bus.Bus {
	g.t.Helper()
	b, err := bus.Connect(g.t.Context(), bus.Config{
		URL: g.url, Files: access.Files{Credentials: g.rules.Seeds[user]}, Name: strings.TrimPrefix(inboxes[user], "_INBOX_"), Streams: streams, Logger: logger(g.t),
	})
	if err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(b.Close)
	return b
}

// connect is a connection of whoever has stolen the user's credentials.
func (g *guarded) connect(user string) *nats.Conn {
	g.t.Helper()
	options, err := access.Files{Credentials: g.rules.Seeds[user]}.Options()
	if err != nil {
		g.t.Fatal(err)
	}
	return g.dial(append(options, nats.CustomInboxPrefix(inboxes[user]))...)
}

func (g *guarded) dial(options ...nats.Option) *nats.Conn {
	g.t.Helper()
	// What is denied is this test's business, not its log's.
	conn, err := nats.Connect(g.url, append(options, nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}))...)
	if err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(conn.Close)
	return conn
}

// admin may do everything in the account.
func (g *guarded) admin() jetstream.JetStream {
	g.t.Helper()
	js, err := jetstream.New(g.dial(nats.UserInfo("admin", "secret")))
	if err != nil {
		g.t.Fatal(err)
	}
	return js
}

// state is what the broker keeps: each stream's settings and messages, and its consumers.
func (g *guarded) state() map[string]string {
	g.t.Helper()
	state := map[string]string{}
	streams := g.admin().ListStreams(g.t.Context())
	for stream := range streams.Info() {
		state[stream.Config.Name] = fmt.Sprintf("%+v, %d messages from %d to %d", stream.Config, stream.State.Msgs, stream.State.FirstSeq, stream.State.LastSeq)
		handle, err := g.admin().Stream(g.t.Context(), stream.Config.Name)
		if err != nil {
			g.t.Fatal(err)
		}
		consumers := handle.ListConsumers(g.t.Context())
		for c := range consumers.Info() {
			state[stream.Config.Name+"/"+c.Name] = fmt.Sprintf("%+v, delivered %d, acked %d, %d waiting, paused %v", c.Config, c.Delivered.Consumer, c.AckFloor.Consumer, c.NumWaiting, c.Paused)
		}
		if err := consumers.Err(); err != nil {
			g.t.Fatal(err)
		}
	}
	if err := streams.Err(); err != nil {
		g.t.Fatal(err)
	}
	return state
}
