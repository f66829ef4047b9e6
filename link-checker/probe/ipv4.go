package probe

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"strconv"
	"strings"
)

// errIPv4 is for a host that must be an IPv4 address, since it ends in a number, and is none.
var errIPv4 = errors.New("the host ends in a number and is no IPv4 address")

// endsInNumber reports whether browsers take host for an IPv4 address: its last label is a number, so that it cannot be a
// name (URL Standard, "ends in a number checker").
func endsInNumber(host string) bool {
	host = strings.TrimSuffix(host, ".")
	last := host[strings.LastIndexByte(host, '.')+1:]
	if isDigits(last) {
		return true
	}
	_, err := parseIPv4Number(last)
	return last != "" && err == nil
}

// parseIPv4 reads an address of one to four numbers, each decimal, octal (0…) or hexadecimal (0x…); the last fills all
// bytes that are left: 127.1, 0x7f000001 and 0177.0.0.1 are 127.0.0.1 (URL Standard, "IPv4 parser").
func parseIPv4(host string) (netip.Addr, error) {
	parts := strings.Split(strings.TrimSuffix(host, "."), ".")
	if len(parts) > 4 {
		return netip.Addr{}, errIPv4
	}
	var address uint64
	for i, part := range parts {
		number, err := parseIPv4Number(part)
		if err != nil {
			return netip.Addr{}, err
		}
		last := i == len(parts)-1
		limit, shift := uint64(1)<<8, 8*(3-i)
		if last {
			limit, shift = uint64(1)<<(8*(4-i)), 0
		}
		if number >= limit {
			return netip.Addr{}, errIPv4
		}
		address |= number << shift
	}
	var bytes [8]byte
	binary.BigEndian.PutUint64(bytes[:], address)
	return netip.AddrFrom4([4]byte(bytes[4:])), nil
}

// parseIPv4Number reads one of the numbers; 0x alone is zero, as in browsers. One that is too large for any address is a
// number all the same.
func parseIPv4Number(part string) (uint64, error) {
	base, digits := 10, part
	switch {
	case len(part) >= 2 && (part[:2] == "0x" || part[:2] == "0X"):
		base, digits = 16, part[2:]
	case len(part) >= 2 && part[0] == '0':
		base, digits = 8, part[1:]
	}
	if digits == "" && base == 16 {
		return 0, nil
	}
	if strings.ContainsAny(digits, "+-_") {
		return 0, errIPv4
	}
	number, err := strconv.ParseUint(digits, base, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, errIPv4
	}
	return number, nil
}
