// Package doctor examines a deployment of Linkwell from where it runs: what is not as it should be, and what helps. It
// changes nothing.
package doctor

import (
	"context"
	"time"

	"github.com/linkwell/linkwell/link-checker/access"
	"github.com/linkwell/linkwell/link-checker/ladder"
	"github.com/linkwell/linkwell/link-manager/store"
)

// Grade is how bad a finding is.
type Grade string

const (
	// Fine means that it is as it should be.
	Fine Grade = "fine"
	// Advice means that it works, or was not examined, and could be better.
	Advice Grade = "advice"
	// Wrong means that links are not checked, or may not be, until somebody does what the remedy says.
	Wrong Grade = "wrong"
)

// Finding is what an examination of one thing found.
type Finding struct {
	Grade Grade
	// About is the thing: settings, database, gateway, functions, broker, clock.
	About string
	// Says is a sentence without a full stop, and without any secret.
	Says string
	// Remedy is what to do; empty only if all is fine.
	Remedy string
}

// Deployment is what is examined: the settings of its link manager.
type Deployment struct {
	// Database is where the links are.
	Database store.Config
	// BrokerURL is the NATS's; empty where the link manager brings its own, of which nothing can be wrong.
	BrokerURL   string
	BrokerFiles access.Files
	// GatewayURL is the OpenFaaS gateway's, and GatewayAuthDir the folder with its password; empty where the link manager
	// brings its own.
	GatewayURL, GatewayAuthDir string
	// CheckTimeout and Lease are the settings that all timeouts follow from; 0 means the default.
	CheckTimeout, Lease time.Duration
	// CheckAllow is what may be checked although it is not public, as in CHECK_ALLOW.
	CheckAllow string
	// Now is the clock.
	Now func() time.Time
}

// patience is how long any one thing may take to answer.
const patience = 5 * time.Second

// Examine examines everything it can, one thing after another, until ctx ends. What one part suffers from does not keep it
// from looking at the others.
func Examine(ctx context.Context, d Deployment) []Finding {
	e := &examination{Deployment: d}
	rungs, err := ladder.Of(d.CheckTimeout, d.Lease)
	if err != nil {
		e.wrong("settings", err.Error(), "Set it so, for the link manager and its functions alike.")
		rungs, _ = ladder.Of(0, 0)
	}
	e.ladder = rungs
	e.database(ctx)
	e.gateway(ctx)
	e.broker(ctx)
	return e.findings
}

// examination is what Examine has found so far.
type examination struct {
	Deployment
	ladder   ladder.Ladder
	findings []Finding
	// serving are the consumers by which the connector brings events to the functions that were found.
	serving []string
}

func (e *examination) fine(about, says string) {
	e.findings = append(e.findings, Finding{Fine, about, says, ""})
}

func (e *examination) advise(about, says, remedy string) {
	e.findings = append(e.findings, Finding{Advice, about, says, remedy})
}

func (e *examination) wrong(about, says, remedy string) {
	e.findings = append(e.findings, Finding{Wrong, about, says, remedy})
}
