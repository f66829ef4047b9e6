package probetest

import (
	"bufio"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"net"
	"strings"
)

// A tls13Writer writes TLS 1.3 records as a server, in place of the crypto/tls that shook hands, which would not write what
// is in here (RFC 8446, 5.2 and 7). It is for TLS_AES_128_GCM_SHA256.
type tls13Writer struct {
	out      *bufio.Writer // a record is small, and they are many
	secret   []byte
	aead     cipher.AEAD
	iv       []byte
	sequence uint64
}

// newTLS13Writer goes on where a handshake ended, whose key log this is.
func newTLS13Writer(conn net.Conn, keyLog string) (*tls13Writer, error) {
	for line := range strings.Lines(keyLog) {
		fields := strings.Fields(line)
		if len(fields) == 3 && fields[0] == "SERVER_TRAFFIC_SECRET_0" {
			secret, err := hex.DecodeString(fields[2])
			if err != nil {
				return nil, err
			}
			w := &tls13Writer{out: bufio.NewWriterSize(conn, 64<<10)}
			return w, w.use(secret)
		}
	}
	return nil, errors.New("the key log has no traffic secret")
}

func (w *tls13Writer) use(secret []byte) error {
	key, err := expandLabel(secret, "key", 16)
	if err != nil {
		return err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return err
	}
	if w.aead, err = cipher.NewGCM(block); err != nil {
		return err
	}
	w.iv, err = expandLabel(secret, "iv", 12)
	w.secret, w.sequence = secret, 0
	return err
}

// The types of content of a record.
const (
	handshakeContent   = 22
	applicationContent = 23
)

func (w *tls13Writer) write(contentType byte, content []byte) error {
	nonce := make([]byte, len(w.iv))
	binary.BigEndian.PutUint64(nonce[len(nonce)-8:], w.sequence)
	for i := range nonce {
		nonce[i] ^= w.iv[i]
	}
	w.sequence++
	plain := append(append([]byte(nil), content...), contentType)
	header := binary.BigEndian.AppendUint16([]byte{applicationContent, 3, 3}, uint16(len(plain)+w.aead.Overhead()))
	_, err := w.out.Write(w.aead.Seal(header, nonce, plain, header))
	return err
}

// updateKey asks the client for a new key, and takes one itself (RFC 8446, 4.6.3).
func (w *tls13Writer) updateKey() error {
	if err := w.write(handshakeContent, []byte{24, 0, 0, 1, 1}); err != nil {
		return err
	}
	next, err := expandLabel(w.secret, "traffic upd", sha256.Size)
	if err != nil {
		return err
	}
	return w.use(next)
}

// expandLabel is HKDF-Expand-Label with no context (RFC 8446, 7.1).
func expandLabel(secret []byte, label string, length int) ([]byte, error) {
	info := binary.BigEndian.AppendUint16(nil, uint16(length))
	info = append(info, byte(len("tls13 "+label)))
	info = append(info, "tls13 "+label...)
	return hkdf.Expand(sha256.New, secret, string(append(info, 0)), length)
}
