package link

import (
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
)

// A class is how much it takes for an answer against a target to be believed.
type class int

const (
	// never: it says nothing about the target, however often it comes.
	never class = iota
	// atOnce: nothing could change it.
	atOnce
	// twice: it has to come again, policy.again later or more.
	twice
	// strike: it has to come on enough days (strikesToConvict, spanToConvict), by itself or with others of its class.
	strike
)

// A policy is what an answer with some reason means for a target that was valid.
type policy struct {
	class class
	// again is how much later an answer of class twice has to come again.
	again time.Duration
	// patient means that asking soon is of no use: whoever answered so meant it, or meant us.
	patient bool
	// host is the trouble that a whole host has when many of its targets answer so.
	host Trouble
}

// A Trouble is a way in which a whole host fails, whatever each of its targets says about it.
type Trouble string

const (
	// NoTrouble means that the answer is about its target, or about us.
	NoTrouble Trouble = ""
	// Nameless means that the host has no address.
	Nameless Trouble = "nameless"
	// Unreachable means that nothing answers at its address.
	Unreachable Trouble = "unreachable"
	// Untrusted means that there is no talking TLS with it.
	Untrusted Trouble = "untrusted"
	// Broken means that it answers, with nothing that is of use.
	Broken Trouble = "broken"
	// Unwelcome means that it does not want to be asked, by us or so often.
	Unwelcome Trouble = "unwelcome"
)

// TroubleOf is the trouble a host has if many of its targets answer with reason.
func TroubleOf(reason check.Reason) Trouble { return policyOf(reason).host }

const (
	strikesToConvict = 3
	spanToConvict    = 6 * day

	day = 24 * time.Hour
)

// policies is the one table of what each reason that is not good means. To want several days is InternetArchiveBot's rule.
var policies = map[check.Reason]policy{
	check.BadURL:            {class: atOnce},
	check.UnsupportedScheme: {class: atOnce},
	check.BlockedAddress:    {class: atOnce},

	check.NotFound: {class: twice, again: day},
	check.Gone:     {class: twice, again: time.Hour},

	check.RedirectLoop:      {class: strike},
	check.TooManyRedirects:  {class: strike},
	check.RedirectInvalid:   {class: strike},
	check.RedirectBadScheme: {class: strike},
	check.ProtocolMismatch:  {class: strike, host: Untrusted},
	check.DNSNotFound:       {class: strike, host: Nameless},
	check.Refused:           {class: strike, host: Unreachable},
	check.TLSHostname:       {class: strike, host: Untrusted},
	check.TimeoutDNS:        {class: strike, host: Nameless},
	check.TimeoutConnect:    {class: strike, host: Unreachable},
	check.TimeoutTLS:        {class: strike, host: Untrusted},
	check.TimeoutHeaders:    {class: strike, host: Unreachable},
	check.Reset:             {class: strike, host: Unreachable},
	check.TLSExpired:        {class: strike, host: Untrusted},
	check.TLSUntrusted:      {class: strike, host: Untrusted},
	check.TLSChain:          {class: strike, host: Untrusted},
	check.TLSProtocol:       {class: strike, host: Untrusted},
	check.UnreachableNet:    {class: strike, host: Unreachable},
	check.ClientError:       {class: strike},
	check.ServerError:       {class: strike, host: Broken},
	check.OriginDown:        {class: strike, host: Broken},
	check.BadHTTP:           {class: strike, host: Broken},
	check.HTTP2Error:        {class: strike, host: Broken},

	check.RateLimited:  {class: never, host: Unwelcome},
	check.BotWall:      {class: never, patient: true, host: Unwelcome},
	check.Forbidden:    {class: never, patient: true},
	check.DNSTemporary: {class: never, host: Nameless},
	check.Internal:     {class: never},
}

// policyOf is the policy for reason. A reason that a newer function knows and we do not says nothing.
func policyOf(reason check.Reason) policy { return policies[reason] }

// CountsAgainst reports whether an answer with this reason can speak against a target, however often it has to come.
func CountsAgainst(reason check.Reason) bool {
	return reason.Status() != check.Valid && policyOf(reason).class != never
}
