//go:build openfaas

package provider

import (
	"fmt"
	"net/url"

	"github.com/openfaas/faas-provider/proxy"
)

// rotation hands the calls of a function to its replicas in turn.
type rotation struct{ provider *Provider }

var _ proxy.BaseURLResolver = rotation{}

// Resolve returns the address of the replica that takes the next call. It fails while there is none.
func (r rotation) Resolve(name string) (url.URL, error) {
	f := r.provider.find(name)
	if f == nil {
		return url.URL{}, fmt.Errorf("there is no function %q", name)
	}
	replicas := f.available()
	if len(replicas) == 0 {
		return url.URL{}, fmt.Errorf("function %q has no replica that is ready", name)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls++
	return replicas[f.calls%len(replicas)].address, nil
}
