package link

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Tracking are query parameters that tell who sent a visitor, and nothing about the page: Key leaves them out. The zero
// Tracking is none.
type Tracking struct{ names, prefixes []string }

// DefaultTracking are the parameters of campaigns and clicks in wide use, as ParseTracking reads them.
const DefaultTracking = "utm_*,fbclid,gclid,gclsrc,dclid,gbraid,wbraid,msclkid,yclid,twclid,ttclid,li_fat_id,igshid,igsh,mc_cid,mc_eid,mkt_tok,_hsenc,_hsmi,_openstat,vero_id,oly_anon_id,oly_enc_id,rb_clickid,wickedid,srsltid,_ga,_gl"

// unreserved are the characters of RFC 3986 section 2.3, in lower case.
const unreserved = "abcdefghijklmnopqrstuvwxyz0123456789-._~"

// ParseTracking reads names of parameters; one that ends with * stands for all that begin like it. It fails with a sentence
// that names the one which cannot be meant.
func ParseTracking(names []string) (Tracking, error) {
	var t Tracking
	for _, name := range names {
		name = strings.ToLower(strings.TrimSpace(name))
		prefix, isPrefix := strings.CutSuffix(name, "*")
		if prefix == "" || strings.Trim(prefix, unreserved) != "" {
			return Tracking{}, fmt.Errorf("%q is no parameter's name; write names with commas, like fbclid,utm_*", name)
		}
		if isPrefix {
			t.prefixes = append(t.prefixes, prefix)
		} else {
			t.names = append(t.names, name)
		}
	}
	return t, nil
}

// without is a query without its tracking parameters. A name counts however it is escaped, and in any case.
func (t Tracking) without(query string) string {
	if query == "" || len(t.names)+len(t.prefixes) == 0 {
		return query
	}
	kept := slices.DeleteFunc(strings.Split(query, "&"), func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		if unescaped, err := url.PathUnescape(name); err == nil {
			name = unescaped
		}
		name = strings.ToLower(name)
		return slices.Contains(t.names, name) || slices.ContainsFunc(t.prefixes, func(p string) bool { return strings.HasPrefix(name, p) })
	})
	return strings.Join(kept, "&")
}
