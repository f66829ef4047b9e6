//go:build openfaas

package process

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os/exec"
	"regexp"
	"runtime"
	"syscall"
	"time"
)

// Server is a program that runs beside the test until it is killed, at the latest when the process of the test is gone.
type Server struct {
	command *exec.Cmd
	last    string        // the newest line it said; for others only once it has ended
	ended   chan struct{} // closed when it has ended and every line is read
}

// Start starts command, whose lines go to logger at debug, and waits until one of them matches ready. It returns that
// line's submatches. The caller owns the server and must Kill it; ctx bounds the start only. It fails if the program cannot
// start, ends first, which the error tells with its last line, or is not ready within a minute or before ctx ends; nothing
// runs then.
func Start(ctx context.Context, logger *slog.Logger, command *exec.Cmd, ready *regexp.Regexp) (*Server, []string, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	output, err := command.StdoutPipe()
	if err != nil {
		return nil, nil, fmt.Errorf("start %s: %w", name(command), err)
	}
	command.Stderr = command.Stdout
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	s := &Server{command: command, ended: make(chan struct{})}
	started := make(chan error)
	found := make(chan []string, 1)
	go func() {
		defer close(s.ended)
		// To Linux the parent is the thread that started it: without this thread it would be killed.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := command.Start()
		started <- err
		if err != nil {
			return
		}
		s.read(output, logger.With("process", name(command)), ready, found)
		_ = command.Wait() // how it ended is in what it said; a killed one always ended badly
	}()
	if err := <-started; err != nil {
		return nil, nil, fmt.Errorf("start %s: %w", name(command), err)
	}
	select {
	case match := <-found:
		return s, match, nil
	case <-s.ended:
		return nil, nil, fmt.Errorf("%s ended: %s", name(command), s.last)
	case <-ctx.Done():
		s.Kill()
		return nil, nil, fmt.Errorf("start %s: %w", name(command), ctx.Err())
	}
}

// read logs the lines in output until there are no more, and sends the submatches of the first that matches ready.
func (s *Server) read(output io.Reader, logger *slog.Logger, ready *regexp.Regexp, found chan<- []string) {
	lines := bufio.NewScanner(output)
	for lines.Scan() {
		s.last = lines.Text()
		logger.Debug(s.last)
		if match := ready.FindStringSubmatch(s.last); match != nil {
			select {
			case found <- match:
			default: // it was ready before
			}
		}
	}
	// A line too long for the scanner must not block the program.
	_, _ = io.Copy(io.Discard, output)
}

// Kill ends the program as kill -9 does, and returns when it is gone. To kill it again does nothing.
func (s *Server) Kill() {
	_ = s.command.Process.Kill()
	<-s.ended
}
