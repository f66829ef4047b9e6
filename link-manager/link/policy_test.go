package link

import (
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
)

// TestWhatEachReasonTakes asks targets each hour, and for ever hears the same.
func TestWhatEachReasonTakes(t *testing.T) {
	const (
		hour   = time.Hour
		always = time.Duration(-1) // a year at least
	)
	type row struct {
		// first is what a target that was never valid is after one answer.
		first check.Status
		// valid is how long a target that was valid stays so.
		valid time.Duration
	}
	rows := map[check.Reason]row{
		check.OK:           {check.Valid, always},
		check.OKRestricted: {check.Valid, always},
		check.OKTLSWarning: {check.Valid, always},

		check.BadURL:            {check.Invalid, 0},
		check.UnsupportedScheme: {check.Invalid, 0},
		check.BlockedAddress:    {check.Invalid, 0},

		check.Gone:     {check.Invalid, hour},
		check.NotFound: {check.Invalid, 24 * hour},

		check.RedirectLoop:      {check.Invalid, 6 * day},
		check.TooManyRedirects:  {check.Invalid, 6 * day},
		check.RedirectInvalid:   {check.Invalid, 6 * day},
		check.RedirectBadScheme: {check.Invalid, 6 * day},
		check.ProtocolMismatch:  {check.Invalid, 6 * day},
		check.DNSNotFound:       {check.Invalid, 6 * day},
		check.Refused:           {check.Invalid, 6 * day},
		check.TLSHostname:       {check.Invalid, 6 * day},

		check.TimeoutDNS:     {check.Pending, 6 * day},
		check.TimeoutConnect: {check.Pending, 6 * day},
		check.TimeoutTLS:     {check.Pending, 6 * day},
		check.TimeoutHeaders: {check.Pending, 6 * day},
		check.Reset:          {check.Pending, 6 * day},
		check.TLSExpired:     {check.Pending, 6 * day},
		check.TLSUntrusted:   {check.Pending, 6 * day},
		check.TLSChain:       {check.Pending, 6 * day},
		check.TLSProtocol:    {check.Pending, 6 * day},
		check.UnreachableNet: {check.Pending, 6 * day},
		check.ClientError:    {check.Pending, 6 * day},
		check.ServerError:    {check.Pending, 6 * day},
		check.OriginDown:     {check.Pending, 6 * day},
		check.BadHTTP:        {check.Pending, 6 * day},
		check.HTTP2Error:     {check.Pending, 6 * day},

		check.RateLimited:  {check.Pending, always},
		check.BotWall:      {check.Pending, always},
		check.Forbidden:    {check.Pending, always},
		check.DNSTemporary: {check.Pending, always},
		check.Internal:     {check.Pending, always},
	}
	midnight := now.Truncate(day)
	for _, reason := range check.Reasons() {
		want, has := rows[reason]
		if !has {
			t.Errorf("%s has no row", reason)
			continue
		}
		if got := Fold(Standing{Status: check.Pending}, result(reason), Circumstances{Now: midnight}); got.Status != want.first {
			t.Errorf("%s makes a new target %s, want %s", reason, got.Status, want.first)
		}
		s, stayed := Standing{Status: check.Valid, Reason: check.OK}, always
		for after := time.Duration(0); after < 365*day && stayed == always; after += hour {
			s = Fold(s, result(reason), Circumstances{Now: midnight.Add(after)})
			if s.Status != check.Valid {
				stayed = after
			}
		}
		if stayed != want.valid {
			t.Errorf("a valid target that answers %s stays so for %v, want %v", reason, stayed, want.valid)
		}
		if again := Fold(s, result(check.OK), Circumstances{Now: midnight}); !again.Well() || again.Against != (Evidence{}) {
			t.Errorf("one good answer after %s leaves %+v", reason, again)
		}
	}
}
