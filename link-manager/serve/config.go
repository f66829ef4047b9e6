// Package serve puts Linkwell together: it opens the parts in the order they stand on each other, runs them until its
// context ends, and closes them in the opposite order.
package serve

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/linkwell/linkwell/link-checker/access"
	"github.com/linkwell/linkwell/link-checker/ladder"
	"github.com/linkwell/linkwell/link-checker/probe"
	"github.com/linkwell/linkwell/link-manager/compat"
	"github.com/linkwell/linkwell/link-manager/connector"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/manners"
)

// Config is every setting of a link manager; its tags are its flags, variables and help. The names of the variables are
// a contract: other people's scripts set them.
type Config struct {
	DataDir       string `env:"DATA_DIR" default:"data" type:"path" help:"Folder for the database and the embedded broker."`
	Listen        string `env:"LISTEN" default:"127.0.0.1:8090" help:"Address of the API."`
	MetricsListen string `env:"METRICS_LISTEN" default:"127.0.0.1:9091" help:"Address of the Prometheus metrics."`
	Auth          string `env:"AUTH" default:"none" enum:"none,users,oidc" help:"Accounts: users have a password here, oidc has an OpenID Connect provider know them. none means one owner, and only this machine is served."`
	Insecure      bool   `env:"INSECURE" help:"Allow beyond this machine what needs no account: whoever can connect can use it."`

	Accounts Accounts `embed:""`

	MaxLinks int `name:"max-links-per-user" env:"MAX_LINKS_PER_USER" default:"0" help:"How many links a user may have; 0 means any number."`

	DatabaseURL string `env:"DATABASE_URL" help:"PostgreSQL to use instead of SQLite in the data folder: postgres://…"`
	Broker      Broker `embed:""`
	// NATSReplicas is beside Broker because the connector makes no streams. 0 means 1.
	NATSReplicas int `name:"nats-replicas" env:"NATS_REPLICAS" default:"1" help:"How many servers of a NATS cluster keep each event: 1, 3 or 5."`

	GatewayListen string  `env:"GATEWAY_LISTEN" default:"127.0.0.1:8080" help:"Address of the embedded OpenFaaS gateway."`
	Gateway       Gateway `embed:""`

	NoConnector bool      `help:"Leave the connector to 'link-manager connector'."`
	Connector   Connector `embed:"" prefix:"connector-"`
	Checks      Checks    `embed:""`

	CanaryURLs []string `name:"canary-urls" env:"CANARY_URLS" help:"URLs that are always there: while the function can reach none of them, no link turns invalid."`

	TrackingParameters []string `env:"TRACKING_PARAMETERS" default:"utm_*,fbclid,gclid,gclsrc,dclid,gbraid,wbraid,msclkid,yclid,twclid,ttclid,li_fat_id,igshid,igsh,mc_cid,mc_eid,mkt_tok,_hsenc,_hsmi,_openstat,vero_id,oly_anon_id,oly_enc_id,rb_clickid,wickedid,srsltid,_ga,_gl" help:"Query parameters that make no difference between links, with * at the end for all that begin so; none for none."`

	Compat []string `env:"COMPAT" help:"APIs of other link managers to answer beside ours, for their extensions and apps: linkding,pinboard"`

	// BrokerInterval and BrokerPatience are those of embedded.Watch.
	BrokerInterval time.Duration `kong:"-"`
	BrokerPatience time.Duration `kong:"-"`

	// Now is the clock; nil means time.Now.
	Now func() time.Time `kong:"-"`
	// Logger gets what an operator wants to know; nil means slog.Default.
	Logger *slog.Logger `kong:"-"`
	// Ready is called once everything listens; nil means nobody waits for it.
	Ready func(Addresses) `kong:"-"`
}

// Broker says which NATS to use.
type Broker struct {
	NATSURL   string `name:"nats-url" env:"NATS_URL" help:"NATS with JetStream to use instead of the embedded one: nats://…"`
	NATSCreds string `name:"nats-creds" env:"NATS_CREDS" type:"path" help:"File with the NATS credentials, the seed of an nkey, or user:password."`
	NATSCA    string `name:"nats-ca" env:"NATS_CA" type:"path" help:"File with the authority that signed the broker's certificate, if the system does not know it."`
	NATSCert  string `name:"nats-cert" env:"NATS_CERT" type:"path" help:"File with our certificate, if the broker asks for one."`
	NATSKey   string `name:"nats-key" env:"NATS_KEY" type:"path" help:"File with that certificate's key."`
}

// files are what the broker is shown, and believed by.
func (b Broker) files() access.Files {
	return access.Files{Credentials: b.NATSCreds, CA: b.NATSCA, Certificate: b.NATSCert, Key: b.NATSKey}
}

// Gateway says which OpenFaaS gateway to use.
type Gateway struct {
	GatewayURL     string `env:"GATEWAY_URL" help:"OpenFaaS gateway to use instead of the embedded one: http://gateway.openfaas:8080"`
	GatewayAuthDir string `env:"GATEWAY_AUTH_DIR" type:"path" help:"Folder with the gateway's files basic-auth-user and basic-auth-password."`
}

// Connector is how events are brought to functions.
type Connector struct {
	Concurrency int      `env:"CONNECTOR_CONCURRENCY" default:"64" help:"Calls of one function at a time, at most."`
	Streams     []string `env:"CONNECTOR_STREAMS" default:"LINK_REQUESTS" help:"Streams whose subjects functions may ask for."`
}

// Checks is how links are checked.
type Checks struct {
	CheckAllow     string `env:"CHECK_ALLOW" help:"Networks that may be checked although they are not public: 10.0.0.0/8,fd00::/8"`
	CheckUserAgent string `env:"CHECK_USER_AGENT" help:"What the checker calls itself."`

	Hosts    `embed:"" prefix:"host-"`
	Timeouts `embed:""`
}

// Hosts is how much of us one host has to bear.
type Hosts struct {
	Concurrency     int           `env:"HOST_CONCURRENCY" default:"2" help:"Checks of one host at a time, at most; 0 means any number."`
	Interval        time.Duration `env:"HOST_INTERVAL" default:"1s" help:"Time between two checks of one host, at least."`
	IntervalAllowed time.Duration `env:"HOST_INTERVAL_ALLOWED" default:"0s" help:"The same for hosts in CHECK_ALLOW; 0 means no limits at all there."`
}

// Timeouts are the two that all others follow from.
type Timeouts struct {
	CheckTimeout time.Duration `env:"CHECK_TIMEOUT" default:"10s" help:"How long one check may take; the other timeouts follow from it."`
	Lease        time.Duration `env:"LEASE" help:"How long an outstanding check is waited for before it is asked again (30 times CHECK_TIMEOUT)."`
}

// Addresses are where the parts listen; empty for a part that is elsewhere.
type Addresses struct{ API, Gateway, Metrics string }

// resolved is what a Config means, after it was found to make sense.
type resolved struct {
	ladder     ladder.Ladder
	allow      []netip.Prefix
	gatewayURL string
	manners    manners.Manners
	canaries   []string
	accounts   accounts
	tracking   link.Tracking
	compat     []string
}

// resolve fails with a sentence that names the variable which is wrong.
func (c Config) resolve() (s resolved, err error) {
	if s.ladder, err = ladder.Of(c.Checks.CheckTimeout, c.Checks.Lease); err != nil {
		return resolved{}, err
	}
	if s.allow, err = probe.ParseAllow(c.Checks.CheckAllow); err != nil {
		return resolved{}, fmt.Errorf("CHECK_ALLOW: %w", err)
	}
	if s.gatewayURL, err = c.Gateway.resolve(); err != nil {
		return resolved{}, err
	}
	if err := c.Connector.valid(); err != nil {
		return resolved{}, err
	}
	if s.manners, err = c.Checks.Hosts.resolve(s.allow); err != nil {
		return resolved{}, err
	}
	if c.MaxLinks < 0 {
		return resolved{}, fmt.Errorf("MAX_LINKS_PER_USER is %d; write a number from 0, which means any number of links", c.MaxLinks)
	}
	if c.Broker.NATSURL != "" {
		if _, err := c.Broker.files().Options(); err != nil {
			return resolved{}, err
		}
	}
	if err := c.replicable(); err != nil {
		return resolved{}, err
	}
	if s.canaries, err = c.resolveCanaries(s.allow); err != nil {
		return resolved{}, err
	}
	if s.accounts, err = c.Accounts.resolve(c.auth()); err != nil {
		return resolved{}, err
	}
	if s.tracking, err = c.resolveTracking(); err != nil {
		return resolved{}, fmt.Errorf("TRACKING_PARAMETERS: %w", err)
	}
	if s.compat, err = compat.Parse(c.Compat); err != nil {
		return resolved{}, fmt.Errorf("COMPAT: %w", err)
	}
	if c.Gateway.GatewayURL != "" && c.Broker.NATSURL == "" {
		return resolved{}, errors.New("GATEWAY_URL is set and NATS_URL is not: functions on that gateway could not publish their answers to a broker inside this process; set NATS_URL too")
	}
	return s, nil
}

func (c Config) resolveTracking() (link.Tracking, error) {
	if len(c.TrackingParameters) == 1 && c.TrackingParameters[0] == "none" {
		return link.Tracking{}, nil
	}
	return link.ParseTracking(c.TrackingParameters)
}

// onlyThisMachine fails, naming the variable, if other machines could reach what nobody needs an account for: with
// accounts that is not the API, but still the metrics and the embedded gateway.
func (c Config) onlyThisMachine() error {
	if c.Insecure {
		return nil
	}
	if c.auth() == authNone && !isLoopback(c.Listen) {
		return fmt.Errorf("LISTEN is %q, which other machines can reach, and AUTH=none lets whoever connects read and change everything; use 127.0.0.1, or AUTH=users or AUTH=oidc, or --insecure if you mean it", c.Listen)
	}
	listeners := [][2]string{{"METRICS_LISTEN", c.MetricsListen}}
	if c.Gateway.GatewayURL == "" {
		listeners = append(listeners, [2]string{"GATEWAY_LISTEN", c.GatewayListen})
	}
	for _, l := range listeners {
		if name, address := l[0], l[1]; !isLoopback(address) {
			return fmt.Errorf("%s is %q, which other machines can reach, and nobody needs an account for it; use 127.0.0.1, or --insecure if you mean it", name, address)
		}
	}
	return nil
}

// resolve returns the gateway's address as the connector wants it; empty for the embedded one. It fails if the gateway's
// credentials cannot be read.
func (g Gateway) resolve() (string, error) {
	if _, err := connector.ReadCredentials(g.GatewayAuthDir); err != nil {
		return "", fmt.Errorf("GATEWAY_AUTH_DIR: %w", err)
	}
	if g.GatewayURL == "" {
		return "", nil
	}
	return connector.ParseGatewayURL(g.GatewayURL)
}

func (c Connector) valid() error {
	if c.Concurrency < 1 || c.Concurrency > 10_000 {
		return fmt.Errorf("CONNECTOR_CONCURRENCY is %d; it must be from 1 to 10000", c.Concurrency)
	}
	if len(c.Streams) == 0 {
		return errors.New("CONNECTOR_STREAMS is empty; it must name at least one stream, like LINK_REQUESTS")
	}
	return nil
}

// resolve fails if a limit is none.
func (h Hosts) resolve(allow []netip.Prefix) (manners.Manners, error) {
	switch {
	case h.Concurrency < 0:
		return manners.Manners{}, fmt.Errorf("HOST_CONCURRENCY is %d; it must be 1 or more, or 0 for any number", h.Concurrency)
	case h.Interval < 0:
		return manners.Manners{}, fmt.Errorf("HOST_INTERVAL is %v; it must not be negative", h.Interval)
	case h.IntervalAllowed < 0:
		return manners.Manners{}, fmt.Errorf("HOST_INTERVAL_ALLOWED is %v; it must not be negative", h.IntervalAllowed)
	}
	return manners.Manners{
		Limits:          manners.Limits{Concurrency: h.Concurrency, Interval: h.Interval},
		AllowedInterval: h.IntervalAllowed,
		Allow:           allow,
	}, nil
}

// isLoopback reports whether only this machine can reach a listener at address.
func isLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		// An unusable address fails at listening, with its own sentence.
		return true
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}
