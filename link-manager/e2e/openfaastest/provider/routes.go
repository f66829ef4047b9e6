//go:build openfaas

package provider

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/gorilla/mux"
	"github.com/openfaas/faas-provider/auth"
	"github.com/openfaas/faas-provider/logs"
	"github.com/openfaas/faas-provider/proxy"
	"github.com/openfaas/faas-provider/types"
)

// callTimeout bounds a call, and how long logs are followed: what read_timeout and write_timeout are to a real provider.
const callTimeout = time.Minute

// routes is the REST API of a provider. The router is faas-provider's, whose proxy reads its variables.
func (p *Provider) routes() http.Handler {
	system := mux.NewRouter()
	system.Use(onlyOurNamespace)
	system.HandleFunc("/system/functions", p.list).Methods(http.MethodGet)
	system.HandleFunc("/system/functions", p.deploy).Methods(http.MethodPost, http.MethodPut)
	system.HandleFunc("/system/functions", p.remove).Methods(http.MethodDelete)
	system.HandleFunc("/system/function/{name}", p.describe).Methods(http.MethodGet)
	system.HandleFunc("/system/scale-function/{name}", p.scale).Methods(http.MethodPost)
	system.HandleFunc("/system/secrets", p.listSecrets).Methods(http.MethodGet)
	system.HandleFunc("/system/secrets", p.changeSecret).Methods(http.MethodPost, http.MethodPut, http.MethodDelete)
	system.HandleFunc("/system/logs", logs.NewLogHandlerFunc(containerLogs{p}, callTimeout)).Methods(http.MethodGet)
	system.HandleFunc("/system/namespaces", listNamespaces).Methods(http.MethodGet)
	system.HandleFunc("/system/info", info).Methods(http.MethodGet)

	call := proxy.NewHandlerFunc(types.FaaSConfig{ReadTimeout: callTimeout}, rotation{p}, false)
	r := mux.NewRouter()
	r.HandleFunc("/function/{name}", call)
	r.HandleFunc("/function/{name}/{params:.*}", call)
	r.HandleFunc("/healthz", func(http.ResponseWriter, *http.Request) {})
	who := &auth.BasicAuthCredentials{User: p.config.User, Password: p.config.Password}
	r.PathPrefix("/system/").Handler(auth.DecorateWithBasicAuth(system.ServeHTTP, who))
	return r
}

// onlyOurNamespace refuses requests for another namespace; those that name it in their body are refused where it is read.
func onlyOurNamespace(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := checkNamespace(r.URL.Query().Get("namespace")); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// checkNamespace fails for any but ours; an empty one is ours.
func checkNamespace(asked string) error {
	if asked != "" && asked != Namespace {
		return fmt.Errorf("namespace must be %s, not %s", Namespace, asked)
	}
	return nil
}

// readJSON reads a body into value. It answers 400 and returns false if it is no JSON of that kind.
func readJSON(w http.ResponseWriter, r *http.Request, value any) bool {
	if err := json.NewDecoder(r.Body).Decode(value); err != nil {
		http.Error(w, "read the request: "+err.Error(), http.StatusBadRequest)
		return false
	}
	return true
}

func answerJSON(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	// These types cannot fail to encode: what is left is a client that left.
	_ = json.NewEncoder(w).Encode(value)
}

func listNamespaces(w http.ResponseWriter, _ *http.Request) { answerJSON(w, []string{Namespace}) }

// info is what `faas-cli version` prints of a provider.
func info(w http.ResponseWriter, _ *http.Request) {
	answerJSON(w, types.ProviderInfo{Name: "openfaastest", Orchestration: "docker", Version: &types.VersionInfo{Release: "dev"}})
}
