package tests

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	"code.dny.dev/ssrf"
	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/linkwell/linkwell/link-checker/probe"
)

const internetFile = chart + "/files/public-internet.yaml"

// internet is what files/public-internet.yaml says: to whom, and with which ports.
type internet struct {
	Ports []portRange `json:"ports"`
	To    []ipBlock   `json:"to"`
}

type portRange struct {
	Port    int `json:"port"`
	EndPort int `json:"endPort,omitempty"`
}

type ipBlock struct {
	CIDR   netip.Prefix   `json:"cidr"`
	Except []netip.Prefix `json:"except"`
}

// lets reports whether a check may connect there.
func lets(ip netip.Addr, port int) bool {
	network := "tcp4"
	if ip.Is6() {
		network = "tcp6"
	}
	return probe.Guard{}.Control(network, netip.AddrPortFrom(ip, uint16(port)).String(), nil) == nil
}

// guarded is what the checker's guard lets through, as far as it can be listed: the addresses from the tables it is made of,
// the ports by asking it.
func guarded() internet {
	var i internet
	public := netip.MustParseAddr("1.1.1.1")
	for port := 1; port <= 65535; port++ {
		if !lets(public, port) {
			continue
		}
		if last := len(i.Ports) - 1; last >= 0 && max(i.Ports[last].Port, i.Ports[last].EndPort) == port-1 {
			i.Ports[last].EndPort = port
		} else {
			i.Ports = append(i.Ports, portRange{Port: port})
		}
	}
	azure := netip.MustParsePrefix("168.63.129.16/32")
	i.To = []ipBlock{
		{netip.MustParsePrefix("0.0.0.0/0"), outermost(append(slices.Clone(ssrf.IPv4DeniedPrefixes), azure))},
		{ssrf.IPv6GlobalUnicast, outermost(ssrf.IPv6DeniedPrefixes)},
	}
	return i
}

// outermost leaves out what is in another one, and sorts.
func outermost(prefixes []netip.Prefix) []netip.Prefix {
	prefixes = slices.Clone(prefixes)
	slices.SortFunc(prefixes, netip.Prefix.Compare)
	var outer []netip.Prefix
	for _, p := range prefixes {
		if !slices.ContainsFunc(outer, func(o netip.Prefix) bool { return o.Bits() <= p.Bits() && o.Contains(p.Addr()) }) {
			outer = append(outer, p)
		}
	}
	return outer
}

func TestThePoliciesKnowWhatTheGuardKnows(t *testing.T) {
	want := guarded()
	if *update {
		var text strings.Builder
		text.WriteString("# What a check may connect to, for NetworkPolicies: `go test ./... -update` in tests/ writes it from the checker's guard\n# (link-checker/probe/guard.go), and a test holds it.\nports:\n")
		for _, p := range want.Ports {
			if p.EndPort == 0 {
				fmt.Fprintf(&text, "  - {port: %d}\n", p.Port)
			} else {
				fmt.Fprintf(&text, "  - {port: %d, endPort: %d}\n", p.Port, p.EndPort)
			}
		}
		text.WriteString("to:\n")
		for _, b := range want.To {
			fmt.Fprintf(&text, "  - cidr: %s\n    except:\n", b.CIDR)
			for _, e := range b.Except {
				fmt.Fprintf(&text, "      - %s\n", e)
			}
		}
		if err := os.WriteFile(internetFile, []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	content, err := os.ReadFile(internetFile)
	if err != nil {
		t.Fatal(err)
	}
	var got internet
	if err := yaml.UnmarshalStrict(content, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
		t.Errorf("%s is not what the guard says:\n%s", internetFile, diff)
	}
}

// The tables could be more, or less, than what the guard does; here it is asked itself: for an address of each /20 there is
// in IPv4, many in IPv6, and those at the edges of every exception.
func TestThePoliciesLetThroughWhatTheGuardLetsThrough(t *testing.T) {
	to := guarded().To
	differ := 0
	compare := func(ip netip.Addr) {
		if policy, guard := through(to, ip), lets(ip, 443); policy != guard && differ < 20 {
			differ++
			t.Errorf("%s: the policy says %v, the guard %v", ip, policy, guard)
		}
	}
	draw := rand.New(rand.NewPCG(1, 2))
	for network := range uint32(1 << 20) {
		var ip [4]byte
		binary.BigEndian.PutUint32(ip[:], network<<12|draw.Uint32N(1<<12))
		compare(netip.AddrFrom4(ip))
	}
	compare(netip.MustParseAddr("168.63.129.16"))
	for _, block := range to {
		for _, p := range append(block.Except, block.CIDR) {
			first := p.Masked().Addr()
			for _, ip := range []netip.Addr{first, first.Prev(), last(p), last(p).Next()} {
				if ip.IsValid() {
					compare(ip)
				}
			}
		}
	}
	for range 200_000 {
		var ip [16]byte
		binary.BigEndian.PutUint64(ip[:], draw.Uint64())
		binary.BigEndian.PutUint64(ip[8:], draw.Uint64())
		if draw.IntN(2) == 0 {
			ip[0] = 0x20 | ip[0]&0x1f
		}
		compare(netip.AddrFrom16(ip))
	}
}

// through reports whether a policy with these blocks lets connect an address.
func through(to []ipBlock, ip netip.Addr) bool {
	return slices.ContainsFunc(to, func(b ipBlock) bool {
		return b.CIDR.Contains(ip) && !slices.ContainsFunc(b.Except, func(e netip.Prefix) bool { return e.Contains(ip) })
	})
}

// last is the last address of a network.
func last(p netip.Prefix) netip.Addr {
	bytes := p.Masked().Addr().AsSlice()
	for bit := p.Bits(); bit < len(bytes)*8; bit++ {
		bytes[bit/8] |= 0x80 >> (bit % 8)
	}
	ip, _ := netip.AddrFromSlice(bytes)
	return ip
}
