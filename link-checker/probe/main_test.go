package probe_test

import (
	"io"
	"log"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	// net/http has no other place for "Unsolicited response received on idle HTTP channel", which is what some servers do.
	log.SetOutput(io.Discard)
	goleak.VerifyTestMain(m)
}
