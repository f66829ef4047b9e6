package e2e_test

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nkeys"

	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/serve"
)

// broker is a NATS server outside of Linkwell, which can go away and come back. Whoever has no credentials is refused.
type broker struct {
	t      *testing.T
	folder string
	port   int
	server *server.Server

	operator *jwt.OperatorClaims
	accounts *server.MemAccResolver
	// manager and checker are files with credentials. The checker may do nothing but publish answers.
	manager, checker string
}

func startBroker(t *testing.T) *broker {
	b := &broker{t: t, folder: t.TempDir(), port: server.RANDOM_PORT, accounts: &server.MemAccResolver{}}
	b.authorize()
	b.start()
	t.Cleanup(func() { b.stop() })
	return b
}

func (b *broker) start() {
	b.t.Helper()
	s, err := server.NewServer(&server.Options{
		Host: here(b.t), Port: b.port, JetStream: true, StoreDir: b.folder, NoSigs: true, NoLog: true,
		TrustedOperators: []*jwt.OperatorClaims{b.operator}, AccountResolver: b.accounts, SystemAccount: b.operator.SystemAccount,
	})
	if err != nil {
		b.t.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(patience) {
		b.t.Fatal("the broker does not start")
	}
	b.server, b.port = s, s.Addr().(*net.TCPAddr).Port
}

func (b *broker) stop() {
	b.server.Shutdown()
	b.server.WaitForShutdown()
}

func (b *broker) url() string { return "nats://" + net.JoinHostPort(here(b.t), strconv.Itoa(b.port)) }

// settings are what Linkwell must be told to reach it.
func (b *broker) settings() serve.Broker { return serve.Broker{NATSURL: b.url(), NATSCreds: b.manager} }

// authorize makes an operator, one account and its users, as `nsc` does for people.
func (b *broker) authorize() {
	b.t.Helper()
	operator, operatorKey := b.key(nkeys.CreateOperator)
	account, accountKey := b.key(nkeys.CreateAccount)
	b.operator = jwt.NewOperatorClaims(operatorKey)

	// JetStream wants an account for the server itself.
	_, b.operator.SystemAccount = b.key(nkeys.CreateAccount)

	for name, limits := range map[string]jwt.JetStreamLimits{
		b.operator.SystemAccount: {},
		accountKey:               {DiskStorage: jwt.NoLimit, MemoryStorage: jwt.NoLimit, Streams: jwt.NoLimit, Consumer: jwt.NoLimit},
	} {
		claims := jwt.NewAccountClaims(name)
		claims.Limits.JetStreamLimits = limits
		encoded, err := claims.Encode(operator)
		if err != nil {
			b.t.Fatal(err)
		}
		if err := b.accounts.Store(name, encoded); err != nil {
			b.t.Fatal(err)
		}
	}
	b.manager = b.user(account, "manager", jwt.Permissions{})
	b.checker = b.user(account, "checker", jwt.Permissions{
		Pub: jwt.Permission{Allow: jwt.StringList{event.SubjectChecked}},
		Sub: jwt.Permission{Allow: jwt.StringList{"_INBOX_checker.>"}},
	})
}

// user makes a user of account and returns a file with its credentials.
func (b *broker) user(account nkeys.KeyPair, name string, rights jwt.Permissions) (path string) {
	b.t.Helper()
	user, userKey := b.key(nkeys.CreateUser)
	claims := jwt.NewUserClaims(userKey)
	claims.Name, claims.Permissions = name, rights
	token, err := claims.Encode(account)
	if err != nil {
		b.t.Fatal(err)
	}
	seed, err := user.Seed()
	if err != nil {
		b.t.Fatal(err)
	}
	credentials, err := jwt.FormatUserConfig(token, seed)
	if err != nil {
		b.t.Fatal(err)
	}
	path = filepath.Join(b.t.TempDir(), name+".creds")
	if err := os.WriteFile(path, credentials, 0o600); err != nil {
		b.t.Fatal(err)
	}
	return path
}

// key makes a key pair and its public key.
func (b *broker) key(create func() (nkeys.KeyPair, error)) (nkeys.KeyPair, string) {
	b.t.Helper()
	pair, err := create()
	if err != nil {
		b.t.Fatal(err)
	}
	public, err := pair.PublicKey()
	if err != nil {
		b.t.Fatal(err)
	}
	return pair, public
}
