package embedded

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/openfaas/faas-provider/types"
	handler "github.com/openfaas/templates-sdk/go-http"
)

// Namespace is the one namespace there is: OpenFaaS's default for functions.
const Namespace = "openfaas-fn"

// Function is a function to host: what an image and its entry in stack.yml are to a real gateway.
type Function struct {
	Name string
	// Topic is the subject whose events the connector hands to the function, shown as the annotation "topic"; empty means
	// that it is only called by hand.
	Topic string
	// Handle answers a call. It may be called many times at once. Its request's context ends with the caller, and with
	// the gateway's Timeout.
	Handle func(handler.Request) (handler.Response, error)
	// Image is what `faas-cli list` shows as the image; empty means "embedded".
	Image string
	// Labels and Annotations are shown and otherwise unused, but for what the connector reads.
	Labels, Annotations map[string]string
}

// hosted is a function and what happened to it since.
type hosted struct {
	Function
	createdAt   time.Time
	invocations atomic.Int64
}

// host adds function to the gateway.
func (g *Gateway) host(function Function) {
	switch {
	case function.Name == "" || function.Handle == nil:
		panic(fmt.Sprintf("embedded: function %q needs a name and a Handle", function.Name))
	case g.find(function.Name) != nil:
		panic(fmt.Sprintf("embedded: two functions are called %q", function.Name))
	}
	if function.Image == "" {
		function.Image = "embedded"
	}
	function.Labels = withEntry(function.Labels, "faas_function", function.Name)
	function.Annotations = withEntry(function.Annotations, "topic", function.Topic)
	g.functions = append(g.functions, &hosted{Function: function, createdAt: g.now().UTC()})
}

// withEntry is a copy of m with one more entry, unless its value is empty.
func withEntry(m map[string]string, key, value string) map[string]string {
	m = maps.Clone(m)
	if m == nil {
		m = map[string]string{}
	}
	if value != "" {
		m[key] = value
	}
	return m
}

// find returns the function called name or name.openfaas-fn, or nil.
func (g *Gateway) find(name string) *hosted {
	name = strings.TrimSuffix(name, "."+Namespace)
	for _, function := range g.functions {
		if function.Name == name {
			return function
		}
	}
	return nil
}

// list answers with every function; another namespace has none.
func (g *Gateway) list(w http.ResponseWriter, r *http.Request) {
	statuses := []types.FunctionStatus{}
	if ours(r) {
		for _, function := range g.functions {
			statuses = append(statuses, function.status())
		}
	}
	answerJSON(w, statuses)
}

// describe answers with one function.
func (g *Gateway) describe(w http.ResponseWriter, r *http.Request) {
	name := chi.URLParam(r, "name")
	function := g.find(name)
	if function == nil || !ours(r) {
		g.unknown(w, name, r.URL.Query().Get("namespace"))
		return
	}
	answerJSON(w, function.status())
}

// ours reports whether r asks for our namespace, or leaves it open.
func ours(r *http.Request) bool {
	namespace := r.URL.Query().Get("namespace")
	return namespace == "" || namespace == Namespace
}

// unknown says that there is no such function, and which there are.
func (g *Gateway) unknown(w http.ResponseWriter, name, namespace string) {
	if namespace != "" && namespace != Namespace {
		name += "." + namespace
	}
	answerText(w, http.StatusNotFound, fmt.Sprintf("there is no function %q here; %s", name, g.names()))
}

// status is the function as faas-provider describes one. It is always ready: it runs where the answer comes from.
func (h *hosted) status() types.FunctionStatus {
	return types.FunctionStatus{
		Name:              h.Name,
		Image:             h.Image,
		Namespace:         Namespace,
		Labels:            &h.Labels,
		Annotations:       &h.Annotations,
		InvocationCount:   float64(h.invocations.Load()),
		Replicas:          1,
		AvailableReplicas: 1,
		CreatedAt:         h.createdAt,
	}
}
