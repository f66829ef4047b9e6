package main

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/linkwell/linkwell/link-manager/serve"
)

// served is a Linkwell that runs with AUTH=users on its own ports.
func served(t *testing.T, folder string, change ...func(*serve.Config)) string {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	ready, ended := make(chan serve.Addresses, 1), make(chan error, 1)
	c := serve.Config{
		DataDir: folder, Listen: "127.0.0.1:0", MetricsListen: "127.0.0.1:0", GatewayListen: "127.0.0.1:0", Auth: "users",
		Connector: serve.Connector{Concurrency: 4, Streams: []string{"LINK_REQUESTS"}},
		Ready:     func(at serve.Addresses) { ready <- at },
	}
	for _, change := range change {
		change(&c)
	}
	go func() { ended <- serve.Run(ctx, c) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		http.DefaultClient.CloseIdleConnections()
	})
	select {
	case at := <-ready:
		return at.API
	case err := <-ended:
		ended <- err
		t.Fatal(err)
		return ""
	}
}

func TestTokensAndUsersAreManagedWhileLinkwellRuns(t *testing.T) {
	folder := t.TempDir()
	must := func(stdin string, arguments ...string) string {
		t.Helper()
		r := program(t, stdin, append(arguments, "--data-dir="+folder)...)
		if r.code != 0 {
			t.Fatalf("%v: exit code %d, error %q", arguments, r.code, r.err)
		}
		return strings.TrimSpace(r.out)
	}
	ask := func(api, token string) int {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), "GET", api+"/v1/links", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		return res.StatusCode
	}
	ann := must("a long password\n", "user", "add", "Ann", "--admin")
	before := must("", "token", "create", "before it ran", "--user=ann", "--scopes=read")
	api := served(t, folder)
	if got := ask(api, before); got != 200 {
		t.Errorf("a token made before it ran is answered %d", got)
	}
	// Others write at the same time: none of it may get lost, on either side.
	var all sync.WaitGroup
	tokens := make(chan string, 8)
	for range cap(tokens) {
		all.Go(func() {
			r := program(t, "", "token", "create", "one of many", "--data-dir="+folder)
			if r.code != 0 {
				t.Errorf("exit code %d, error %q", r.code, r.err)
			}
			tokens <- strings.TrimSpace(r.out)
		})
	}
	all.Wait()
	close(tokens)
	for token := range tokens {
		if got := ask(api, token); got != 200 {
			t.Errorf("a token made while it runs is answered %d", got)
		}
		if out := must("", "token", "revoke", strings.Split(token, "_")[1]); !strings.HasSuffix(out, " revoked.") {
			t.Errorf("revoked: %q", out)
		}
		if got := ask(api, token); got != 401 {
			t.Errorf("a revoked token is answered %d", got)
		}
	}
	if list := must("", "token", "list", "--user="+ann); !regexp.MustCompile(`(?m)^[a-z2-7]{16} +read +\d{4}-\d\d-\d\d +never +before it ran$`).MatchString(list) {
		t.Errorf("tokens:\n%s", list)
	}
	must("", "user", "disable", "ANN")
	if got := ask(api, before); got != 401 {
		t.Errorf("the token of somebody who is disabled is answered %d", got)
	}
	if list := must("", "user", "list"); !strings.Contains(list, ann+"  ann                   disabled  never") {
		t.Errorf("users:\n%s", list)
	}
	must("", "user", "enable", "ann")
	must("", "user", "admin", "ann", "--not")
	must("another password\n", "user", "password", "ann")
	if got := ask(api, before); got != 200 {
		t.Errorf("the token of somebody who is enabled again is answered %d", got)
	}
	for _, arguments := range [][]string{{"token", "revoke", "unknown"}, {"user", "disable", "bob"}, {"token", "create", "x", "--user=bob"}} {
		r := program(t, "", append(arguments, "--data-dir="+folder)...)
		if r.code != 1 || !strings.Contains(r.err, "there is no ") {
			t.Errorf("%v: exit code %d, error %q", arguments, r.code, r.err)
		}
	}
	if r := program(t, "a long password", "user", "add", "ann", "--data-dir="+folder); r.code != 1 || !strings.Contains(r.err, "taken") {
		t.Errorf("a login twice: exit code %d, error %q", r.code, r.err)
	}
	if r := program(t, "short", "user", "add", "bob", "--data-dir="+folder); r.code != 2 || !strings.Contains(r.err, "shorter than 12") {
		t.Errorf("a short password: exit code %d, error %q", r.code, r.err)
	}
}
