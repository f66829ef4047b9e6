//go:build !openfaas

package e2e_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// TestABackupTakenUnderLoadRestores copies the database while links are saved and checked, and has another Linkwell go on
// from the copy: whatever was accepted before the copy began is there, whole, and is settled.
func TestABackupTakenUnderLoadRestores(t *testing.T) {
	beside(t)
	w, folder, restored := startWeb(t), t.TempDir(), t.TempDir()
	p := run(t, folder)
	s := startSaving(t, w, *links, func() string { return p.API })
	s.release(*links)
	s.waitFor(*links / 2)
	before := p.all()
	began := time.Now()
	backup := exec.CommandContext(t.Context(), p.command.Path, "backup", filepath.Join(restored, "linkwell.db"))
	backup.Env = append(os.Environ(), "DATA_DIR="+folder)
	said, err := backup.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	took := time.Since(began)
	s.waitFor(*links)
	p.kill()

	p = run(t, restored)
	ledger := openLedger(t, restored, "")
	ledger.waitUntilSettled()
	after := map[string]bool{}
	for _, l := range p.all() {
		after[l.ID] = true
	}
	lost := 0
	for _, l := range before {
		if !after[l.ID] {
			lost++
		}
	}
	settled := ledger.settledAs(w, *links)
	if lost > 0 || settled != len(after) {
		t.Errorf("lost %d; %d of %d are settled as what they are", lost, settled, len(after))
	}
	t.Logf("a backup in %.2f s while links were saved and checked: %d accepted before, %d in the copy, lost %d; all %d settled by a Linkwell that goes on from it",
		took.Seconds(), len(before), len(after), lost, settled)
}
