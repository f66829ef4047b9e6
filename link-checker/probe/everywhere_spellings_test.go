package probe

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/linkwell/linkwell/link-checker/check"
)

// A spelling is one way to write an address as the host of a URL.
type spelling struct {
	host string
	// leads is the address that is dialled: the one that was spelled, or the IPv6 address that a gateway would translate
	// into it.
	leads netip.Addr
}

// spellings are all ways to write ip that we know of.
func spellings(ip netip.Addr) []spelling {
	if ip.Is6() {
		return spellingsOf6(ip)
	}
	var all []spelling
	for _, host := range numbers(ip) {
		all = append(all, spelling{host, ip}, spelling{host + ".", ip})
	}
	for _, host := range append(disguises(ip), mapped(ip)...) {
		all = append(all, spelling{host, ip})
	}
	for _, translated := range translations(ip) {
		all = append(all, spellingsOf6(translated)...)
	}
	return all
}

// numbers are the notations of inet_aton(3), which browsers and C libraries read: one to four parts, of which the last
// fills what is left, each decimal, octal or hexadecimal.
func numbers(ip netip.Addr) []string {
	b := ip.As4()
	whole := binary.BigEndian.Uint32(b[:])
	last3, last2 := whole&0xffffff, whole&0xffff
	return []string{
		ip.String(),
		fmt.Sprintf("%d.%d.%d", b[0], b[1], last2),
		fmt.Sprintf("%d.%d", b[0], last3),
		fmt.Sprint(whole),
		fmt.Sprintf("0%o.0%o.0%o.0%o", b[0], b[1], b[2], b[3]),
		fmt.Sprintf("%08o.%05o.%04o.%04o", b[0], b[1], b[2], b[3]),
		fmt.Sprintf("0%o.0%o.0%o", b[0], b[1], last2),
		fmt.Sprintf("0%o", whole),
		fmt.Sprintf("%020o", whole),
		fmt.Sprintf("0x%x.0x%x.0x%x.0x%x", b[0], b[1], b[2], b[3]),
		fmt.Sprintf("0X%02X.0X%02X.0X%02X.0X%02X", b[0], b[1], b[2], b[3]),
		fmt.Sprintf("0x%x.0x%x", b[0], last3),
		fmt.Sprintf("0x%x.%d", b[0], last3),
		fmt.Sprintf("0x%08x", whole),
		fmt.Sprintf("0X%016X", whole),
		fmt.Sprintf("0x%x.0%o.%d", b[0], b[1], last2),
	}
}

// disguises are in characters that browsers, but not C libraries, take for the ASCII ones (Unicode TR46).
func disguises(ip netip.Addr) []string {
	b := ip.As4()
	decimal, whole := ip.String(), fmt.Sprint(binary.BigEndian.Uint32(b[:]))
	var hosts []string
	for _, digits := range []string{"⓪①②③④⑤⑥⑦⑧⑨", "０１２３４５６７８９", "⁰¹²³⁴⁵⁶⁷⁸⁹", "₀₁₂₃₄₅₆₇₈₉", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗", "𝟶𝟷𝟸𝟹𝟺𝟻𝟼𝟽𝟾𝟿"} {
		hosts = append(hosts, written(decimal, digits), written(whole, digits))
	}
	for _, dot := range []string{"。", "．", "｡"} {
		hosts = append(hosts, strings.ReplaceAll(decimal, ".", dot), decimal+dot)
	}
	return append(hosts,
		strings.ReplaceAll(decimal, ".", "\u00ad."), // soft hyphens, which nobody sees
		fmt.Sprintf("０ｘ%08x", b), fmt.Sprintf("0Ⓧ%08X", b),
	)
}

// written replaces the digits 0 to 9 of number by those of digits.
func written(number, digits string) string {
	in := []rune(digits)
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return in[r-'0']
		}
		return r
	}, number)
}

// mapped are the spellings of IPv4 in IPv6 that package net dials as IPv4.
func mapped(ip netip.Addr) []string {
	b := ip.As4()
	hex := fmt.Sprintf("%x:%x", uint16(b[0])<<8|uint16(b[1]), uint16(b[2])<<8|uint16(b[3]))
	return []string{
		"[::ffff:" + ip.String() + "]", "[::FFFF:" + ip.String() + "]", "[0:0:0:0:0:ffff:" + ip.String() + "]",
		"[::ffff:" + hex + "]", "[::FFFF:" + strings.ToUpper(hex) + "]", "[0000:0000:0000:0000:0000:ffff:" + hex + "]",
	}
}

// translations are the IPv6 addresses behind which some gateway or tunnel may reach the IPv4 address ip.
func translations(ip netip.Addr) []netip.Addr {
	b := ip.As4()
	inside := func(prefix string, b [4]byte, at ...int) netip.Addr {
		bytes := netip.MustParseAddr(prefix).As16()
		for i, place := range at {
			bytes[place] = b[i]
		}
		return netip.AddrFrom16(bytes)
	}
	return []netip.Addr{
		inside("::", b, 12, 13, 14, 15),           // IPv4-compatible
		inside("::ffff:0:0:0", b, 12, 13, 14, 15), // IPv4-translated (RFC 7915)
		inside("64:ff9b::", b, 12, 13, 14, 15),    // NAT64
		inside("64:ff9b:1::", b, 12, 13, 14, 15),  // NAT64 of a network's own, /96
		inside("64:ff9b:1::", b, 6, 7, 9, 10),     // the same, /48 (RFC 6052, 2.2)
		inside("2002::", b, 2, 3, 4, 5),           // 6to4
		inside("2002:0:0:1::1", b, 2, 3, 4, 5),    // 6to4, a host behind it
		inside("2001::", b, 4, 5, 6, 7),           // Teredo, the server
		inside("2001:0:4136:e378:8000:63bf::", [4]byte{^b[0], ^b[1], ^b[2], ^b[3]}, 12, 13, 14, 15), // Teredo, the client
		inside("fe80::5efe:0:0", b, 12, 13, 14, 15),                                                 // ISATAP
	}
}

// spellingsOf6 are all ways to write an IPv6 address that is not IPv4 in disguise. Package net hands a zone on to the
// system, which has no use for it where addresses are global.
func spellingsOf6(ip netip.Addr) []spelling {
	b := ip.As16()
	var groups []string
	for i := 0; i < len(b); i += 2 {
		groups = append(groups, fmt.Sprintf("%x", binary.BigEndian.Uint16(b[i:])))
	}
	quad := netip.AddrFrom4([4]byte(b[12:])).String()
	copy(b[12:], "\xff\xff\xff\xff")
	prefix := strings.TrimSuffix(netip.AddrFrom16(b).String(), "ffff:ffff")
	expanded := ip.StringExpanded()
	var all []spelling
	for _, text := range unique(
		ip.String(), strings.ToUpper(ip.String()), expanded, strings.ToUpper(expanded), strings.Join(groups, ":"),
		prefix+quad, strings.ToUpper(expanded[:len("0000:0000:0000:0000:0000:0000:")])+quad,
		ip.String()+"%25lo", expanded+"%251", prefix+quad+"%25eth0.1",
	) {
		all = append(all, spelling{"[" + text + "]", ip})
	}
	return all
}

// unique has each text once, in order.
func unique(texts ...string) []string {
	var all []string
	for _, text := range texts {
		if !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return all
}

// A misspelling holds an address that some client somewhere finds in it. We find none.
type misspelling struct {
	host string
	// direct is the reason if it is saved, redirected the one if a server sends us there.
	direct, redirected check.Reason
}

// misspellings are those of ip, a special address: what net/url or the gate refuses, and numbers that wrap around in
// clients that do not look for it.
func misspellings(ip netip.Addr) []misspelling {
	host := ip.String()
	if ip.Is6() {
		host = "[" + host + "]"
	}
	all := []misspelling{
		{"user:password@" + host, check.BadURL, check.BlockedAddress}, // redirects lose their userinfo, as nextURL says
		{"a@b@" + host, check.BadURL, check.BlockedAddress},
		{"@" + host, check.BadURL, check.BlockedAddress},
		{"1.1.1.1 &@" + host, check.BadURL, check.RedirectInvalid},
		{host + "\x00", check.BadURL, check.BadHTTP}, // net/http takes no such header
		{host + "\x7f", check.BadURL, check.BadHTTP},
		{host + "\t", check.BadURL, check.BlockedAddress}, // redirects lose it, as in browsers
	}
	for _, written := range []string{":80:80", ":65616", ":-1", "%00", "%00.example", "%2eexample", "%0d%0a", " ", "\r\n"} {
		all = append(all, misspelling{host + written, check.BadURL, check.RedirectInvalid})
	}
	if ip.Is6() {
		return append(all, badURLs(unreadable6(ip))...)
	}
	// Package net dials it as IPv4 with a zone, in which the guard sees no address at all, be it special or not.
	all = append(all, misspelling{"[::ffff:" + host + "%25lo]", check.BlockedAddress, check.BlockedAddress})
	return append(all, badURLs(append(unreadable4(ip), overflowing(ip)...))...)
}

func badURLs(hosts []string) []misspelling {
	var all []misspelling
	for _, host := range hosts {
		all = append(all, misspelling{host, check.BadURL, check.RedirectInvalid})
	}
	return all
}

func unreadable4(ip netip.Addr) []string {
	host := ip.String()
	var escaped strings.Builder
	for _, c := range []byte(host) {
		fmt.Fprintf(&escaped, "%%%02x", c)
	}
	return []string{
		escaped.String(), "[" + host + "]", "[v1." + host + "]", "[::ﬀﬀ:" + host + "]", "::ffff:" + host, "-" + host, "+" + host,
		written(host, "٠١٢٣٤٥٦٧٨٩"), // digits, but not of an address
	}
}

func unreadable6(ip netip.Addr) []string {
	host, expanded := ip.String(), ip.StringExpanded()
	return []string{
		expanded, expanded + ":80", "[" + host, host + "]", "[" + host + "%lo]", "[" + host + "%]", "[" + host + "%25]", "[" + host + "/64]", "[" + host + "].example",
		"[v1." + host + "]", "[" + strings.ReplaceAll(expanded, ":", "：") + "]",
	}
}

// overflowing are what becomes ip in clients that drop what is too much: of a number, or a part.
func overflowing(ip netip.Addr) []string {
	b := ip.As4()
	whole := uint64(binary.BigEndian.Uint32(b[:]))
	return []string{
		fmt.Sprintf("%d.%d.%d.%d", int(b[0])+256, b[1], b[2], b[3]), fmt.Sprintf("%d.%d.%d.%d", b[0], b[1], b[2], int(b[3])+256),
		fmt.Sprintf("%d.%d", b[0], whole&0xffffff+1<<24), fmt.Sprint(whole + 1<<32), fmt.Sprintf("0%o", whole+1<<32),
		fmt.Sprintf("0x1%08x", whole), fmt.Sprintf("0x10000000000000000%08x", whole),
		ip.String() + ".0", "0." + ip.String(), ip.String() + ".0x0",
	}
}

// references are what a server may send as a Location to lead to host, beside the URL.
func references(host string) []string {
	return []string{
		"//" + host + "/", `\\` + host + `\`, `/\` + host, "HTTP://" + host, "https://" + host + "/", `http:\\` + host, "http://" + host + "?http://1.1.1.1/", "http://" + host + "#@1.1.1.1/",
		"http://user:password@" + host + "/", "http://1.1.1.1:80@" + host + "/",
	}
}

func TestSpellingsAreThoseOfTheFacts(t *testing.T) {
	for address, want := range map[string][]string{
		"127.0.0.1": {
			"127.0.0.1", "127.0.0.1.", "2130706433", "0x7f000001", "0X000000007F000001", "017700000001", "0177.00.00.01", "0x7f.0x0.0x0.0x1", "127.1", "127.0.1", "0x7f.1",
			"①②⑦.⓪.⓪.①", "１２７.０.０.１", "127。0。0。1", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b::127.0.0.1]",
			"[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1::]", "[2001:0:4136:e378:8000:63bf:80ff:fffe]", "[fe80::5efe:127.0.0.1]",
		},
		"fd00:ec2::254": {
			"[fd00:ec2::254]", "[FD00:EC2::254]", "[fd00:0ec2:0000:0000:0000:0000:0000:0254]", "[fd00:ec2:0:0:0:0:0:254]", "[fd00:ec2::0.0.2.84]", "[fd00:ec2::254%25lo]",
		},
	} {
		var hosts []string
		for _, s := range spellings(netip.MustParseAddr(address)) {
			if slices.Contains(hosts, s.host) {
				t.Errorf("%s is there twice", s.host)
			}
			hosts = append(hosts, s.host)
		}
		for _, host := range want {
			if !slices.Contains(hosts, host) {
				t.Errorf("%s is missing for %s", host, address)
			}
		}
	}
}
