//go:build openfaas

package provider

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"

	"github.com/gorilla/mux"
	"github.com/openfaas/faas-provider/types"

	"github.com/linkwell/linkwell/link-manager/e2e/openfaastest/docker"
)

// deploy takes a new function, or another state of one. It answers when the image is here, before replicas are ready.
// With PUT there must be such a function already.
func (p *Provider) deploy(w http.ResponseWriter, r *http.Request) {
	var d types.FunctionDeployment
	if !readJSON(w, r, &d) {
		return
	}
	if err := cmp.Or(checkDeployment(&d), p.checkSecrets(d.Secrets)); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if r.Method == http.MethodPut && p.find(d.Service) == nil {
		unknown(w, d.Service)
		return
	}
	// Always, as Kubernetes is told to: a tag may have moved.
	if _, err := docker.Run(r.Context(), "pull", "--quiet", d.Image); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if err := p.adopt(&d); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

// adopt makes d what is wanted of its function, which may be a new one. It fails if there are too many.
func (p *Provider) adopt(d *types.FunctionDeployment) error {
	labels := map[string]string{"faas_function": d.Service}
	if d.Labels != nil {
		maps.Copy(labels, *d.Labels)
	}
	d.Labels = &labels
	if d.Annotations == nil {
		d.Annotations = &map[string]string{}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	f, known := p.functions[d.Service]
	if !known {
		if len(p.functions) == maxFunctions {
			return fmt.Errorf("there are %d functions, and Community Edition runs no more", maxFunctions)
		}
		f = newFunction(p)
		p.functions[d.Service] = f
	}
	f.want(func(w *wanted) { w.deployment, w.replicas = d, wantedReplicas(d, w.replicas) })
	if !known {
		p.work.Go(f.run)
	}
	return nil
}

// scale changes how many replicas a function has. Community Edition would not go to 0.
func (p *Provider) scale(w http.ResponseWriter, r *http.Request) {
	var asked types.ScaleServiceRequest
	if !readJSON(w, r, &asked) {
		return
	}
	f := p.find(mux.Vars(r)["name"])
	switch {
	case f == nil:
		unknown(w, mux.Vars(r)["name"])
	case asked.Replicas > maxReplicas:
		http.Error(w, fmt.Sprintf("replicas must be 0 to %d", maxReplicas), http.StatusBadRequest)
	default:
		f.want(func(w *wanted) { w.replicas = int(asked.Replicas) })
		w.WriteHeader(http.StatusAccepted)
	}
}

// remove forgets a function at once; its replicas stop in their own time.
func (p *Provider) remove(w http.ResponseWriter, r *http.Request) {
	var asked types.DeleteFunctionRequest
	if !readJSON(w, r, &asked) {
		return
	}
	if err := checkNamespace(asked.Namespace); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	name := plainName(asked.FunctionName)
	f := p.functions[name]
	if f == nil {
		unknown(w, name)
		return
	}
	delete(p.functions, name)
	f.want(func(w *wanted) { w.removed = true })
	w.WriteHeader(http.StatusAccepted)
}
