package embedded

import "net/http"

// refuse answers 501 and says how to get what was asked for.
func refuse(purpose string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		answerText(w, http.StatusNotImplemented, "this gateway is embedded in link-manager and hosts its own functions only; "+
			purpose+", run a real OpenFaaS gateway and set GATEWAY_URL")
	}
}
