package probe

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"sync"
	"syscall"
	"time"
)

// A dialer opens the connections of one check, those to sites past the guard, and closes them all when the check ends.
type dialer struct {
	// deadline is the check's. net/http detaches a dial from the request that asked for it, so that another may use its
	// connection; without this one it would have all the time in the world for the first of a host's addresses.
	deadline time.Time
	guard    Guard
	resolver *net.Resolver
	// canary, if a test sets it, stands where the internet begins: it gets each address that the guard let through, and an
	// error of its own keeps the connection from being made.
	canary func(address string) error

	mu     sync.Mutex
	tried  int // addresses so far
	open   []net.Conn
	closed bool
}

func newDialer(deadline time.Time, guard Guard, resolver *net.Resolver) *dialer {
	d := &dialer{deadline: deadline, guard: guard}
	d.resolver = d.lookups(resolver)
	return d
}

// DialContext is for http.Transport. It fails, wrapping ErrBlocked, if the guard refuses the address, and for every inside
// name that does not exist, so that it cannot be told from one that leads to a refused address: where nothing is allowed,
// without looking the name up.
func (d *dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if InsideName(host) && len(d.guard.Allow) == 0 {
		return nil, insideError()
	}
	ctx, cancel := context.WithDeadline(ctx, d.deadline)
	defer cancel()
	tried := 0
	control := func(network, address string, raw syscall.RawConn) error {
		if !d.may(&tried) {
			return errTooManyAddresses
		}
		return d.control(network, address, raw)
	}
	guarded := net.Dialer{Resolver: d.resolver, Control: control, KeepAlive: -1}
	conn, err := guarded.DialContext(ctx, network, absolute(address))
	var lookup *net.DNSError
	if errors.As(err, &lookup) && lookup.IsNotFound && InsideName(host) {
		return nil, insideError()
	}
	if err != nil {
		return nil, err
	}
	return d.keep(conn)
}

// Whoever owns a zone could have us knock at thousands of addresses. No site has so many that matter.
const (
	maxAddressesPerDial = 16
	maxAddresses        = 128 // of a check
)

var errTooManyAddresses = errors.New("too many addresses were tried")

// may counts one more address, for a dial that has tried so many, and reports whether it may be tried.
func (d *dialer) may(tried *int) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	*tried++
	d.tried++
	return *tried <= maxAddressesPerDial && d.tried <= maxAddresses
}

// control passes every address that is about to be connected to the guard and, in tests, to the canary behind it.
func (d *dialer) control(network, address string, raw syscall.RawConn) error {
	if err := d.guard.Control(network, address, raw); err != nil {
		return err
	}
	if d.canary != nil {
		return d.canary(address)
	}
	return nil
}

// keep remembers conn for close; after close it closes conn and fails with net.ErrClosed.
func (d *dialer) keep(conn net.Conn) (net.Conn, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		_ = conn.Close()
		return nil, net.ErrClosed
	}
	d.open = append(d.open, conn)
	return conn, nil
}

func (d *dialer) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	for _, conn := range d.open {
		_ = conn.Close() // an error means only that it was closed already
	}
}

// absolute ends a name that has a dot with another one, so that it is looked up as it stands: without the resolver's
// search list, which in Kubernetes asks four wrong questions before the right one and may find some other host. The
// hosts file is still read. Single words, such as localhost, stay as they are.
func absolute(address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil || !strings.Contains(host, ".") || strings.HasSuffix(host, ".") {
		return address
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return address
	}
	return net.JoinHostPort(host+".", port)
}
