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
	{BlockedAddress, Invalid, "This link does not lead to the public internet, so it is not checked.", "Ask your operator to allow the address if it should be checked (CHECK_ALLOW)."},
	{RedirectLoop, Invalid, "The server sends visitors in a circle.", "Look for the page's new address."},
	{TooManyRedirects, Invalid, "The server sends visitors on more than 20 times.", "Look for the page's new address."},
	{RedirectInvalid, Invalid, "The server sends visitors on without saying where to.", "Look for the page's new address."},
	{RedirectBadScheme, Invalid, "The server sends visitors to something that is not a web page.", "Look for the page's new address."},
	{ProtocolMismatch, Invalid, "The address says http where the server speaks https, or the other way round.", "Change http to https in the address, or the other way round."},
	{DNSNotFound, Invalid, "No site of this name exists.", "Check the spelling; the site may be gone, so look for an archived copy."},
	{Refused, Invalid, "Nothing answers at this address: the connection is refused.", "Try again later; the site may be gone."},
	{TLSHostname, Invalid, "The server answers for another site: its certificate does not name this one.", "Check the spelling; the site may have moved."},

	{TimeoutDNS, Pending, "Looking up the site's name took too long.", "It will be tried again."},
	{TimeoutConnect, Pending, "The server did not accept a connection in time.", "It will be tried again."},
	{TimeoutTLS, Pending, "The server did not finish the secure handshake in time.", "It will be tried again."},
	{TimeoutHeaders, Pending, "The server did not answer in time.", "It will be tried again."},
	{Reset, Pending, "The server broke the connection off.", "It will be tried again."},
	{TLSExpired, Pending, "The site's security certificate is out of date.", "It will be tried again; the owner has to renew it."},
	{TLSUntrusted, Pending, "The site's security certificate comes from nobody we know.", "It will be tried again."},
	{TLSChain, Pending, "The site does not send its full chain of certificates.", "It will be tried again; the owner has to mend it."},
	{TLSProtocol, Pending, "The site's secure connection failed.", "It will be tried again."},
	{DNSTemporary, Pending, "The site's name could not be looked up just now.", "It will be tried again."},
	{UnreachableNet, Pending, "The site's network cannot be reached just now.", "It will be tried again."},
	{RateLimited, Pending, "The server asks us to come back later.", "It will be tried again when the server allows it."},
	{BotWall, Pending, "The server only lets browsers in, so we cannot tell.", "Open it yourself to be sure."},
	{Forbidden, Pending, "The server does not let us in, so we cannot tell.", "Open it yourself to be sure."},
	{ClientError, Pending, "The server did not understand our question.", "It will be tried again."},
	{ServerError, Pending, "The server has a problem of its own.", "It will be tried again."},
	{OriginDown, Pending, "The site behind its delivery network is down.", "It will be tried again."},
	{BadHTTP, Pending, "The server's answer could not be understood.", "It will be tried again."},
	{HTTP2Error, Pending, "The server broke its HTTP/2 connection.", "It will be tried again."},
	{Internal, Pending, "Something went wrong on our side.", "It will be tried again."},
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

// Hint is what a person can do about it, as one sentence; empty where there is nothing to do.
func (r Reason) Hint() string {
	if i, ok := reasonRow[r]; ok {
		return reasons[i].hint
	}
	return ""
}
