package connector

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/openfaas/connector-sdk/types"
	sdk "github.com/openfaas/go-sdk"
)

const (
	lookupTimeout  = 10 * time.Second
	lookupRetryMin = 200 * time.Millisecond
	// lookupBytes is the most a gateway may say about its functions.
	lookupBytes = 16 << 20
)

// found is what one lookup found.
type found struct {
	// wanted is sorted.
	wanted []subscription
	// annotations are those of each function that wants anything, by its name as in wanted.
	annotations map[string]map[string]string
	// empty is set if the gateway answered null, or nothing, where there should be a list.
	empty bool
}

// lookup asks the gateway which functions want which topics. It fails if the gateway is away or says anything but a list.
func lookup(ctx context.Context, gatewayURL string, client *http.Client) (found, error) {
	u, err := url.Parse(gatewayURL)
	if err != nil {
		return found{}, fmt.Errorf("ask the gateway for its functions: %w", err)
	}
	seen := &snapshot{base: client.Transport, answers: make(map[string][]byte)}
	client = &http.Client{Transport: seen, Timeout: client.Timeout}
	// A builder keeps nothing worth keeping, and one for each question cannot be in two states.
	topics, err := types.NewFunctionLookupBuilder(gatewayURL, ",", client, nil).Build()
	if err != nil {
		return found{}, fmt.Errorf("ask the gateway for its functions: %s", shorten(err.Error()))
	}
	f := found{annotations: make(map[string]map[string]string)}
	for topic, functions := range topics {
		for _, function := range functions {
			f.wanted = append(f.wanted, subscription{function: function, topic: topic})
			f.annotations[function] = nil
		}
	}
	slices.SortFunc(f.wanted, func(a, b subscription) int {
		return cmp.Or(cmp.Compare(a.function, b.function), cmp.Compare(a.topic, b.topic))
	})
	f.wanted = slices.Compact(f.wanted)
	if err := f.annotate(ctx, sdk.NewClient(u, nil, client)); err != nil {
		return found{}, fmt.Errorf("ask the gateway for its functions: %s", shorten(err.Error()))
	}
	f.empty = seen.empty
	return f, nil
}

// annotate adds the annotations, which the sdk's lookup keeps to itself.
func (f *found) annotate(ctx context.Context, client *sdk.Client) error {
	namespaces, err := client.GetNamespaces(ctx)
	if err != nil {
		return err
	}
	if len(namespaces) == 0 {
		namespaces = []string{""}
	}
	for _, namespace := range namespaces {
		functions, err := client.GetFunctions(ctx, namespace)
		if err != nil {
			return err
		}
		for _, function := range functions {
			name := function.Name
			if namespace != "" {
				name += "." + namespace
			}
			if _, wants := f.annotations[name]; wants && function.Annotations != nil {
				f.annotations[name] = *function.Annotations
			}
		}
	}
	return nil
}

// shorten cuts what the sdk says: its errors hold the whole answer, which may be somebody's login page.
func shorten(said string) string {
	const enough = 300
	if len(said) <= enough {
		return said
	}
	return strings.ToValidUTF8(said[:enough], "") + "…"
}

// Credentials are the gateway's basic auth.
type Credentials struct{ User, Password string }

// ReadCredentials reads the files OpenFaaS mounts, basic-auth-user and basic-auth-password, in folder. The empty folder
// means no credentials: nil.
func ReadCredentials(folder string) (*Credentials, error) {
	if folder == "" {
		return nil, nil
	}
	var read [2]string
	for i, name := range []string{"basic-auth-user", "basic-auth-password"} {
		content, err := os.ReadFile(filepath.Join(folder, name)) //nolint:gosec // the operator names the folder
		if err != nil {
			return nil, fmt.Errorf("read gateway credentials: %w", err)
		}
		read[i] = strings.TrimSpace(string(content))
	}
	return &Credentials{User: read[0], Password: read[1]}, nil
}

// ParseGatewayURL returns the URL as the sdk wants it, without a trailing slash. It fails with a sentence if it is not the
// root of an http or https server, which is the only thing the sdk can talk to.
func ParseGatewayURL(text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		return "", errors.New("GATEWAY_URL must be the root of a gateway, like http://gateway.openfaas:8080")
	}
	if u.User != nil {
		return "", errors.New("GATEWAY_URL must not hold a password; put it into the files of GATEWAY_AUTH_DIR")
	}
	return u.Scheme + "://" + u.Host, nil
}

// newLookupClient returns the client for questions about functions, which are given up when ctx ends: the sdk's have no
// context of their own.
func newLookupClient(ctx context.Context, credentialsFolder string) *http.Client {
	return &http.Client{
		Timeout:   lookupTimeout,
		Transport: &lookupTransport{ctx: ctx, credentialsFolder: credentialsFolder, base: &http.Transport{IdleConnTimeout: 90 * time.Second}},
	}
}

// lookupTransport adds the credentials, as they are in their folder at the time, and turns every answer but 2xx into an
// error: the sdk reads a 500 with a JSON list as "no functions".
type lookupTransport struct {
	ctx               context.Context // see newLookupClient
	credentialsFolder string
	base              *http.Transport
}

func (t *lookupTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	credentials, err := ReadCredentials(t.credentialsFolder)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(req.Context())
	stop := context.AfterFunc(t.ctx, cancel)
	req = req.Clone(ctx)
	release := func() { stop(); cancel() }
	if credentials != nil {
		req.SetBasicAuth(credentials.User, credentials.Password)
	}
	res, err := t.base.RoundTrip(req)
	if err != nil {
		release()
		return nil, err
	}
	if res.StatusCode < 200 || res.StatusCode > 299 {
		_ = res.Body.Close()
		release()
		return nil, fmt.Errorf("%s answered %s", req.URL.Path, res.Status)
	}
	res.Body = &limitedBody{Reader: io.LimitReader(res.Body, lookupBytes), Closer: closeBody{res.Body, release}}
	return res, nil
}

// CloseIdleConnections lets http.Client.CloseIdleConnections reach the connections.
func (t *lookupTransport) CloseIdleConnections() { t.base.CloseIdleConnections() }

// closeBody closes a body and then releases what it needed.
type closeBody struct {
	io.Closer
	release func()
}

func (c closeBody) Close() error {
	defer c.release()
	return c.Closer.Close()
}

// limitedBody is a response body of which only a bounded part can be read.
type limitedBody struct {
	io.Reader
	io.Closer
}
