package store_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/linkwell/linkwell/link-manager/store/storetest/postgrestest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(stopping{m}) }

// stopping stops the PostgreSQL server before leaks are looked for.
type stopping struct{ *testing.M }

func (m stopping) Run() int { return postgrestest.Main(m.M) }
