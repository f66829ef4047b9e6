//go:build openfaas

package provider

import (
	"bufio"
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/openfaas/faas-provider/logs"

	"github.com/linkwell/linkwell/link-manager/e2e/openfaastest/docker"
)

// containerLogs reads the logs of functions from docker.
type containerLogs struct{ provider *Provider }

var _ logs.Requester = containerLogs{}

// Query returns the lines of the replicas that take calls now, of which only Tail and Follow choose; replicas that come
// after them are not followed. The channel is closed when there are no more, or when ctx ends. It fails if there is no
// such function.
func (l containerLogs) Query(ctx context.Context, wanted logs.Request) (<-chan logs.Message, error) {
	f := l.provider.find(wanted.Name)
	if f == nil {
		return nil, fmt.Errorf("there is no function %q", wanted.Name)
	}
	messages := make(chan logs.Message)
	var reading sync.WaitGroup
	for _, r := range f.available() {
		reading.Go(func() { r.readLog(ctx, wanted, messages) })
	}
	l.provider.work.Go(func() {
		reading.Wait()
		close(messages)
	})
	return messages, nil
}

// readLog sends what docker kept of a replica's output, and if asked to follow, what comes, until ctx or the replica ends.
func (r *replica) readLog(ctx context.Context, wanted logs.Request, messages chan<- logs.Message) {
	arguments := []string{"logs", "--timestamps", "--follow=" + strconv.FormatBool(wanted.Follow)}
	if wanted.Tail > 0 {
		arguments = append(arguments, "--tail", strconv.Itoa(wanted.Tail))
	}
	command := docker.Command(ctx, append(arguments, r.id)...)
	output, err := command.StdoutPipe()
	if err != nil {
		return
	}
	command.Stderr = command.Stdout
	if err := command.Start(); err != nil {
		return
	}
	defer func() { _ = command.Wait() }()
	lines := bufio.NewScanner(output)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		select {
		case messages <- r.message(lines.Text()):
		case <-ctx.Done():
			return
		}
	}
}

// message is a line that docker wrote with its time in front.
func (r *replica) message(line string) logs.Message {
	stamp, text, _ := strings.Cut(line, " ")
	at, _ := time.Parse(time.RFC3339Nano, stamp) // docker's own words when it fails have none
	return logs.Message{Name: r.deployment.Service, Namespace: Namespace, Instance: r.name, Timestamp: at, Text: text}
}

// lastWords are the newest lines of a replica, for whoever asks why it ended.
func (r *replica) lastWords(ctx context.Context) string {
	words, _ := docker.Command(context.WithoutCancel(ctx), "logs", "--tail", "5", r.id).CombinedOutput()
	return strings.TrimSpace(string(words))
}
