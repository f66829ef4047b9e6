package api

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/linkwell/linkwell/link-manager/account"
)

func TestARouteWithoutAScopeLetsNobodyIn(t *testing.T) {
	everything := asker{identity: account.Everything(account.Local)}
	if p := refused(everything, ""); p == nil || p.Status != http.StatusForbidden {
		t.Errorf("it is answered with %+v", p)
	}
	if p := refused(everything, scopeAdmin); p != nil {
		t.Errorf("whoever may do everything is answered with %+v", p)
	}
}

func TestARequestThatNobodyIdentifiedIsNobodys(t *testing.T) {
	recorder := httptest.NewRecorder()
	needs(scopeRead)(http.NotFoundHandler()).ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), "GET", "/", nil))
	if recorder.Code != http.StatusUnauthorized {
		t.Errorf("it is answered %d", recorder.Code)
	}
	defer func() {
		if recover() == nil {
			t.Error("it has an owner")
		}
	}()
	(&api{}).Owner(t.Context())
}

func TestOnlyOurOwnPagesAreGoneOnTo(t *testing.T) {
	for target, want := range map[string]string{
		"/links?q=a": "/links?q=a", "/": "/", "": "/", "//evil.example": "/", "/\\evil.example": "/", "https://evil.example/": "/",
		"evil": "/", "/a\r\nSet-Cookie: a=b": "/", "javascript:alert(1)": "/", "/\t/evil.example": "/",
	} {
		if got := local(target); got != want {
			t.Errorf("%q leads to %q, want %q", target, got, want)
		}
	}
}
