package check

// Reason is why a check answered what it did. The set is closed and its strings are stable: they travel in events, stand
// in databases and are matched by other people's programs.
//
// To add a reason, add its constant and its row in reasons; TestEveryReasonHasARow holds the two together.
type Reason string

// The reasons whose answer is Valid.
const (
	OK           Reason = "ok"
	OKRestricted Reason = "ok_restricted"
	OKTLSWarning Reason = "ok_tls_warning"
)

// The reasons whose answer is Invalid.
const (
	NotFound          Reason = "not_found"
	Gone              Reason = "gone"
	BadURL            Reason = "bad_url"
	UnsupportedScheme Reason = "unsupported_scheme"
	BlockedAddress    Reason = "blocked_address"
	RedirectLoop      Reason = "redirect_loop"
	TooManyRedirects  Reason = "too_many_redirects"
	RedirectInvalid   Reason = "redirect_invalid"
	RedirectBadScheme Reason = "redirect_bad_scheme"
	ProtocolMismatch  Reason = "protocol_mismatch"
	DNSNotFound       Reason = "dns_nxdomain"
	Refused           Reason = "refused"
	TLSHostname       Reason = "tls_hostname"
)

// The reasons that decide nothing: the answer is Pending.
const (
	TimeoutDNS     Reason = "timeout_dns"
	TimeoutConnect Reason = "timeout_connect"
	TimeoutTLS     Reason = "timeout_tls"
	TimeoutHeaders Reason = "timeout_headers"
	Reset          Reason = "reset"
	TLSExpired     Reason = "tls_expired"
	TLSUntrusted   Reason = "tls_untrusted"
	TLSChain       Reason = "tls_chain"
	TLSProtocol    Reason = "tls_protocol"
	DNSTemporary   Reason = "dns_temporary"
	UnreachableNet Reason = "unreachable_net"
	RateLimited    Reason = "rate_limited"
	BotWall        Reason = "bot_wall"
	Forbidden      Reason = "forbidden"
	ClientError    Reason = "client_error"
	ServerError    Reason = "server_error"
	OriginDown     Reason = "origin_down"
	BadHTTP        Reason = "bad_http"
	HTTP2Error     Reason = "http2_error"
	Internal       Reason = "internal"
)

// reasons is the one table of reasons: the status each decides, the sentence a person reads and what they can do.
var reasons = []struct {
	reason      Reason
	status      Status
	explanation string
	hint        string
}{
	{OK, Valid, "The page answers.", ""},
	{OKRestricted, Valid, "The page is there, but not for everyone: it asks for a login, a payment or a permission.", "Open it with your own account to be sure."},
	{OKTLSWarning, Valid, "The page answers, but its security certificate has a problem that browsers warn about.", "Be careful what you type there."},

	{NotFound, Invalid, "The server says this page does not exist (404).", "Look for the page's new address, or for an archived copy."},
	{Gone, Invalid, "The server says this page was removed for good (410).", "Look for an archived copy."},
	{BadURL, Invalid, "This is not a usable web address.", "Correct the address."},
	{UnsupportedScheme, Invalid, "This is not a web address: only http and https links can be checked.", "Correct the address if it should be a web page."},
	{BlockedAddress, Invalid, "This link does not lead to the public internet, so it is not checked.", "Check the spelling, or ask your operator to allow the address (CHECK_ALLOW)."},
	{RedirectLoop, Invalid, "The server sends visitors in a circle.", "Look for the page's new address."},
	{TooManyRedirects, Invalid, "The server sends visitors on more than 20 times.", "Look for the page's new address."},
	{RedirectInvalid, Invalid, "The server sends visitors on without saying where to.", "Look for the page's new address."},
	{RedirectBadScheme, Invalid, "The server sends visitors to something that is not a web page.", "Look for the page's new address."},
	{ProtocolMismatch, Invalid, "The address says http where the server speaks https, or the other way round.", "Change http to https in the address, or the other way round."},
	{DNSNotFound, Invalid, "No site of this name exists.", "Check the spelling; the site may be gone, so look for an archived copy."},
	{Refused, Invalid, "Nothing answers at this address: the connection is refused.", "Try again later; the site may be gone."},
	{TLSHostname, Invalid, "The server answers for another site: its certificate does not name this one.", "Check the spelling; the site may have moved."},

	{TimeoutDNS, Pending, "Looking up the site's name took too long.", "This often passes by itself."},
	{TimeoutConnect, Pending, "The server did not accept a connection in time.", "This often passes by itself."},
	{TimeoutTLS, Pending, "The server did not finish the secure handshake in time.", "This often passes by itself."},
	{TimeoutHeaders, Pending, "The server did not answer in time.", "This often passes by itself."},
	{Reset, Pending, "The server broke the connection off.", "This often passes by itself."},
	{TLSExpired, Pending, "The site's security certificate is out of date.", "The site's owner has to renew it."},
	{TLSUntrusted, Pending, "The site's security certificate comes from nobody we know.", "Open it yourself if you know the site."},
	{TLSChain, Pending, "The site does not send its full chain of certificates.", "The site's owner has to mend it; most browsers manage all the same."},
	{TLSProtocol, Pending, "The site's secure connection failed.", "This often passes by itself."},
	{DNSTemporary, Pending, "The site's name could not be looked up just now.", "This often passes by itself."},
	{UnreachableNet, Pending, "The site's network cannot be reached just now.", "This often passes by itself."},
	{RateLimited, Pending, "The server asks us to come back later.", "Nothing is wrong with the link so far."},
	{BotWall, Pending, "The server only lets browsers in, so we cannot tell.", "Open it yourself to be sure."},
	{Forbidden, Pending, "The server does not let us in, so we cannot tell.", "Open it yourself to be sure."},
	{ClientError, Pending, "The server did not understand our question.", "This often passes by itself."},
	{ServerError, Pending, "The server has a problem of its own.", "This often passes by itself."},
	{OriginDown, Pending, "The site behind its delivery network is down.", "This often passes by itself."},
	{BadHTTP, Pending, "The server's answer could not be understood.", "This often passes by itself."},
	{HTTP2Error, Pending, "The server broke its HTTP/2 connection.", "This often passes by itself."},
	{Internal, Pending, "Something went wrong on our side.", "This often passes by itself; if it does not, tell your operator."},
}

var reasonRow = func() map[Reason]int {
	rows := make(map[Reason]int, len(reasons))
	for i, r := range reasons {
		rows[r.reason] = i
	}
	return rows
}()

// Reasons lists every reason in the table's order: valid, invalid, then pending ones.
func Reasons() []Reason {
	all := make([]Reason, len(reasons))
	for i, r := range reasons {
		all[i] = r.reason
	}
	return all
}

// Known reports whether r is in the closed set.
func (r Reason) Known() bool {
	_, ok := reasonRow[r]
	return ok
}

// Status is the status a check with this reason answers. An unknown reason decides nothing: Pending.
func (r Reason) Status() Status {
	if i, ok := reasonRow[r]; ok {
		return reasons[i].status
	}
	return Pending
}

// Explanation is the reason as one sentence for a person; empty for an unknown reason.
func (r Reason) Explanation() string {
	if i, ok := reasonRow[r]; ok {
		return reasons[i].explanation
	}
	return ""
}

// Hint is what a person can do about it, or expect, as one sentence; empty for good reasons that need none.
func (r Reason) Hint() string {
	if i, ok := reasonRow[r]; ok {
		return reasons[i].hint
	}
	return ""
}
