package probe

import (
	"net"
	"testing"
)

func TestACheckLooksNamesUpAsItsProberDoes(t *testing.T) {
	for _, resolver := range []*net.Resolver{{}, {PreferGo: true}, {StrictErrors: true}} {
		got := new(dialer).lookups(resolver)
		if got.PreferGo != resolver.PreferGo || got.StrictErrors != resolver.StrictErrors {
			t.Errorf("got %+v, want it like %+v", got, resolver)
		}
	}
	if zero := new(Prober).resolver(); !zero.PreferGo {
		t.Error("the zero Prober uses the C library's resolver")
	}
}
