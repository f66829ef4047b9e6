package probetest

import (
	"crypto/tls"
	"net"
	"strings"
	"testing"
)

// NewKeyUpdates is a TLS server on 127.0.0.1 that answers with headers which never end and, before each byte of them, asks
// the client a dozen times to change its key. It reads none of the client's confirmations, so that the client's end fills
// up and its next write never returns. It returns where it listens.
func NewKeyUpdates(t testing.TB, authority *Authority) string {
	certificate := authority.Issue(t, Leaf{})
	return NewRaw(t, func(conn net.Conn) {
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetReadBuffer(4 << 10)
		}
		var keyLog strings.Builder
		secure := tls.Server(conn, &tls.Config{
			Certificates: []tls.Certificate{certificate}, KeyLogWriter: &keyLog,
			MinVersion: tls.VersionTLS13, SessionTicketsDisabled: true, // tickets would be records that we do not count
		})
		if secure.Handshake() != nil {
			return
		}
		if secure.ConnectionState().CipherSuite != tls.TLS_AES_128_GCM_SHA256 {
			t.Errorf("the cipher suite is %s, which this server cannot go on with", tls.CipherSuiteName(secure.ConnectionState().CipherSuite))
			return
		}
		writer, err := newTLS13Writer(conn, keyLog.String())
		if err != nil {
			t.Error(err)
			return
		}
		if err = writer.write(applicationContent, []byte("HTTP/1.1 200 OK\r\nX: ")); err == nil {
			err = writer.out.Flush()
		}
		for i := 0; err == nil; i++ {
			if i%12 == 0 {
				err = writer.write(applicationContent, []byte("a"))
			} else {
				err = writer.updateKey()
			}
		}
	}).Address()
}
