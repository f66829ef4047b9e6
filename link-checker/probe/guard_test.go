package probe

import (
	"errors"
	"net/netip"
	"slices"
	"testing"
)

// TestTheGuardLetsThroughThePublicInternetOnly has, beside each range that is refused, the addresses just outside it that
// are not.
func TestTheGuardLetsThroughThePublicInternetOnly(t *testing.T) {
	refused := []string{
		"0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.100.100.200", "100.127.255.255",
		"127.0.0.1", "127.255.255.255", "168.63.129.16", "169.254.0.0", "169.254.169.254", "169.254.170.2", "169.254.255.255",
		"172.16.0.0", "172.31.255.255", "192.0.0.0", "192.0.0.8", "192.0.0.192", "192.0.0.255", "192.0.2.0", "192.0.2.255",
		"192.31.196.1", "192.52.193.1", "192.88.99.1", "192.168.0.0", "192.168.255.255", "192.175.48.1",
		"198.18.0.0", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.0", "239.255.255.255", "240.0.0.0", "255.255.255.255",

		"::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:168.63.129.16", "::ffff:0:127.0.0.1",
		"64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "100:0:0:1::1", "1fff:ffff::1", "200::1", "4000::", "5f00::1",
		"fc00::1", "fd00:ec2::254", "fd20:ce::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
		"2001::1", "2001:0:7f00:1::", "2001:1::1", "2001:2::1", "2001:3::1", "2001:4:112::1", "2001:10::1", "2001:20::1", "2001:30::1",
		"2001:1ff:ffff::", "2001:db8::1", "2002:7f00:1::", "2002::", "2002:ffff:ffff::", "2620:4f:8000::1", "3fff::1", "3fff:fff:ffff::",
	}
	let := []string{
		"1.0.0.0", "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
		"168.63.129.15", "168.63.129.17", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0",
		"191.255.255.255", "192.0.1.0", "192.0.1.255", "192.0.3.0", "192.31.195.255", "192.31.197.0", "192.52.192.255", "192.52.194.0",
		"192.88.98.255", "192.88.100.0", "192.167.255.255", "192.169.0.0", "192.175.47.255", "192.175.49.0",
		"198.17.255.255", "198.20.0.0", "198.51.99.255", "198.51.101.0", "203.0.112.255", "203.0.114.0", "223.255.255.255",
		"::ffff:1.1.1.1",
		"2000::", "2000:ffff::1", "2001:200::", "2001:db7:ffff::", "2001:db9::", "2001:ffff::", "2003::", "2606:4700::1111",
		"2620:4f:7fff::", "2620:4f:8001::", "3ffe:ffff::", "3fff:1000::", "3fff:ffff::",
	}
	for _, ip := range refused {
		if err := (Guard{}).judge("tcp6", netip.AddrPortFrom(netip.MustParseAddr(ip), 443).String()); !errors.Is(err, ErrBlocked) {
			t.Errorf("%s: %v, want it blocked", ip, err)
		}
	}
	for _, ip := range let {
		if err := (Guard{}).judge("tcp4", netip.AddrPortFrom(netip.MustParseAddr(ip), 443).String()); err != nil {
			t.Errorf("%s: %v", ip, err)
		}
	}
}

func TestTheGuardLetsThroughWhatIsAllowed(t *testing.T) {
	guard := Guard{Allow: []netip.Prefix{
		netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("fe80::/10"), netip.MustParsePrefix("168.63.129.16/32"),
	}}
	for address, allowed := range map[string]bool{
		"10.1.0.0:80":            true,
		"10.1.255.255:80":        true,
		"10.0.255.255:80":        false,
		"10.2.0.0:80":            false,
		"[::ffff:10.1.0.1]:80":   true,
		"[::ffff:10.2.0.1]:80":   false,
		"[fe80::1]:80":           true,
		"[fe80::1%eth0]:80":      true,
		"[fec0::1%eth0]:80":      false,
		"168.63.129.16:80":       true,
		"127.0.0.1:80":           false,
		"10.1.0.1:22":            false, // allowed networks do not open other protocols' ports
		"93.184.215.14:443":      true,
		"[2606:4700::1%eth0]:80": true,
		"[2002:a01:1::%eth0]:80": false,
	} {
		if err := guard.judge("tcp4", address); (err == nil) != allowed || err != nil && !errors.Is(err, ErrBlocked) {
			t.Errorf("%s: %v, want allowed %t", address, err, allowed)
		}
	}
}

func TestTheGuardLetsThroughTCPToWebPortsOnly(t *testing.T) {
	for _, c := range []struct {
		network, address string
		allowed          bool
	}{
		{"tcp4", "1.1.1.1:80", true},
		{"tcp4", "1.1.1.1:443", true},
		{"tcp4", "1.1.1.1:2", true},
		{"tcp4", "1.1.1.1:8080", true},
		{"tcp4", "1.1.1.1:10079", true},
		{"tcp4", "1.1.1.1:65535", true},
		{"tcp4", "1.1.1.1:0", false},
		{"tcp4", "1.1.1.1:1", false},
		{"tcp4", "1.1.1.1:22", false},
		{"tcp4", "1.1.1.1:25", false},
		{"tcp4", "1.1.1.1:6667", false},
		{"tcp4", "1.1.1.1:10080", false},
		{"udp4", "1.1.1.1:443", false},
		{"tcp", "1.1.1.1:443", false},
		{"unix", "/run/docker.sock", false},
		{"tcp4", "example.com:80", false},
		{"tcp4", "1.1.1.1", false},
		{"tcp4", "", false},
	} {
		err := Guard{}.Control(c.network, c.address, nil)
		if (err == nil) != c.allowed || err != nil && !errors.Is(err, ErrBlocked) {
			t.Errorf("%s %s: %v, want allowed %t", c.network, c.address, err, c.allowed)
		}
	}
}

func TestBadPortsAreInOrderForTheSearch(t *testing.T) {
	if !slices.IsSorted(badPorts) {
		t.Error("they are not")
	}
	for _, port := range badPorts {
		if !badPort(port) {
			t.Errorf("port %d is on the list and not found", port)
		}
	}
}
