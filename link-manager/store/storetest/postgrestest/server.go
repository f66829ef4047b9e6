//go:build unix

package postgrestest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"time"
)

// server is a PostgreSQL server of our own: a child process that listens on a socket in a folder of its own, on no port,
// and forgets everything on a power failure.
type server struct {
	url    string
	folder string
	pid    int
	exited chan struct{}
}

// startWithin is how long initdb and the server's first answer may take together; on a busy machine a minute is not enough.
const startWithin = 5 * time.Minute

func start() (*server, error) {
	programs, err := findPrograms()
	if err != nil {
		return nil, err
	}
	account, err := unprivileged()
	if err != nil {
		return nil, err
	}
	// Not in TMPDIR: a socket's path may be no longer than about a hundred bytes.
	folder, err := os.MkdirTemp("/tmp", "linkwell-postgres-")
	if err != nil {
		return nil, err
	}
	s := &server{folder: folder, exited: make(chan struct{})}
	if err := s.start(programs, account); err != nil {
		s.stop()
		return nil, err
	}
	return s, nil
}

func (s *server) start(programs string, account *syscall.SysProcAttr) error {
	if err := owned(s.folder, account); err != nil {
		return err
	}
	data := filepath.Join(s.folder, "data")
	ctx, cancel := context.WithTimeout(context.Background(), startWithin)
	defer cancel()
	initdb := exec.CommandContext(ctx, filepath.Join(programs, "initdb"),
		"--pgdata", data, "--username", "postgres", "--auth", "trust", "--encoding", "UTF8", "--no-locale", "--no-sync")
	initdb.Dir, initdb.SysProcAttr = s.folder, account
	if output, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, output)
	}
	if err := s.run(filepath.Join(programs, "postgres"), data, account); err != nil {
		return err
	}
	s.url = (&url.URL{
		Scheme: "postgres", Path: "/postgres",
		RawQuery: url.Values{"host": {s.folder}, "user": {"postgres"}, "sslmode": {"disable"}}.Encode(),
	}).String()
	return s.answering(ctx)
}

// run starts the server. It ends with us, however we end.
func (s *server) run(program, data string, account *syscall.SysProcAttr) error {
	log, err := os.Create(s.logFile())
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	postgres := exec.Command(program, "-D", data, "-k", s.folder,
		"-c", "listen_addresses=", "-c", "max_connections=200", "-c", "shared_buffers=32MB",
		"-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
	postgres.Dir, postgres.Stdout, postgres.Stderr = s.folder, log, log
	postgres.SysProcAttr = endingWithUs(account)
	started := make(chan error)
	go func() {
		// The kernel counts us as gone when the thread that started the child is, so this one stays.
		runtime.LockOSThread()
		defer close(s.exited)
		err := postgres.Start()
		if err == nil {
			s.pid = postgres.Process.Pid
		}
		started <- err
		if err == nil {
			_ = postgres.Wait()
		}
	}()
	return <-started
}

// answering waits for the server's first answer.
func (s *server) answering(ctx context.Context) error {
	db, err := sql.Open("pgx", s.url)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	for {
		err := db.PingContext(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-s.exited:
			return fmt.Errorf("postgres ended at once:\n%s", s.logged())
		case <-ctx.Done():
			return fmt.Errorf("postgres does not answer: %w\n%s", err, s.logged())
		}
	}
}

// stop ends the server by its process id, at once if it does not end by itself, and removes its folder.
func (s *server) stop() {
	if s.pid != 0 {
		_ = syscall.Kill(s.pid, syscall.SIGINT) // "fast": connections are cut
		select {
		case <-s.exited:
		case <-time.After(10 * time.Second):
			_ = syscall.Kill(s.pid, syscall.SIGKILL)
			<-s.exited
		}
	}
	_ = os.RemoveAll(s.folder)
}

func (s *server) logFile() string { return filepath.Join(s.folder, "log") }

func (s *server) logged() string {
	log, err := os.ReadFile(s.logFile())
	if err != nil {
		return err.Error()
	}
	return string(log)
}

// findPrograms is the folder of PostgreSQL's server programs: the one initdb on the PATH lies in, or the newest of those
// that Debian installs beside it.
func findPrograms() (string, error) {
	if os.Getenv(onlyGoVariable) == "1" {
		return "", errors.New(onlyGoVariable + " is 1")
	}
	if initdb, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(initdb); err == nil {
			return filepath.Dir(real), nil
		}
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", errors.New("initdb is neither on the PATH nor in /usr/lib/postgresql/*/bin")
	}
	version := func(initdb string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(initdb))))
		return n
	}
	newest := slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })
	return filepath.Dir(newest), nil
}
