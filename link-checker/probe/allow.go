package probe

import (
	"fmt"
	"net/netip"
	"strings"
)

// ParseAllow reads CHECK_ALLOW: networks in CIDR notation, separated by commas, that may be checked although they are not
// part of the public internet. The empty text allows none. It fails naming the entry that is not a network.
func ParseAllow(text string) ([]netip.Prefix, error) {
	var allow []netip.Prefix
	for _, entry := range strings.Split(text, ",") {
		if entry = strings.TrimSpace(entry); entry == "" {
			continue
		}
		prefix, err := netip.ParsePrefix(entry)
		if err != nil {
			return nil, fmt.Errorf("%q is not a network; write it like 10.0.0.0/8 or fd00::/8", entry)
		}
		allow = append(allow, prefix.Masked())
	}
	return allow, nil
}
