package serve

import (
	"context"
	"log/slog"

	"github.com/nats-io/nats.go"

	function "github.com/linkwell/linkwell/link-checker"
	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-checker/logging"
	"github.com/linkwell/linkwell/link-checker/probe"
	"github.com/linkwell/linkwell/link-manager/api"
	"github.com/linkwell/linkwell/link-manager/embedded"
)

// The two names of the function, here and in stack.yml.
const (
	checkerAdded = "link-checker"
	checkerDue   = "link-rechecker"
)

// startGateway hosts the function under its two names in this process, behind the OpenFaaS API, unless a real gateway
// does. The connector reaches it over HTTP, like any other gateway.
func (m *manager) startGateway(ctx context.Context) error {
	if m.Gateway.GatewayURL != "" {
		return nil
	}
	listener, err := listen(ctx, "GATEWAY_LISTEN", m.GatewayListen)
	if err != nil {
		return err
	}
	m.addresses.Gateway = "http://" + listener.Addr().String()
	m.gatewayURL = m.addresses.Gateway

	publisher := &function.NATSPublisher{Connect: m.connectFunction, Timeout: m.ladder.Publish, Now: m.Now}
	m.onStop(publisher.Close)
	logs := embedded.NewLogs(m.Now)
	checker := &function.Checker{
		Prober:    &probe.Prober{Timeout: m.ladder.Check, Allow: m.allow, UserAgent: m.Checks.CheckUserAgent},
		Publisher: publisher,
		Now:       m.Now,
		Tracing:   m.tracing,
		Logger:    slog.New(slog.NewMultiHandler(logging.WithTrace(logs.Logger(function.Name).Handler()), quiet{m.Logger.Handler()})),
	}
	gateway := embedded.NewGateway(embedded.GatewayConfig{
		Functions: []embedded.Function{
			{Name: checkerAdded, Topic: event.SubjectAdded, Handle: checker.Handle},
			{Name: checkerDue, Topic: event.SubjectDue, Handle: checker.Handle},
		},
		Timeout: m.ladder.Exec,
		Guard:   api.Guard(!m.Insecure),
		Logs:    logs,
		Now:     m.Now,
		Logger:  m.Logger,
	})
	m.serve("GATEWAY_LISTEN", listener, gateway, gateway.Close)
	return nil
}

// connectFunction is the hosted function's own connection to the broker.
func (m *manager) connectFunction() (*nats.Conn, error) {
	if m.broker != nil {
		return m.broker.Connect(nats.Name(function.Name), nats.ReconnectBufSize(-1))
	}
	return function.Connect(m.Broker.NATSURL, m.Broker.files(), m.Logger)
}

// quiet passes on a function's warnings and errors only: its line for each check belongs to `faas-cli logs`.
type quiet struct{ slog.Handler }

func (q quiet) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && q.Handler.Enabled(ctx, level)
}
