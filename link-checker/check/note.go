package check

// Note is an observation beside the verdict. Notes never decide. Their strings are stable like reasons'; programs pass
// over those they do not know.
//
// To add a note, add its constant and its row in notes; TestEveryNoteHasARow holds the two together.
type Note string

const (
	// MovedPermanently says that a run of 301 or 308 redirects leads to Result.MovedTo.
	MovedPermanently Note = "moved_permanently"
	// Soft404 says that the page answers 200 and reads like an error page.
	Soft404 Note = "soft404"
	// Soft404Redirect says that a deep address leads to the site's front page or to an error page.
	Soft404Redirect Note = "soft404_redirect"
	// Parked says that the domain looks parked or for sale.
	Parked Note = "parked"
	// ChallengePage says that the answer is a page that tests for browsers.
	ChallengePage Note = "challenge_page"
	// BodyError says that the headers were good and the body broke off; the verdict rests on the headers.
	BodyError Note = "body_error"
	// TLSExpiresSoon says that the certificate has few days left.
	TLSExpiresSoon Note = "tls_expires_soon"
	// ExpiredCertificate says of an OKTLSWarning that the certificate has ended or not begun.
	ExpiredCertificate Note = "tls_expired"
	// UntrustedCertificate says of an OKTLSWarning that nobody we know vouches for the certificate.
	UntrustedCertificate Note = "tls_untrusted"
	// IncompleteChain says of an OKTLSWarning that the server left out a certificate between its own and one we know.
	IncompleteChain Note = "tls_chain"
	// RedirectsShortened says that hops in the middle were left out so that the event keeps within its size.
	RedirectsShortened Note = "redirects_shortened"
)

// noteRow is a note and the sentence a person reads.
type noteRow struct {
	note        Note
	explanation string
}

// notes is the one table of notes.
var notes = []noteRow{
	{MovedPermanently, "The page has moved for good."},
	{Soft404, "The page answers, but reads as if what you saved is not there any more."},
	{Soft404Redirect, "The address leads to the site's front page or to an error page, so what you saved may be gone."},
	{Parked, "The domain seems to be parked or for sale."},
	{ChallengePage, "The server answers with a test for browsers instead of the page."},
	{BodyError, "The server broke the page off; its headers were good."},
	{TLSExpiresSoon, "The site's security certificate ends in a few days."},
	{ExpiredCertificate, "The site's security certificate is out of date."},
	{UntrustedCertificate, "The site's security certificate comes from nobody we know."},
	{IncompleteChain, "The site does not send its full chain of certificates; browsers often find the rest by themselves."},
	{RedirectsShortened, "Some of the redirects are left out here."},
}

// Explanation is the note as one sentence for a person; empty for an unknown note.
func (n Note) Explanation() string {
	for _, row := range notes {
		if row.note == n {
			return row.explanation
		}
	}
	return ""
}
