package store

import (
	"sync"
	"testing"

	"github.com/linkwell/linkwell/link-manager/store/storetest/postgrestest"
)

// Replicas of a new deployment start at once, on a database with nothing in it.
func TestReplicasThatStartTogetherMigrateOnce(t *testing.T) {
	for range 2 {
		url := postgrestest.URL(t)
		errs := make([]error, 6)
		var starting sync.WaitGroup
		for i := range errs {
			starting.Go(func() {
				s, err := Open(t.Context(), Config{URL: url})
				if err == nil {
					err = s.Close()
				}
				errs[i] = err
			})
		}
		starting.Wait()
		for i, err := range errs {
			if err != nil {
				t.Errorf("replica %d: %v", i, err)
			}
		}
	}
}
