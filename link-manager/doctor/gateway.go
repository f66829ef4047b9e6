package doctor

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/openfaas/faas-provider/types"

	"github.com/linkwell/linkwell/link-manager/connector"
)

// answerBytes is the most a gateway may say.
const answerBytes = 16 << 20

// gateway looks whether an OpenFaaS gateway answers, and us; then at the functions that it has.
func (e *examination) gateway(ctx context.Context) {
	const about = "gateway"
	if e.GatewayURL == "" {
		e.fine(about, "the link manager brings its own, with the function in it")
		return
	}
	address, err := connector.ParseGatewayURL(e.GatewayURL)
	if err != nil {
		e.wrong(about, err.Error(), "Set GATEWAY_URL to it, as this machine reaches it.")
		return
	}
	credentials, err := connector.ReadCredentials(e.GatewayAuthDir)
	if err != nil {
		e.wrong(about, err.Error(), "GATEWAY_AUTH_DIR must be a folder with the gateway's files basic-auth-user and basic-auth-password: on Kubernetes the secret basic-auth in the namespace openfaas, on faasd /var/lib/faasd/secrets.")
		return
	}
	g := &asked{address: address, credentials: credentials, client: &http.Client{Timeout: patience}}
	defer g.client.CloseIdleConnections()
	began := e.Now()
	res, err := g.get(ctx, "/system/functions", nil)
	switch {
	case err != nil:
		e.wrong(about, "it cannot be reached: "+err.Error(), "GATEWAY_URL must be the gateway's address as this machine reaches it; on Kubernetes http://gateway.openfaas:8080 inside, or kubectl port-forward -n openfaas svc/gateway 8080 outside.")
		return
	case res.status == http.StatusUnauthorized || res.status == http.StatusForbidden:
		e.wrong(about, fmt.Sprintf("it does not let us in (%d)", res.status), "Put the gateway's user and password into the files basic-auth-user and basic-auth-password of GATEWAY_AUTH_DIR.")
		return
	case res.status != http.StatusOK:
		e.wrong(about, fmt.Sprintf("it cannot tell its functions (%d)", res.status), "Look at the gateway's log. It cannot list functions while its Prometheus or its provider is away.")
		return
	}
	if told, err := http.ParseTime(res.date); err == nil {
		e.clock("the gateway", told, began, e.Now())
	}
	var functions []types.FunctionStatus
	if err := json.Unmarshal(res.body, &functions); err != nil {
		e.wrong(about, "what answers there is no OpenFaaS gateway: it has no list of functions", "GATEWAY_URL must be the root of the gateway itself, not of a page or a proxy with a sign-in before it.")
		return
	}
	e.fine(about, "it answers, and knows us")
	e.functions(e.everywhere(ctx, g, functions))
}

// everywhere adds the functions of all namespaces that can be listed to those of the default one, named as the gateway routes
// to them.
func (e *examination) everywhere(ctx context.Context, g *asked, functions []types.FunctionStatus) []types.FunctionStatus {
	var namespaces []string
	res, err := g.get(ctx, "/system/namespaces", nil)
	if err != nil || res.status != http.StatusOK || json.Unmarshal(res.body, &namespaces) != nil || len(namespaces) == 0 {
		for i := range functions {
			functions[i].Namespace = "" // then the connector names them without one
		}
		return functions
	}
	var all []types.FunctionStatus
	for _, namespace := range namespaces {
		var there []types.FunctionStatus
		res, err := g.get(ctx, "/system/functions", url.Values{"namespace": {namespace}})
		if err != nil || res.status != http.StatusOK || json.Unmarshal(res.body, &there) != nil {
			e.advise("functions", fmt.Sprintf("those in the namespace %s cannot be listed", namespace), "Look at the gateway's log.")
			continue
		}
		for _, f := range there {
			f.Namespace = cmp.Or(f.Namespace, namespace)
			all = append(all, f)
		}
	}
	return all
}

// asked is a gateway.
type asked struct {
	address     string
	credentials *connector.Credentials
	client      *http.Client
}

// response is what a gateway answers.
type response struct {
	status int
	date   string
	body   []byte
}

func (g *asked) get(ctx context.Context, path string, query url.Values) (response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, g.address+path+"?"+query.Encode(), nil)
	if err != nil {
		return response{}, err
	}
	if g.credentials != nil {
		req.SetBasicAuth(g.credentials.User, g.credentials.Password)
	}
	res, err := g.client.Do(req)
	if err != nil {
		return response{}, err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, answerBytes))
	return response{res.StatusCode, res.Header.Get("Date"), body}, err
}
