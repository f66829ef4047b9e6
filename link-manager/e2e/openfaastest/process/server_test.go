//go:build openfaas

package process

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

var says = regexp.MustCompile(`^it says (\d+)`)

func shell(script string) *exec.Cmd { return exec.Command("sh", "-c", script) }

func TestAServerIsReadyWhenItSaysSo(t *testing.T) {
	defer goleak.VerifyNone(t)
	s, match, err := Start(t.Context(), slog.Default(), shell("echo begin; echo it says 1 >&2; echo it says 2; exec sleep 60"), says)
	if err != nil {
		t.Fatal(err)
	}
	if match[1] != "1" {
		t.Errorf("it matched %q", match)
	}
	s.Kill()
	s.Kill()
}

func TestAServerThatEndsIsNotStarted(t *testing.T) {
	defer goleak.VerifyNone(t)
	if _, _, err := Start(t.Context(), slog.Default(), shell("echo begin; echo no luck"), says); err == nil || err.Error() != "sh ended: no luck" {
		t.Error(err)
	}
	if _, _, err := Start(t.Context(), slog.Default(), exec.Command("/nowhere/at/all"), says); err == nil || !strings.HasPrefix(err.Error(), "start all: ") {
		t.Error(err)
	}
}

func TestNothingIsLeftOfAServerThatIsNotReadyInTime(t *testing.T) {
	defer goleak.VerifyNone(t)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	command := shell("while echo something else; do :; done")
	if _, _, err := Start(ctx, slog.New(slog.DiscardHandler), command, says); err == nil || err.Error() != "start sh: context deadline exceeded" {
		t.Error(err)
	}
	if command.ProcessState == nil {
		t.Error("it runs")
	}
}

// The test runs itself as the parent of another server, and kills it.
func TestAServerDiesWithTheTest(t *testing.T) {
	if os.Getenv("BE_THE_PARENT") != "" {
		_, match, err := Start(t.Context(), slog.Default(), shell("echo it says $$; exec sleep 60"), says)
		fmt.Printf("%s, %v\n", match[0], err)
		select {}
	}
	command := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	command.Env = append(os.Environ(), "BE_THE_PARENT=yes")
	parent, match, err := Start(t.Context(), slog.Default(), command, says)
	if err != nil {
		t.Fatal(err)
	}
	running := func() bool {
		state, err := os.ReadFile("/proc/" + match[1] + "/stat")
		return err == nil && !strings.Contains(string(state), ") Z ") // a zombie is only a number
	}
	if !running() {
		t.Error("it does not run")
	}
	parent.Kill()
	for deadline := time.Now().Add(10 * time.Second); running(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it runs without its parent")
		}
	}
}
