// Command link-manager is Linkwell: it keeps links, has them checked, and serves the API. Without a word on the command
// line it runs everything in one process.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/linkwell/linkwell/link-checker/logging"
)

// commandLine is every command of the program.
type commandLine struct {
	Serve     serveCommand     `cmd:"" default:"withargs" help:"Run Linkwell: API, dispatcher, connector, and whatever is not elsewhere. This is the default."`
	Connector connectorCommand `cmd:"" help:"Run the connector alone: it brings events from NATS to OpenFaaS functions."`
	Check     checkCommand     `cmd:"" help:"Check URLs now and print what was found."`
	Links     linksCommand     `cmd:"" help:"Add, list, remove and check links of a running Linkwell."`
	Token     tokenCommand     `cmd:"" help:"Make, list and revoke tokens: what programs show to be let in."`
	User      userCommand      `cmd:"" help:"Add, list and change users: who signs in."`
	Import    importCommand    `cmd:"" help:"Save the links of a file of bookmarks."`
	Export    exportCommand    `cmd:"" help:"Write all links to a file of bookmarks."`
	Backup    backupCommand    `cmd:"" help:"Copy the database of a link manager, which may be running, to a file."`
	Doctor    doctorCommand    `cmd:"" help:"Examine a deployment: gateway, functions, broker, database, clocks; what is wrong, and what helps."`
	Dead      deadCommand      `cmd:"" help:"List, show, redrive and purge dead letters: events that a function could not handle."`
	Version   versionCommand   `cmd:"" help:"Print the version."`

	LogLevel  slog.Level `env:"LOG_LEVEL" default:"info" help:"How much is logged: debug, info, warn or error."`
	LogFormat string     `env:"LOG_FORMAT" default:"text" help:"How it is logged: text or json."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// streams are the program's standard streams.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// run runs one command and returns the exit code: 0, 1 for a failure or (check) an invalid link, 2 for wrong usage.
func run(ctx context.Context, arguments []string, stdin io.Reader, stdout, stderr io.Writer) int {
	var line commandLine
	exited := -1
	parser, err := kong.New(&line,
		kong.Name("link-manager"),
		kong.Description("Linkwell saves links and keeps finding out whether they still work."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { exited = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(streams{stdin, stdout, stderr}),
	)
	if err != nil {
		panic(err) // the tags above are wrong
	}
	command, err := parser.Parse(arguments)
	switch {
	case exited >= 0:
		return exited
	case err != nil:
		_, _ = fmt.Fprintf(stderr, "link-manager: %v; see link-manager --help\n", err)
		return 2
	}
	if err := logTo(stderr, line.LogFormat, line.LogLevel); err != nil {
		return exitCode(usageError{err}, stderr)
	}
	if err := command.Run(); err != nil {
		return exitCode(err, stderr)
	}
	return 0
}

// logTo makes one logger for the process. What libraries write with package log, such as the connector-sdk's line for
// each call, is only shown at level debug.
func logTo(w io.Writer, format string, level slog.Level) error {
	logger, err := logging.New(w, format, level)
	if err != nil {
		return err
	}
	slog.SetLogLoggerLevel(slog.LevelDebug)
	slog.SetDefault(logger)
	return nil
}
