package probe

import (
	"fmt"
	"net/netip"
	"strings"
)

// insideDomains are those that the public internet does not have, or that stand for a network's own names: the special-use
// names of RFC 6761, 6762 (appendix G has the ones people made up), 7686, 8375 and ICANN's .internal; Kubernetes' .svc.
var insideDomains = []string{
	"corp", "home", "home.arpa", "internal", "intranet", "invalid", "lan", "local", "localdomain", "localhost", "onion", "private",
	"svc", "test",
}

// InsideName reports whether host is a name that only a network's own resolver could know: a single word, or one below an
// inside domain. Looking it up would tell whoever saved the link which names that network has.
func InsideName(host string) bool {
	name := strings.ToLower(strings.TrimRight(host, "."))
	if _, err := netip.ParseAddr(name); err == nil {
		return false
	}
	if !strings.Contains(name, ".") {
		return true
	}
	for _, domain := range insideDomains {
		if strings.HasSuffix(name, "."+domain) {
			return true
		}
	}
	return false
}

// insideError is the answer for every inside name that leads to no address that may be checked, whether it exists or not.
func insideError() error {
	return fmt.Errorf("%w: the name is not one of the public internet", ErrBlocked)
}
