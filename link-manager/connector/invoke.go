package connector

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/openfaas/connector-sdk/types"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"

	"github.com/linkwell/linkwell/link-checker/tracing"
)

// answer is what came back from one call: an answer, from whoever, or an error.
type answer struct {
	status int
	header http.Header
	body   []byte
	err    error
}

const (
	userAgent = "linkwell-connector"
	// answerBytes is how much of an answer is read.
	answerBytes = 64 << 10
)

// invoke calls one function for one event and returns its one answer. The function is told the event's subject as its
// topic, also where it asked for a pattern. The sdk's Invoker says nothing when no function
// matches, answers through a shared channel and cannot be asked what became of one call; so it is given a topic map with
// one function and a channel of its own, which together make one call, one function, one answer.
func invoke(ctx context.Context, client *http.Client, gatewayURL, function, subject string, body []byte, header http.Header) answer {
	topics := types.NewTopicMap()
	topics.Sync(&map[string][]string{subject: {function}})
	invoker := types.Invoker{
		Client:     client,
		GatewayURL: gatewayURL + "/function",
		UserAgent:  userAgent,
		Responses:  make(chan types.InvokerResponse, 1),
	}
	invoker.InvokeWithContext(ctx, &topics, subject, &body, header)
	response := <-invoker.Responses
	if response.Error != nil {
		return answer{err: response.Error}
	}
	a := answer{status: response.Status}
	if response.Header != nil {
		a.header = *response.Header
	}
	if response.Body != nil {
		a.body = *response.Body
	}
	return a
}

// newCallClient returns the client for calls: no proxy, no redirects, bounded answers, and connections that are kept.
func newCallClient(concurrency int, timeout time.Duration) *http.Client {
	return &http.Client{
		Timeout: timeout,
		Transport: newCallTransport(&http.Transport{
			MaxIdleConns:        2 * concurrency,
			MaxIdleConnsPerHost: 2 * concurrency,
			IdleConnTimeout:     90 * time.Second,
		}),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// callTransport cuts answers off at answerBytes, because the sdk reads them whole.
type callTransport struct {
	base *http.Transport
	// traced is base in a span of its own for each call, below the event's, which the function's is below in turn.
	traced http.RoundTripper
}

func newCallTransport(base *http.Transport) *callTransport {
	return &callTransport{base: base, traced: otelhttp.NewTransport(base,
		otelhttp.WithPropagators(tracing.Propagator),
		otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string { return r.Method + " " + r.URL.Path }),
	)}
}

func (t *callTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := t.traced.RoundTrip(req)
	if err == nil {
		res.Body = &limitedBody{Reader: io.LimitReader(res.Body, answerBytes), Closer: res.Body}
	}
	return res, err
}

// CloseIdleConnections lets http.Client.CloseIdleConnections reach the connections.
func (t *callTransport) CloseIdleConnections() { t.base.CloseIdleConnections() }
