package function

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/linkwell/linkwell/link-checker/access"
	"github.com/linkwell/linkwell/link-checker/ladder"
	"github.com/linkwell/linkwell/link-checker/probe"
	"github.com/linkwell/linkwell/link-checker/tracing"
)

// fromEnvironment is a Checker and the connection it opened.
type fromEnvironment struct {
	checker     *Checker
	publisher   *NATSPublisher
	stopTracing func(context.Context)
}

// newFromEnvironment builds the function from its environment:
//
//	NATS_URL          where answers are published; without it only calls by hand are answered
//	NATS_CREDS        file with the NATS credentials
//	NATS_CA           file with the authority that signed the broker's certificate, if the system does not know it
//	NATS_CERT         file with our certificate, and NATS_KEY with its key, if the broker asks for one
//	CHECK_TIMEOUT     how long one check may take (10s)
//	CHECK_ALLOW       networks that may be checked although they are not public: 10.0.0.0/8,fd00::/8
//	CHECK_USER_AGENT  what the function calls itself
//	OTEL_*            where the spans of checks are sent; see tracing.Start
//	exec_timeout      of-watchdog's; it must outlast the check and the publish, and be shorter than write_timeout
//
// It fails with a sentence that names the variable, and does not connect.
func newFromEnvironment() (*fromEnvironment, error) {
	timeout, err := checkTimeout()
	if err != nil {
		return nil, err
	}
	rungs, err := ladder.Of(timeout, 0)
	if err != nil {
		return nil, err
	}
	watchdog, err := ladder.ReadWatchdog(os.Getenv)
	if err != nil {
		return nil, err
	}
	if watchdog.Exec != 0 && watchdog.Exec <= rungs.Check+rungs.Publish {
		return nil, fmt.Errorf("exec_timeout is %v; with CHECK_TIMEOUT %v it must be more than %v", watchdog.Exec, rungs.Check, rungs.Check+rungs.Publish)
	}
	allow, err := probe.ParseAllow(os.Getenv("CHECK_ALLOW"))
	if err != nil {
		return nil, fmt.Errorf("CHECK_ALLOW: %w", err)
	}

	f := &fromEnvironment{checker: &Checker{
		Prober: &probe.Prober{Timeout: rungs.Check, Allow: allow, UserAgent: os.Getenv("CHECK_USER_AGENT")},
		Logger: slog.Default(),
	}}
	f.checker.Tracing, f.stopTracing = tracing.Start(context.Background(), Name, slog.Default())
	if url := os.Getenv("NATS_URL"); url != "" {
		files := access.Files{
			Credentials: os.Getenv("NATS_CREDS"),
			CA:          os.Getenv("NATS_CA"),
			Certificate: os.Getenv("NATS_CERT"),
			Key:         os.Getenv("NATS_KEY"),
		}
		if err := files.Complete(); err != nil {
			return nil, err
		}
		f.publisher = &NATSPublisher{
			Connect: func() (*nats.Conn, error) { return Connect(url, files, slog.Default()) },
			Timeout: rungs.Publish,
		}
		f.checker.Publisher = f.publisher
	}
	return f, nil
}

// checkTimeout is CHECK_TIMEOUT; zero if it is not set.
func checkTimeout() (time.Duration, error) {
	text := os.Getenv("CHECK_TIMEOUT")
	if text == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("CHECK_TIMEOUT is %q; it must be a duration such as 10s", text)
	}
	return d, nil
}
