package probe

import (
	"fmt"
	"net/netip"
	"sync/atomic"
	"testing"

	"github.com/linkwell/linkwell/link-checker/probe/probetest"
)

// fickleNames are made up as they are needed, and lead elsewhere each time they are asked for, if they are told to.
type fickleNames struct {
	*probetest.NameServer
	made atomic.Int64
}

func newFickleNames(t *testing.T, address string) *fickleNames {
	return &fickleNames{NameServer: probetest.NewNameServerOn(t, address, nil)}
}

// name is one that nothing else uses, and leads where first says, and then where the others do.
func (n *fickleNames) name(first probetest.Name, then ...probetest.Name) string {
	name := fmt.Sprintf("name%d.example", n.made.Add(1))
	first.Then = then
	n.Add(name, first)
	return name
}

func to(addresses ...netip.Addr) probetest.Name {
	var name probetest.Name
	for _, address := range addresses {
		name.Addresses = append(name.Addresses, address.String())
	}
	return name
}

func by(name probetest.Name, aliases ...string) probetest.Name {
	name.Aliases = aliases
	return name
}
