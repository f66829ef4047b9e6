//go:build openfaas

package provider

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/gorilla/mux"
	"github.com/openfaas/faas-provider/types"
)

// list answers with every function, in the order of their names.
func (p *Provider) list(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	statuses := []types.FunctionStatus{}
	for _, name := range slices.Sorted(maps.Keys(p.functions)) {
		statuses = append(statuses, p.functions[name].status())
	}
	answerJSON(w, statuses)
}

// describe answers with one function.
func (p *Provider) describe(w http.ResponseWriter, r *http.Request) {
	name := mux.Vars(r)["name"]
	if f := p.find(name); f != nil {
		answerJSON(w, f.status())
		return
	}
	unknown(w, name)
}

// unknown says that there is no function called name.
func unknown(w http.ResponseWriter, name string) {
	http.Error(w, fmt.Sprintf("there is no function %q", name), http.StatusNotFound)
}

// find returns the function called name or name.openfaas-fn, or nil.
func (p *Provider) find(name string) *function {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.functions[plainName(name)]
}

// plainName is name without our namespace.
func plainName(name string) string { return strings.TrimSuffix(name, "."+Namespace) }

// Containers are the ids of the containers that take calls to the function called name; none if there is no function.
func (p *Provider) Containers(name string) []string {
	var ids []string
	if f := p.find(name); f != nil {
		for _, r := range f.available() {
			ids = append(ids, r.id)
		}
	}
	return ids
}
