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
}

const (
	strikesToConvict = 3
	spanToConvict    = 6 * day

	day = 24 * time.Hour
)

// policies is the one table of what each reason that is not good means (facts/checking.md §5, "Fold").
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
	check.ProtocolMismatch:  {class: strike},
	check.DNSNotFound:       {class: strike},
	check.Refused:           {class: strike},
	check.TLSHostname:       {class: strike},
	check.TimeoutDNS:        {class: strike},
	check.TimeoutConnect:    {class: strike},
	check.TimeoutTLS:        {class: strike},
	check.TimeoutHeaders:    {class: strike},
	check.Reset:             {class: strike},
	check.TLSExpired:        {class: strike},
	check.TLSUntrusted:      {class: strike},
	check.TLSChain:          {class: strike},
	check.TLSProtocol:       {class: strike},
	check.UnreachableNet:    {class: strike},
	check.ClientError:       {class: strike},
	check.ServerError:       {class: strike},
	check.OriginDown:        {class: strike},
	check.BadHTTP:           {class: strike},
	check.HTTP2Error:        {class: strike},

	check.RateLimited:  {class: never},
	check.BotWall:      {class: never, patient: true},
	check.Forbidden:    {class: never, patient: true},
	check.DNSTemporary: {class: never},
	check.Internal:     {class: never},
}

// policyOf is the policy for reason. A reason that a newer function knows and we do not says nothing.
func policyOf(reason check.Reason) policy { return policies[reason] }
