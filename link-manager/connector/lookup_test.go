package connector

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestALookupFindsTopicsAndAnnotationsOfAllNamespacesInOneSnapshot(t *testing.T) {
	var asked atomic.Int64
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		answer := map[string]string{
			"/system/namespaces":            `["a","b"]`,
			"/system/functions?namespace=a": `[{"name":"one","annotations":{"topic":"x, y","k":"v"}},{"name":"none"}]`,
			"/system/functions?namespace=b": `[{"name":"one","annotations":{"topic":"x,x"}},{"name":"other","annotations":{"k":"v"}}]`,
		}[r.URL.RequestURI()]
		_, _ = io.WriteString(w, answer)
	}))
	defer gateway.Close()
	client := newLookupClient(t.Context(), "")
	defer client.CloseIdleConnections()
	got, err := lookup(t.Context(), gateway.URL, client)
	if err != nil {
		t.Fatal(err)
	}
	want := found{
		wanted:      []subscription{{"one.a", "x"}, {"one.a", "y"}, {"one.b", "x"}},
		annotations: map[string]map[string]string{"one.a": {"topic": "x, y", "k": "v"}, "one.b": {"topic": "x,x"}},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(found{}, subscription{})); diff != "" {
		t.Error(diff)
	}
	if n := asked.Load(); n != 3 {
		t.Errorf("the gateway was asked %d times, want 3", n)
	}
}

func TestALookupTellsAListFromNone(t *testing.T) {
	for answer, want := range map[string]bool{`[]`: false, `[{"name":"a"}]`: false, `null`: true} {
		gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/system/namespaces" {
				answer := `["a"]`
				_, _ = io.WriteString(w, answer)
				return
			}
			_, _ = io.WriteString(w, answer)
		}))
		client := newLookupClient(t.Context(), "")
		got, err := lookup(t.Context(), gateway.URL, client)
		if err != nil || got.empty != want || len(got.wanted) != 0 {
			t.Errorf("%q is read as %+v, %v", answer, got, err)
		}
		client.CloseIdleConnections()
		gateway.Close()
	}
}
