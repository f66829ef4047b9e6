package bus_test

import (
	"net"
	"strconv"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/linkwell/linkwell/link-manager/bus"
)

// A second refusal in a row ends a NATS connection unless it is told otherwise.
func TestRefusedCredentialsAreTriedAgain(t *testing.T) {
	t.Parallel()
	broker := startServer(t, server.RANDOM_PORT, "secret")
	port := broker.Addr().(*net.TCPAddr).Port
	b, err := bus.Connect(t.Context(), bus.Config{URL: "nats://manager:secret@127.0.0.1:" + strconv.Itoa(port), Name: "manager", Logger: logger(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	broker.Shutdown()
	broker.WaitForShutdown()

	refusing := startServer(t, port, "another")
	await(t, "it is refused three times", func() bool {
		monitored, err := refusing.Varz(nil)
		return err == nil && monitored.TotalConnections >= 3
	})
	refusing.Shutdown()
	refusing.WaitForShutdown()
	startServer(t, port, "secret")
	await(t, "it is connected again", b.Connected)
}

// startServer starts a NATS server with one user, manager, until the test ends.
func startServer(t *testing.T, port int, password string) *server.Server {
	t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: port, Username: "manager", Password: password, NoSigs: true, NoLog: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(s.Shutdown)
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the server does not start")
	}
	return s
}

func await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}
