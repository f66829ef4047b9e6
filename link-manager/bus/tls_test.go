package bus_test

import (
	"crypto/tls"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/linkwell/linkwell/link-checker/access"
	"github.com/linkwell/linkwell/link-checker/probe/probetest"
	"github.com/linkwell/linkwell/link-manager/bus"
)

func TestABrokerWithItsOwnAuthority(t *testing.T) {
	authority := probetest.NewAuthority(t)
	certificate, key := probetest.Files(t, authority.Issue(t, probetest.Leaf{OfClient: true}))
	s, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true, TLSVerify: true, TLSTimeout: 5,
		TLSConfig: &tls.Config{
			MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{authority.Issue(t, probetest.Leaf{})},
			ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: authority.Pool(),
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the server does not start")
	}
	address := strings.Replace(s.ClientURL(), "nats://", "tls://manager:secret@", 1)
	ours := access.Files{CA: authority.File(t), Certificate: certificate, Key: key}
	for name, test := range map[string]struct {
		files access.Files
		fails []string
	}{
		"is reached with our files":       {files: ours},
		"is not without its authority":    {access.Files{}, []string{"connect to the broker at tls://127.0.0.1", "NATS_CA must name"}},
		"is not without a certificate":    {access.Files{CA: ours.CA}, []string{"connect to the broker at tls://127.0.0.1", "NATS_CERT and NATS_KEY must name"}},
		"is not asked with half of them":  {access.Files{CA: ours.CA, Key: key}, []string{"NATS_CERT and NATS_KEY are"}},
		"is not asked with a key for one": {access.Files{CA: key}, []string{"NATS_CA", key}},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := bus.Connect(t.Context(), bus.Config{URL: address, Files: test.files, Name: "manager", Logger: logger(t)})
			if err == nil {
				defer b.Close()
			}
			if (err == nil) != (len(test.fails) == 0) {
				t.Fatalf("error is %v", err)
			}
			for _, says := range test.fails {
				if !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "secret") {
					t.Errorf("error is %q, want it to say %q and no secret", err, says)
				}
			}
		})
	}
}
