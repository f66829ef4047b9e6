package serve_test

import (
	"context"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/linkwell/linkwell/link-manager/serve"
	"github.com/linkwell/linkwell/link-manager/store"
)

// oidc is c with a provider.
func oidc(c serve.Config) serve.Config {
	c.Auth = "oidc"
	c.Accounts.OIDC = serve.OIDC{Issuer: "https://provider.example", ClientID: "linkwell", RedirectURL: "http://localhost:8090/auth/oidc/callback"}
	return c
}

// status is how a request is answered. The connection ends with it.
func status(t *testing.T, url, host, token string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Close, req.Host = true, host
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode
}

func TestWithAccountsTheAPIIsForEverybodyWhoHasOneAndTheGatewayForThisMachine(t *testing.T) {
	token := "lw_admin_" + strings.Repeat("0123456789abcdef", 4)
	for name, c := range map[string]serve.Config{"users": config(t), "oidc": oidc(config(t))} {
		t.Run(name, func(t *testing.T) {
			c.Auth, c.Listen = name, "0.0.0.0:0"
			c.Accounts.AdminTokenFile = filepath.Join(t.TempDir(), "token")
			write(t, c.Accounts.AdminTokenFile, token+"\n")
			err := run(t, c, func(at serve.Addresses) {
				api := strings.Replace(at.API, "[::]", "127.0.0.1", 1)
				for _, request := range []struct {
					url, host, token string
					want             int
				}{
					{api + "/v1/links", "links.example", "", http.StatusUnauthorized},
					{api + "/v1/links", "links.example", token, http.StatusOK},
					{api + "/v1/dead-letters", "links.example", token, http.StatusOK},
					{api + "/healthz", "links.example", "", http.StatusOK},
					{api + "/openapi.json", "links.example", "", http.StatusOK},
					{at.Gateway + "/system/functions", "", "", http.StatusOK},
					{at.Gateway + "/system/functions", "links.example", token, http.StatusMisdirectedRequest},
				} {
					if got := status(t, request.url, request.host, request.token); got != request.want {
						t.Errorf("%s as %q is answered %d, want %d", request.url, request.host, got, request.want)
					}
				}
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAccountsOpenBesideALinkwellAndLeaveItsSchemaAlone(t *testing.T) {
	c := config(t)
	err := run(t, c, func(serve.Addresses) {
		accounts, closed, err := serve.OpenAccounts(t.Context(), serve.Database{DataDir: c.DataDir})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := accounts.Store.Users(context.Background(), "", 1); err != nil {
			t.Error(err)
		}
		if err := closed(); err != nil {
			t.Error(err)
		}
		older(t, c)
		if _, _, err := serve.OpenAccounts(t.Context(), serve.Database{DataDir: c.DataDir}); err == nil || !strings.Contains(err.Error(), store.ErrOlderSchema.Error()) || !strings.Contains(err.Error(), "use the program of that version, or stop it first") {
			t.Errorf("beside an older Linkwell: %v", err)
		}
	})
	if err != nil {
		t.Error(err)
	}
}
