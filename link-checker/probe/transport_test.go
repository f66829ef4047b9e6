package probe

import "testing"

func TestTheTransportUsesNoProxyAndUnpacksNothing(t *testing.T) {
	transport := newTransport(settings{dialer: &dialer{}})
	if transport.Proxy != nil {
		t.Error("there is a proxy: the guard would judge its address, not the site's")
	}
	if !transport.DisableCompression {
		t.Error("bodies are unpacked: 64 KiB read may be 64 MiB held")
	}
}
