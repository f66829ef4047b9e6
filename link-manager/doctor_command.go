package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/linkwell/linkwell/link-checker/access"
	"github.com/linkwell/linkwell/link-manager/doctor"
	"github.com/linkwell/linkwell/link-manager/serve"
	"github.com/linkwell/linkwell/link-manager/store"
)

// doctorCommand examines a deployment, as the settings of its link manager describe it.
type doctorCommand struct {
	serve.Database `embed:""`
	serve.Broker   `embed:""`
	serve.Gateway  `embed:""`
	serve.Timeouts `embed:""`
	CheckAllow     string `env:"CHECK_ALLOW" help:"Networks that may be checked although they are not public, as the link manager has it."`
}

// errUnwell means that the examination went well and the deployment is not.
var errUnwell = errors.New("the deployment is not as it must be")

// Run prints what was found, and fails if anything is wrong.
func (c *doctorCommand) Run(ctx context.Context, s streams) error {
	findings := doctor.Examine(ctx, doctor.Deployment{
		Database:       store.Config{URL: c.DatabaseURL, Path: c.SQLiteFile()},
		BrokerURL:      c.NATSURL,
		BrokerFiles:    access.Files{Credentials: c.NATSCreds, CA: c.NATSCA, Certificate: c.NATSCert, Key: c.NATSKey},
		GatewayURL:     c.GatewayURL,
		GatewayAuthDir: c.GatewayAuthDir,
		CheckTimeout:   c.CheckTimeout,
		Lease:          c.Lease,
		CheckAllow:     c.CheckAllow,
		Now:            time.Now,
	})
	if printFindings(s.out, findings) {
		return errUnwell
	}
	return nil
}

// printFindings prints a line for each, and below it what helps. It reports whether anything is wrong.
func printFindings(w io.Writer, findings []doctor.Finding) (unwell bool) {
	for _, f := range findings {
		_, _ = fmt.Fprintf(w, "%-6s  %-9s  %s\n", f.Grade, f.About, printable(f.Says))
		if f.Remedy != "" {
			_, _ = fmt.Fprintf(w, "    %s\n", f.Remedy)
		}
		unwell = unwell || f.Grade == doctor.Wrong
	}
	return unwell
}
