package access_test

import (
	"crypto/tls"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/linkwell/linkwell/link-checker/access"
	"github.com/linkwell/linkwell/link-checker/probe/probetest"
)

// startServer starts a NATS server on loopback until the test ends.
func startServer(t *testing.T, options server.Options) *server.Server {
	t.Helper()
	options.Host, options.Port, options.NoSigs, options.NoLog = "127.0.0.1", server.RANDOM_PORT, true, true
	s, err := server.NewServer(&options)
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the server does not start")
	}
	return s
}

// connect connects once, and says what Explain has to say if that fails.
func connect(t *testing.T, url string, files access.Files, more ...nats.Option) (*nats.Conn, error) {
	t.Helper()
	options, err := files.Options()
	if err != nil {
		t.Fatal(err)
	}
	conn, err := nats.Connect(url, append(options, more...)...)
	if err != nil {
		return nil, access.Explain(err)
	}
	t.Cleanup(conn.Close)
	return conn, nil
}

func TestTLS(t *testing.T) {
	authority, stranger := probetest.NewAuthority(t), probetest.NewAuthority(t)
	certificate, key := probetest.Files(t, authority.Issue(t, probetest.Leaf{OfClient: true}))
	certificateOfStranger, keyOfStranger := probetest.Files(t, stranger.Issue(t, probetest.Leaf{OfClient: true}))
	config := func(verify tls.ClientAuthType) *tls.Config {
		return &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{authority.Issue(t, probetest.Leaf{})}, ClientCAs: authority.Pool(), ClientAuth: verify}
	}
	plain := startServer(t, server.Options{})
	encrypted := startServer(t, server.Options{TLSConfig: config(tls.NoClientCert), TLSTimeout: 5})
	mutual := startServer(t, server.Options{TLSConfig: config(tls.RequireAndVerifyClientCert), TLSTimeout: 5, TLSVerify: true})
	other := config(tls.NoClientCert)
	other.Certificates = []tls.Certificate{authority.Issue(t, probetest.Leaf{Names: []string{"127.0.0.2"}})}
	elsewhere := startServer(t, server.Options{TLSConfig: other, TLSTimeout: 5})
	older := config(tls.RequireAndVerifyClientCert)
	older.MaxVersion = tls.VersionTLS12
	mutualOlder := startServer(t, server.Options{TLSConfig: older, TLSTimeout: 5, TLSVerify: true})

	withCA := access.Files{CA: authority.File(t)}
	withBoth := access.Files{CA: withCA.CA, Certificate: certificate, Key: key}
	const unknownAuthority = "; NATS_CA must name a file with the certificate of that authority"
	const needsCertificate = "; if the broker asks for a certificate, NATS_CERT and NATS_KEY must name one that it accepts"
	for name, test := range map[string]struct {
		server *server.Server
		files  access.Files
		fails  string // empty: it connects
	}{
		"the authority is known":                        {encrypted, withCA, ""},
		"the authority is not known":                    {encrypted, access.Files{}, unknownAuthority},
		"another authority is known":                    {encrypted, access.Files{CA: stranger.File(t)}, unknownAuthority},
		"a certificate is shown to whom asks for none":  {encrypted, withBoth, ""},
		"a certificate is asked for and shown":          {mutual, withBoth, ""},
		"a certificate is asked for and not shown":      {mutual, withCA, needsCertificate},
		"a certificate of nobody known is shown":        {mutual, access.Files{CA: withCA.CA, Certificate: certificateOfStranger, Key: keyOfStranger}, needsCertificate},
		"one is asked for by TLS 1.2 and shown":         {mutualOlder, withBoth, ""},
		"one is asked for by TLS 1.2 and not shown":     {mutualOlder, withCA, needsCertificate},
		"the certificate is for another host":           {elsewhere, withCA, "not 127.0.0.1"},
		"an authority is named and there is no TLS":     {plain, withCA, "secure connection not available"},
		"a certificate is to be shown and is no TLS":    {plain, withBoth, "secure connection not available"},
		"a server of somebody's without TLS is reached": {plain, access.Files{}, ""},
	} {
		for _, scheme := range []string{"nats", "tls"} {
			if scheme == "tls" && test.server == plain && test.fails == "" {
				continue // then the URL insists
			}
			t.Run(name+" at "+scheme, func(t *testing.T) {
				_, address, _ := strings.Cut(test.server.ClientURL(), "://")
				conn, err := connect(t, scheme+"://"+address, test.files)
				switch {
				case test.fails == "" && err != nil:
					t.Errorf("it fails: %v", err)
				case test.fails == "" && test.server != plain && !usesTLS(conn):
					t.Error("it is not TLS")
				case test.fails != "" && err == nil:
					t.Error("it connects")
				case test.fails != "" && !strings.HasSuffix(err.Error(), test.fails):
					t.Errorf("error is %q, want it to say %q", err, test.fails)
				}
			})
		}
	}
}

func usesTLS(conn *nats.Conn) bool {
	state, err := conn.TLSConnectionState()
	return err == nil && state.HandshakeComplete
}

func TestTheSeedOfAnNkeyIsAUser(t *testing.T) {
	secret, public := seed(t)
	another, _ := seed(t)
	s := startServer(t, server.Options{Nkeys: []*server.NkeyUser{{Nkey: public}}})
	for name, content := range map[string]string{
		"alone":                                secret,
		"on a line":                            "\n" + secret + "\r\n",
		"with its public key, as nk prints it": secret + "\n" + public + "\n",
		"decorated":                            "-----BEGIN USER NKEY SEED-----\n" + secret + "\n------END USER NKEY SEED------\n",
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := connect(t, s.ClientURL(), access.Files{Credentials: write(t, content)}); err != nil {
				t.Error(err)
			}
		})
	}
	if _, err := connect(t, s.ClientURL(), access.Files{Credentials: write(t, another)}); err == nil {
		t.Error("anybody's seed is a user")
	}
}

// A token goes over the wire as it is; a seed that was taken for one would too.
func TestASeedIsNeverSent(t *testing.T) {
	secret, _ := seed(t)
	path := write(t, "\n")
	options, err := access.Files{Credentials: path}.Options()
	if err != nil {
		t.Fatal(err)
	}
	var o nats.Options
	for _, option := range options {
		if err := option(&o); err != nil {
			t.Fatal(err)
		}
	}
	if token, err := o.UserJWT(); token != "" || err != nil {
		t.Errorf("a file with nothing in it is %q, %v", token, err)
	}
	if err := os.WriteFile(path, []byte(secret), 0o600); err != nil {
		t.Fatal(err)
	}
	if token, err := o.UserJWT(); token != "" || err == nil || strings.Contains(err.Error(), secret) {
		t.Errorf("a seed is the token %q, %v", token, err)
	}
}

// The broker's authority, like every file, may change while we run.
func TestFilesAreReadForEachConnection(t *testing.T) {
	authority, next := probetest.NewAuthority(t), probetest.NewAuthority(t)
	issued := authority.Issue(t, probetest.Leaf{})
	s := startServer(t, server.Options{TLSTimeout: 5, TLSConfig: &tls.Config{
		MinVersion:     tls.VersionTLS12,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return &issued, nil },
	}})
	trusted := authority.File(t)
	again := make(chan struct{}, 1)
	conn, err := connect(t, s.ClientURL(), access.Files{CA: trusted}, nats.MaxReconnects(-1), nats.ReconnectWait(10*time.Millisecond), nats.ReconnectJitter(0, 0),
		nats.ReconnectHandler(func(*nats.Conn) { again <- struct{}{} }))
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(next.File(t))
	if err != nil {
		t.Fatal(err)
	}
	issued = next.Issue(t, probetest.Leaf{})
	if err := os.WriteFile(trusted, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := conn.ForceReconnect(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-again:
	case <-time.After(time.Minute):
		t.Errorf("it does not come back: %v", conn.LastError())
	}
}

func TestAPasswordIsReadForEachConnection(t *testing.T) {
	s := startServer(t, server.Options{Users: []*server.User{{Username: "checker", Password: "old"}, {Username: "checker2", Password: "new"}}})
	file := write(t, "checker:old\n")
	if _, err := connect(t, s.ClientURL(), access.Files{Credentials: file}); err != nil {
		t.Errorf("the password is refused: %v", err)
	}
	if err := os.WriteFile(file, []byte("checker2:new"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := connect(t, s.ClientURL(), access.Files{Credentials: file}); err != nil {
		t.Errorf("the new password is refused: %v", err)
	}
	if _, err := connect(t, s.ClientURL(), access.Files{Credentials: write(t, "checker:wrong")}); err == nil {
		t.Error("a wrong password is let in")
	}
}
