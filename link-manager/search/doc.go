// Package search is the language that links are searched by. It knows words, trees and errors, and no database.
//
// A query is a list of terms, all of which a link must fulfil:
//
//	golang tips                both words, in url, title, description or tags
//	"golang tips"              one after the other
//	gola*                      words that begin so; "golang ti"* too
//	#golang  tag:"a(b)"        the tag; in quotation marks if it has one, or a parenthesis, with \ before each " and \
//	title:tips  url:"a/b"      only in the title, the url; description: likewise
//	host:example.com           links to this host, or one below it
//	is:valid                   also invalid, pending, moved, untagged, muted, and failing: valid or pending still, though its
//	                           newest answers are not good
//	reason:not_found           why the status is what it is; reason:tls for all tls_…
//	code:404  code:5xx         the HTTP status of the newest answer
//	added:<30d                 less than 30 days ago; > is longer ago. h, d, w and y are hours, days, weeks, years
//	added:>2026-01-31          after that day, in UTC; also <, <=, >=, a day alone, a month 2026-01, a year 2026
//	checked:>7d                when the newest answer came
//	failing:>3d                since when the answers are not good
//	a or b  not a  -a  (a b)   "or" binds weaker than the "and" between terms, which may be written
//	sort:-added                newest first, as without it; added, title, -title, checked, -checked
//
// Words are letters and digits (Words): whatever stands between them separates them, also in a URL, so that
// example.com/a-b is the phrase "example com a b". A word is found as a whole, not within a longer one; case, accents and
// compatibility forms make no difference. Scripts without spaces, like Chinese, are searched character by character.
// A link that was never checked fulfils no checked:, one that is well no failing:.
package search
