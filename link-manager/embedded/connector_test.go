package embedded_test

import (
	"context"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"
	connector "github.com/openfaas/connector-sdk/types"

	"github.com/linkwell/linkwell/link-manager/embedded"
)

// connector-sdk must find and call our functions as it does on a real gateway.
func TestConnectorFindsAndCallsTheFunctions(t *testing.T) {
	defer log.SetOutput(log.Writer())
	log.SetOutput(io.Discard) // the Invoker writes a line per call
	server := httptest.NewServer(newGateway(t, embedded.GatewayConfig{Functions: ourFunctions()}))
	defer server.Close()

	lookup, err := connector.NewFunctionLookupBuilder(server.URL, "", server.Client(), nil).Build()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{"link.added": {"link-checker.openfaas-fn"}, "link.due": {"link-rechecker.openfaas-fn"}}
	if diff := cmp.Diff(want, lookup); diff != "" {
		t.Fatal(diff)
	}

	invoker := connector.NewInvoker(server.URL+"/function", server.Client(), "", false, false, "")
	invoker.Responses = make(chan connector.InvokerResponse, 1)
	topics := connector.NewTopicMap()
	topics.Sync(&lookup)
	body := []byte("event")
	invoker.InvokeWithContext(context.Background(), &topics, "link.due", &body, http.Header{"Ce-Id": {"7"}})
	answer := <-invoker.Responses
	if answer.Error != nil || answer.Status != http.StatusOK || string(*answer.Body) != "POST  event" {
		t.Fatalf("the answer is %+v", answer)
	}
	if answer.Header.Get("X-Duration-Seconds") == "" || answer.Header.Get("X-Openfaas-Internal") != "" {
		t.Errorf("the answer is not marked as the function's: %v", answer.Header)
	}
}
