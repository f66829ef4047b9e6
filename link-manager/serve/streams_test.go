package serve_test

import (
	"fmt"
	"net"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/serve"
)

// startCluster runs three NATS servers with JetStream until the test ends, and returns the first one's address.
func startCluster(t *testing.T) string {
	t.Helper()
	// A server must know the others before it starts, so their addresses are found out first.
	var routes []*url.URL
	var reserved []net.Listener
	for range 3 {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		reserved = append(reserved, listener)
		routes = append(routes, &url.URL{Scheme: "nats", Host: listener.Addr().String()})
	}
	var servers []*server.Server
	for i, own := range routes {
		port, err := strconv.Atoi(own.Port())
		if err != nil {
			t.Fatal(err)
		}
		s, err := server.NewServer(&server.Options{
			ServerName: fmt.Sprintf("nats-%d", i), Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true,
			JetStream: true, StoreDir: t.TempDir(), Routes: routes, Cluster: server.ClusterOpts{Name: "test", Host: "127.0.0.1", Port: port},
		})
		if err != nil {
			t.Fatal(err)
		}
		servers = append(servers, s)
	}
	for i, s := range servers {
		_ = reserved[i].Close()
		s.Start()
		t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	}
	for _, s := range servers {
		if !s.ReadyForConnections(30 * time.Second) {
			t.Fatal("a server does not start")
		}
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		ready := 0
		for _, s := range servers {
			if s.JetStreamIsCurrent() && len(s.JetStreamClusterPeers()) == len(servers) {
				ready++
			}
		}
		if ready > 0 {
			return servers[0].ClientURL()
		}
		if time.Now().After(deadline) {
			t.Fatal("the servers never become a cluster")
		}
	}
}

// Streams that were made with one replica get more when that is asked for.
func TestAClusterKeepsEventsOnAsManyServersAsAsked(t *testing.T) {
	address := startCluster(t)
	conn, err := nats.Connect(address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	for _, replicas := range []int{0, 3} {
		c := config(t)
		c.Broker.NATSURL, c.NATSReplicas = address, replicas
		if err := run(t, c, func(serve.Addresses) {
			for _, s := range event.Streams(time.Minute) {
				stream, err := js.Stream(t.Context(), s.Name)
				if err != nil {
					t.Fatal(err)
				}
				if got := stream.CachedInfo().Config.Replicas; got != max(replicas, 1) {
					t.Errorf("NATS_REPLICAS %d: %s is kept by %d servers", replicas, s.Name, got)
				}
			}
		}); err != nil {
			t.Error(err)
		}
	}
}
