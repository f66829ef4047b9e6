package probe

import "testing"

func TestWhichNamesOnlyANetworkItselfKnows(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "LOCALHOST.": true, "wiki": true, "a.localhost": true, "db.internal": true, "api.default.svc": true, "api.default.svc.cluster.local": true,
		"printer.lan": true, "router.home.arpa": true, "x.onion": true, "a.b.test": true, "": true, ".": true,
		"example.com": false, "internal.example.com": false, "notlocal.example": false, "mylan.example": false, "arpa.example": false, "1.in-addr.arpa": false,
		"127.0.0.1": false, "::1": false, "fe80::1%eth0": false, "10.0.0.1": false,
	} {
		if got := InsideName(host); got != want {
			t.Errorf("%q: %t", host, got)
		}
	}
}
