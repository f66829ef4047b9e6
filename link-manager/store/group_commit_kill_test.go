package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/linkwell/linkwell/link-manager/link"
)

// killedFile names the database to a child of TestAKillLosesNothingThatWasAcknowledged.
const killedFile = "LINKWELL_TEST_KILLED_FILE"

// TestAKillLosesNothingThatWasAcknowledged kills a process in which 64 clients save links, again and again.
func TestAKillLosesNothingThatWasAcknowledged(t *testing.T) {
	if path := os.Getenv(killedFile); path != "" {
		saveUntilKilled(t, path)
		return
	}
	const kills, saves = 5, 300
	path := filepath.Join(t.TempDir(), "linkwell.db")
	acknowledged := map[string]bool{}
	for range kills {
		child := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$")
		child.Env = append(os.Environ(), killedFile+"="+path)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n := 0; lines.Scan(); n++ { // to the end, since what it wrote before it died is acknowledged, too
			if _, err := uuid.Parse(lines.Text()); err != nil {
				break // the half of a line, or why the child fails
			}
			acknowledged[lines.Text()] = true
			if n == saves {
				if err := child.Process.Kill(); err != nil {
					t.Error(err)
				}
			}
		}
		var exited *exec.ExitError
		if err := child.Wait(); !errors.As(err, &exited) || exited.Exited() {
			t.Fatalf("the child was not killed: %v %s", err, lines.Text())
		}
	}
	s := open(t, Config{Path: path})
	for id := range acknowledged {
		if _, err := s.Get(t.Context(), "ann", id); err != nil {
			t.Errorf("%s was acknowledged: %v", id, err)
		}
	}
	s.expectIntegrity(t)
	if len(acknowledged) < kills*saves {
		t.Errorf("only %d were saved", len(acknowledged))
	}
}

// saveUntilKilled prints the id of each link once it is saved.
func saveUntilKilled(t *testing.T, path string) {
	s := open(t, Config{Path: path})
	var clients sync.WaitGroup
	for range 64 {
		clients.Go(func() {
			for {
				l, err := s.Add(context.Background(), "ann", link.Draft{URL: "https://example.com/" + uuid.NewString()})
				if err != nil {
					fmt.Println("add:", err)
					os.Exit(1)
				}
				_, _ = os.Stdout.WriteString(l.ID + "\n") // in one piece
			}
		})
	}
	clients.Wait()
}
