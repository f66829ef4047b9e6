//go:build unix

package probetest

import (
	"errors"
	"net"
	"net/netip"
	"syscall"
	"testing"
	"time"
)

// NewBlackhole returns the address of a listener on 127.0.0.1 whose queue is full: connecting to it gets no answer at all.
func NewBlackhole(t testing.TB) string { return newBlackhole(t, "127.0.0.1") }

func newBlackhole(t testing.TB, host string) string {
	t.Helper()
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatalf("open a socket: %v", err)
	}
	t.Cleanup(func() { syscall.Close(socket) })
	address := listenWithoutQueue(t, socket, host)
	for { // fill the queue until a connection gets no answer
		conn, err := net.DialTimeout("tcp", address, 100*time.Millisecond)
		var failure net.Error
		if errors.As(err, &failure) && failure.Timeout() {
			return address
		}
		if err != nil {
			t.Fatalf("fill the queue: %v", err)
		}
		t.Cleanup(func() { conn.Close() })
	}
}

func listenWithoutQueue(t testing.TB, socket int, host string) string {
	t.Helper()
	if err := syscall.Bind(socket, &syscall.SockaddrInet4{Addr: netip.MustParseAddr(host).As4()}); err != nil {
		t.Fatalf("bind: %v", err)
	}
	if err := syscall.Listen(socket, 0); err != nil {
		t.Fatalf("listen: %v", err)
	}
	bound, err := syscall.Getsockname(socket)
	if err != nil {
		t.Fatalf("ask for the port: %v", err)
	}
	inet, ok := bound.(*syscall.SockaddrInet4)
	if !ok {
		t.Fatalf("the socket is bound to a %T", bound)
	}
	return netip.AddrPortFrom(netip.AddrFrom4(inet.Addr), uint16(inet.Port)).String()
}
