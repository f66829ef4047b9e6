package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"testing"

	"github.com/linkwell/linkwell/link-manager/api"
)

func TestReadyzFailsOnlyForRequiredParts(t *testing.T) {
	fine := func(context.Context) error { return nil }
	away := func(context.Context) error { return errors.New("it is away") }
	for name, test := range map[string]struct {
		parts  []api.Part
		status int
		says   map[string]string
	}{
		"all is well": {
			[]api.Part{{Name: "store", Required: true, Check: fine}, {Name: "broker", Check: fine}},
			http.StatusOK, map[string]string{"status": "ok", "store": "ok", "broker": "ok"},
		},
		"a part that links can be saved without": {
			[]api.Part{{Name: "store", Required: true, Check: fine}, {Name: "broker", Check: away}},
			http.StatusOK, map[string]string{"status": "ok", "store": "ok", "broker": "it is away"},
		},
		"the store": {
			[]api.Part{{Name: "store", Required: true, Check: away}, {Name: "broker", Check: fine}},
			http.StatusServiceUnavailable, map[string]string{"status": "unavailable", "store": "it is away", "broker": "ok"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, func(c *api.Config) { c.Parts = test.parts })
			a := r.do("GET", "/readyz", "")
			var got map[string]string
			if err := json.Unmarshal(a.body, &got); err != nil || a.status != test.status {
				t.Fatalf("answer is %d %s, %v", a.status, a.body, err)
			}
			for part, want := range test.says {
				if got[part] != want {
					t.Errorf("%s is %q, want %q", part, got[part], want)
				}
			}
		})
	}
}

func TestHealthz(t *testing.T) {
	if a := newRig(t).do("GET", "/healthz", ""); a.status != http.StatusOK {
		t.Errorf("answer is %d %s", a.status, a.body)
	}
}
