package probe

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"golang.org/x/net/idna"
)

// sendable returns u in the form it is sent, all ASCII: the host in punycode and in the query every byte that may not
// stand there percent-encoded, as browsers do (net/url does so for the path, and sends a query as it is). What is legal
// stays as typed. It fails if the host cannot be a domain name.
func sendable(u *url.URL) (*url.URL, error) {
	sent := *u
	sent.RawQuery = encodeIllegal(u.RawQuery)
	if isASCII(u.Host) {
		return &sent, nil
	}
	host, err := idna.Lookup.ToASCII(u.Hostname())
	if err != nil {
		return nil, fmt.Errorf("the host is no domain name: %w", err)
	}
	if host == "" {
		return nil, errors.New("the host consists of nothing that can be seen")
	}
	if port := u.Port(); port != "" {
		host += ":" + port
	}
	sent.Host = host
	return &sent, nil
}

// encodeIllegal percent-encodes the bytes of the query percent-encode set (URL Standard, 1.3).
func encodeIllegal(query string) string {
	var encoded strings.Builder
	for i := range len(query) {
		switch b := query[i]; {
		case b <= ' ', b >= 0x7f, b == '"', b == '#', b == '<', b == '>':
			fmt.Fprintf(&encoded, "%%%02X", b)
		default:
			encoded.WriteByte(b)
		}
	}
	return encoded.String()
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 }) < 0
}
