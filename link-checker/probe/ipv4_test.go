package probe

import (
	"net/netip"
	"testing"
)

func TestIPv4InEveryNotationThatBrowsersRead(t *testing.T) {
	for host, want := range map[string]string{
		"127.0.0.1": "127.0.0.1", "127.0.0.1.": "127.0.0.1", "127.1": "127.0.0.1", "127.0.1": "127.0.0.1", "2130706433": "127.0.0.1",
		"0x7f000001": "127.0.0.1", "0X7F.1": "127.0.0.1", "0177.0.0.1": "127.0.0.1", "017700000001": "127.0.0.1", "0x7f.0.0x0.01": "127.0.0.1",
		"00000177.1": "127.0.0.1", "0": "0.0.0.0", "0x": "0.0.0.0", "0.0x": "0.0.0.0", "4294967295": "255.255.255.255", "1.16777215": "1.255.255.255",
		"1.2.65535": "1.2.255.255", "1.2.3.255": "1.2.3.255", "0x8.8.8.8": "8.8.8.8",
	} {
		if got, err := parseIPv4(host); err != nil || got != netip.MustParseAddr(want) || !endsInNumber(host) {
			t.Errorf("%s: %v, %v, want %s", host, got, err, want)
		}
	}
}

func TestWhatEndsInANumberAndIsNoAddressIsRefused(t *testing.T) {
	for _, host := range []string{
		"1.2.3.4.5", "256.1.1.1", "1.2.3.256", "4294967296", "1.16777216", "1.2.65536", "0400.1.1.1", "0x100.1.1.1", "08.1", "09", "1..2",
		"example.1", "example.0x1", "1.2.3.08", "99999999999999999999", "0xfffffffffffffffff", "..1", "1.2.3.4.5.",
	} {
		if got, err := parseIPv4(host); err == nil || !endsInNumber(host) {
			t.Errorf("%s is read as %v", host, got)
		}
	}
}

func TestNamesAreNoNumbers(t *testing.T) {
	for _, host := range []string{"example.com", "1.example", "1.2.3.4.example", "0x7f.1.g", "0xg", "", ".", "127.0.0.1..", "a", "x", "1.2.3.a", "+1", "1_0", "-1"} {
		if endsInNumber(host) {
			t.Errorf("%q counts as a number", host)
		}
	}
}
