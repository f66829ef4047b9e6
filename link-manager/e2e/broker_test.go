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

	"github.com/linkwell/linkwell/link-manager/bus/brokertest"
	"github.com/linkwell/linkwell/link-manager/serve"
)

// broker is a NATS server outside of Linkwell, which can go away and come back. Where it has users, whoever has no
// credentials is refused.
type broker struct {
	t      *testing.T
	folder string
	port   int
	server *server.Server

	configured *server.Options // nil without a configuration file

	operator *jwt.OperatorClaims // nil without users of an operator
	accounts *server.MemAccResolver
	// These are files with credentials. Each user may do what it must, and nothing else.
	manager, managerAlone, connector, checker string
	// anything are those of somebody who may do everything in Linkwell's account.
	anything string
	// These are its authority and a client's certificate, where it speaks TLS.
	authority, certificate, certificateKey string
}

func startBroker(t *testing.T) *broker {
	b := &broker{t: t, folder: t.TempDir(), port: server.RANDOM_PORT}
	b.authorize()
	b.start()
	t.Cleanup(func() { b.stop() })
	return b
}

// startOpenBroker starts a broker without users.
func startOpenBroker(t *testing.T) *broker {
	b := &broker{t: t, folder: t.TempDir(), port: server.RANDOM_PORT}
	b.start()
	t.Cleanup(func() { b.stop() })
	return b
}

func (b *broker) start() {
	b.t.Helper()
	options := &server.Options{}
	if b.configured != nil {
		options = b.configured.Clone()
	}
	options.Host, options.Port, options.JetStream, options.StoreDir = hostAddress(b.t), b.port, true, b.folder
	options.NoSigs, options.NoLog = true, true
	if b.operator != nil {
		options.TrustedOperators, options.SystemAccount = []*jwt.OperatorClaims{b.operator}, b.operator.SystemAccount
		options.AccountResolver = b.accounts
	}
	s, err := server.NewServer(options)
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

func (b *broker) url() string {
	return "nats://" + net.JoinHostPort(hostAddress(b.t), strconv.Itoa(b.port))
}

// settings are what Linkwell must be told to reach it.
func (b *broker) settings() serve.Broker { return b.settingsOf(b.manager) }

// settingsOf are those of a user.
func (b *broker) settingsOf(credentials string) serve.Broker {
	return serve.Broker{NATSURL: b.url(), NATSCreds: credentials, NATSCA: b.authority, NATSCert: b.certificate, NATSKey: b.certificateKey}
}

// authorize makes an operator, one account and its users, as `nsc` does for people.
func (b *broker) authorize() {
	b.t.Helper()
	operator, operatorKey := b.key(nkeys.CreateOperator)
	account, accountKey := b.key(nkeys.CreateAccount)
	b.operator, b.accounts = jwt.NewOperatorClaims(operatorKey), &server.MemAccResolver{}

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
	rights := brokertest.Read(b.t, permissionsFile).Rights
	b.manager = b.user(account, "manager", rights[brokertest.ManagerWithConnector])
	b.managerAlone = b.user(account, "manager", rights[brokertest.Manager])
	b.connector = b.user(account, "connector", rights[brokertest.Connector])
	b.checker = b.user(account, "checker", rights[brokertest.Checker])
	all := &server.SubjectPermission{Allow: []string{">"}}
	b.anything = b.user(account, "operator", &server.Permissions{Publish: all, Subscribe: all})
}

// permissionsFile is where people find which rights Linkwell needs.
const permissionsFile = "../bus/permissions.conf"

// user makes a user of account with these rights, and returns a file with its credentials.
func (b *broker) user(account nkeys.KeyPair, name string, rights *server.Permissions) (path string) {
	b.t.Helper()
	user, userKey := b.key(nkeys.CreateUser)
	claims := jwt.NewUserClaims(userKey)
	claims.Name, claims.Pub.Allow, claims.Sub.Allow = name, rights.Publish.Allow, rights.Subscribe.Allow
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
