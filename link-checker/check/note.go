package check

// Note is an observation beside the verdict. Notes never decide.
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
	// RedirectsShortened says that hops in the middle were left out so that the event keeps within its size.
	RedirectsShortened Note = "redirects_shortened"
)
