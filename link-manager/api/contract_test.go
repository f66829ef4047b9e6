package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"github.com/linkwell/linkwell/link-manager/api"
)

// contract is the OpenAPI document as programs read it.
type contract struct {
	document *openapi3.T
	router   routers.Router
}

// theContract reads the document once; it does not depend on how the API is configured.
var theContract = sync.OnceValues(func() (*contract, error) {
	recorder := httptest.NewRecorder()
	api.New(api.Config{}).ServeHTTP(recorder, httptest.NewRequestWithContext(context.Background(), http.MethodGet, "/openapi.json", nil))
	document, err := openapi3.NewLoader().LoadFromData(recorder.Body.Bytes())
	if err != nil {
		return nil, err
	}
	router, err := gorillamux.NewRouter(document)
	return &contract{document, router}, err
})

// A stream is text to the document.
func init() { openapi3filter.RegisterBodyDecoder("text/event-stream", openapi3filter.PlainBodyDecoder) }

// undescribed are the pages that are no part of the contract.
func undescribed(path string) bool {
	return path == "/healthz" || path == "/readyz" || strings.HasPrefix(path, "/openapi") || strings.HasPrefix(path, "/docs") || strings.HasPrefix(path, "/auth/")
}

// kept holds an API to its contract: each answer is one that the document describes, with no member too many, and each
// request that was answered well is one that the document allows.
func (r *rig) kept(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.t.Helper()
		var body []byte
		if req.Body != nil {
			body, _ = io.ReadAll(req.Body)
			req.Body = io.NopCloser(bytes.NewReader(body))
		}
		recorder := httptest.NewRecorder()
		next.ServeHTTP(recorder, req)
		req.Body = io.NopCloser(bytes.NewReader(body))
		if !undescribed(req.URL.Path) {
			r.keepsContract(req, recorder)
		}
		for name, values := range recorder.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(recorder.Code)
		_, _ = w.Write(recorder.Body.Bytes())
	})
}

func (r *rig) keepsContract(req *http.Request, answer *httptest.ResponseRecorder) {
	r.t.Helper()
	c, err := theContract()
	if err != nil {
		r.t.Fatal(err)
	}
	route, parameters, err := c.router.FindRoute(req)
	if err != nil {
		// Nothing is there: then it is a problem that says so.
		if answer.Code < 400 {
			r.t.Errorf("%s %s is answered with %d and not in the document: %v", req.Method, req.URL.Path, answer.Code, err)
		}
		c.isProblem(r.t, answer)
		return
	}
	options := &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true, MultiError: true, SkipSettingDefaults: true}
	asked := &openapi3filter.RequestValidationInput{Request: req, PathParams: parameters, Route: route, Options: options}
	if answer.Code < 300 {
		if err := openapi3filter.ValidateRequest(req.Context(), asked); err != nil {
			r.t.Errorf("%s %s is answered well, and not a request that the document allows: %v", req.Method, req.URL, err)
		}
	}
	err = openapi3filter.ValidateResponse(req.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: asked, Status: answer.Code, Header: answer.Header(), Body: io.NopCloser(bytes.NewReader(answer.Body.Bytes())), Options: options,
	})
	if err != nil {
		r.t.Errorf("%s %s: the answer is not one of the document's: %v\n%d %s", req.Method, req.URL.Path, err, answer.Code, answer.Body)
	}
	if answer.Code >= 400 {
		c.isProblem(r.t, answer)
	}
}

// isProblem holds an answer that no operation describes to the one shape that errors have.
func (c *contract) isProblem(t *testing.T, answer *httptest.ResponseRecorder) {
	t.Helper()
	if got := answer.Header().Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("the content type of an error is %q", got)
	}
	var body any
	if err := json.Unmarshal(answer.Body.Bytes(), &body); err != nil {
		t.Fatal(err)
	}
	schema := c.document.Components.Schemas["Problem"]
	if err := schema.Value.VisitJSON(body, openapi3.EnableJSONSchema2020()); err != nil {
		t.Errorf("%s is not a problem: %v", answer.Body, err)
	}
}

func TestTheOpenAPIDocumentIsValid(t *testing.T) {
	c, err := theContract()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(c.document.OpenAPI, "3.1") {
		t.Errorf("version is %q", c.document.OpenAPI)
	}
	if err := c.document.Validate(t.Context()); err != nil {
		t.Error(err)
	}
}

// Every operation describes what can go wrong with any, and nothing is left to "default".
func TestEveryOperationDescribesItsErrors(t *testing.T) {
	c, err := theContract()
	if err != nil {
		t.Fatal(err)
	}
	for path, item := range c.document.Paths.Map() {
		for method, operation := range item.Operations() {
			expected := []int{400, 401, 403, 429, 500, 503}
			if strings.Contains(path, "{") {
				expected = append(expected, 404)
			}
			if operation.RequestBody != nil {
				expected = append(expected, 413, 422)
				if operation.RequestBody.Value.Content.Get("application/octet-stream") == nil {
					expected = append(expected, 415)
				}
			}
			for _, status := range expected {
				response := operation.Responses.Status(status)
				if response == nil || response.Value.Content.Get("application/problem+json") == nil {
					t.Errorf("%s %s does not describe %d", method, path, status)
				}
			}
			if operation.Responses.Default() != nil {
				t.Errorf("%s %s has a default response", method, path)
			}
		}
	}
}

func TestEveryErrorIsAProblem(t *testing.T) {
	r := newRig(t, func(c *api.Config) { c.Guard = api.Guard(true) })
	const json = "application/json"
	for name, test := range map[string]struct {
		method, target, body string
		headers              []string
		status               int
		kind                 string
	}{
		"a parameter that cannot be used": {"GET", "/v1/links?limit=x", "", nil, 400, "request"},
		"a query that cannot be read":     {"GET", "/v1/dead-letters?function=%zz", "", nil, 400, "request"},
		"a body that is no JSON":          {"POST", "/v1/links", "{", nil, 400, "request"},
		"another site's page":             {"POST", "/v1/links", "{}", []string{"Origin", "https://evil.example"}, 403, "cross-origin"},
		"a link that is not there":        {"GET", "/v1/links/x", "", nil, 404, "not-found"},
		"a page that is not there":        {"GET", "/v2", "", nil, 404, "no-such-page"},
		"a method that is not possible":   {"PUT", "/v1/links", "{}", nil, 405, "method"},
		"a body that is too large":        {"POST", "/v1/links", `{"title":"` + strings.Repeat("a", 64<<10) + `"}`, nil, 413, "request"},
		"a body of another type":          {"POST", "/v1/links", "url=x", []string{"Content-Type", "text/plain"}, 415, "media-type"},
		"another host":                    {"GET", "/v1/links", "", []string{"Host", "evil.example"}, 421, "host"},
		"a field that cannot be used":     {"POST", "/v1/links", `{"url":"x"}`, []string{"Content-Type", json}, 422, "invalid-field"},
	} {
		t.Run(name, func(t *testing.T) {
			r.t = t
			headers := append([]string{"Host", "localhost"}, test.headers...)
			p := r.do(test.method, test.target, test.body, headers...).problem(test.status, "")
			if want := "urn:linkwell:problem:" + test.kind; p.Type != want || p.Detail == "" {
				t.Errorf("problem is %+v, want it to be %s and to say why", p, want)
			}
		})
	}
}
