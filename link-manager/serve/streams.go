package serve

import (
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/linkwell/linkwell/link-checker/event"
)

// maxReplicas is how many servers JetStream lets keep a stream.
const maxReplicas = 5

// streams are those we answer for, kept by as many servers as was asked for.
func (c Config) streams(lease time.Duration) []jetstream.StreamConfig {
	streams := event.Streams(lease)
	for i := range streams {
		streams[i].Replicas = max(c.NATSReplicas, 1)
	}
	return streams
}

// replicable fails with a sentence if events cannot be kept by that many servers.
func (c Config) replicable() error {
	switch {
	case c.NATSReplicas < 0 || c.NATSReplicas > maxReplicas:
		return fmt.Errorf("NATS_REPLICAS is %d; it must be 1, 3 or 5, and no more than the cluster has servers", c.NATSReplicas)
	case c.NATSReplicas > 1 && c.Broker.NATSURL == "":
		return fmt.Errorf("NATS_REPLICAS is %d, and the broker in this process is one server; set NATS_URL to a cluster, or NATS_REPLICAS to 1", c.NATSReplicas)
	}
	return nil
}
