package probe_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/linkwell/linkwell/link-checker/probe"
)

func TestParseAllowReadsNetworks(t *testing.T) {
	for text, want := range map[string][]netip.Prefix{
		"":                         nil,
		" , ":                      nil,
		"127.0.0.0/8":              {netip.MustParsePrefix("127.0.0.0/8")},
		" 10.1.2.3/8 , fd00::1/8 ": {netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")},
	} {
		got, err := probe.ParseAllow(text)
		if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" || err != nil {
			t.Errorf("%q: %v (-want +got):\n%s", text, err, diff)
		}
	}
	for _, text := range []string{"10.0.0.1", "10.0.0.0/33", "10.0.0.0/8;fd00::/8", "all"} {
		if got, err := probe.ParseAllow("127.0.0.0/8," + text); err == nil || got != nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}
