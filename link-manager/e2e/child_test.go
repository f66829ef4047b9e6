//go:build !openfaas

package e2e_test

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// child is a program in a process of its own. Whenever it ends, however it ends, it is started again, as systemd or
// Kubernetes would.
type child struct {
	t           *testing.T
	path        string
	arguments   []string
	environment []string
	// says finds in a line that the program writes where it is now; nil if that is known.
	says *regexp.Regexp
	// chatter finds lines that are not worth keeping; nil if all are.
	chatter *regexp.Regexp

	mutex   sync.Mutex
	process *os.Process // nil while none runs
	at      string
}

// where is where the process says it is; empty while it is not there.
func (c *child) where() string {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.at
}

// restartPause is how long a process that ended stays away.
const restartPause = 100 * time.Millisecond

// keepRunning runs what c describes until the test ends.
func (c *child) keepRunning(built func() (string, error)) {
	c.t.Helper()
	path, err := built()
	if err != nil {
		c.t.Fatal(err)
	}
	c.path = path
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		for ctx.Err() == nil {
			c.live(ctx)
			select {
			case <-time.After(restartPause):
			case <-ctx.Done():
			}
		}
	})
	c.t.Cleanup(func() { cancel(); running.Wait() })
}

// live is one life of the process.
func (c *child) live(ctx context.Context) {
	command := exec.CommandContext(ctx, c.path, c.arguments...)
	command.Env = slices.Concat(os.Environ(), c.environment)
	lines := &lineWriter{line: c.hear}
	command.Stdout, command.Stderr = lines, lines
	if err := c.start(command); err != nil {
		c.t.Error(err)
		return
	}
	_ = command.Wait() // it was killed, or could not reach another that was
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.process, c.at = nil, ""
}

func (c *child) start(command *exec.Cmd) error {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	err := command.Start()
	c.process = command.Process
	return err
}

func (c *child) hear(line string) {
	if c.says != nil {
		if found := c.says.FindStringSubmatch(line); found != nil {
			c.mutex.Lock()
			defer c.mutex.Unlock()
			c.at = found[1]
			return
		}
	}
	if c.chatter == nil || !c.chatter.MatchString(line) {
		_, _ = io.WriteString(c.t.Output(), line+"\n")
	}
}

// kill ends a process as the kernel does when memory runs out: kill -9. If there is none at the moment it waits for one.
func (c *child) kill() {
	c.t.Helper()
	eventually(c.t, "there is a process to kill", func() bool {
		c.mutex.Lock()
		defer c.mutex.Unlock()
		return c.process != nil && c.process.Kill() == nil
	})
}

// lineWriter calls line with each line that is written. It is used by one goroutine.
type lineWriter struct {
	line  func(string)
	begun []byte
}

func (w *lineWriter) Write(written []byte) (int, error) {
	w.begun = append(w.begun, written...)
	for {
		line, rest, found := bytes.Cut(w.begun, []byte("\n"))
		if !found {
			return len(written), nil
		}
		w.line(strings.TrimRight(string(line), "\r"))
		w.begun = slices.Clone(rest)
	}
}

// freePort is a port that nobody listens on, and that is not given to outgoing connections while a child that had it is
// away: on every system those are higher.
func freePort(t *testing.T) string {
	t.Helper()
	for range 1000 {
		port := strconv.Itoa(12_000 + rand.IntN(18_000))
		listener, err := net.Listen("tcp", net.JoinHostPort(hostAddress(t), port))
		if err == nil {
			_ = listener.Close()
			return port
		}
	}
	t.Fatal("there is no free port")
	return ""
}
