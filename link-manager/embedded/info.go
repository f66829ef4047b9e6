package embedded

import (
	"net/http"
	"runtime"

	"github.com/openfaas/faas-provider/types"
)

// gatewayInfo is what a gateway says about itself and its provider; faas-provider has only the inner part.
type gatewayInfo struct {
	Provider     types.ProviderInfo `json:"provider"`
	Version      types.VersionInfo  `json:"version"`
	Architecture string             `json:"arch"`
}

// info is what `faas-cli version` prints.
func (g *Gateway) info(w http.ResponseWriter, _ *http.Request) {
	version := types.VersionInfo{Release: g.version}
	answerJSON(w, gatewayInfo{
		Provider:     types.ProviderInfo{Name: "linkwell", Version: &version, Orchestration: "embedded"},
		Version:      version,
		Architecture: runtime.GOARCH,
	})
}

// listNamespaces always names one: connector-sdk takes anything but a list for a fault.
func (g *Gateway) listNamespaces(w http.ResponseWriter, _ *http.Request) {
	answerJSON(w, []string{Namespace})
}

// listSecrets is empty: functions in this process read its environment.
func (g *Gateway) listSecrets(w http.ResponseWriter, _ *http.Request) {
	answerJSON(w, []types.Secret{})
}

// health answers as long as the process serves at all.
func (g *Gateway) health(w http.ResponseWriter, _ *http.Request) {
	answerText(w, http.StatusOK, "OK")
}
