//go:build !openfaas

package e2e_test

import (
	"testing"
	"time"
)

// TestKillEachPart kills manager, connector, broker and function, each a process of its own, in any order and again and
// again while links are saved and checked.
func TestKillEachPart(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, databaseURL string) {
		w := startWeb(t)
		p := &parts{t: t, databaseURL: databaseURL, dataFolder: t.TempDir(), settings: append([]string{"CHECK_ALLOW=127.0.0.1/32"}, shortTimeouts...)}
		broker, function := p.startBroker(), p.startFunction()
		connector := p.startConnector()
		manager := p.startManager()
		s := startSaving(t, w, *links, manager.where)

		seed, moments := drawn()
		var victims []*child
		for range *kills {
			victims = append(victims, manager, connector, broker, function)
		}
		moments.Shuffle(len(victims), func(i, j int) { victims[i], victims[j] = victims[j], victims[i] })
		for i, victim := range victims {
			s.release((i + 1) * *links / len(victims))
			time.Sleep(moment(moments, time.Second))
			victim.kill()
		}
		killed := time.Now()
		s.waitFor(*links)
		ledger := openLedger(t, p.dataFolder, databaseURL)
		ledger.waitUntilSettled()
		t.Logf("seed %d: %d kill -9, %d each of manager, connector, broker and function: %s; all settled %.1f s after the last kill with a lease of 5 s",
			seed, len(victims), *kills, ledger.figures(w, *links), time.Since(killed).Seconds())
	})
}
