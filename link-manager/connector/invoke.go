package connector

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/openfaas/connector-sdk/types"
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
		Transport: &callTransport{base: &http.Transport{
			MaxIdleConns:        2 * concurrency,
			MaxIdleConnsPerHost: 2 * concurrency,
			IdleConnTimeout:     90 * time.Second,
		}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// callTransport cuts answers off at answerBytes, because the sdk reads them whole.
type callTransport struct{ base *http.Transport }

func (t *callTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := t.base.RoundTrip(req)
	if err == nil {
		res.Body = &limitedBody{Reader: io.LimitReader(res.Body, answerBytes), Closer: res.Body}
	}
	return res, err
}

// CloseIdleConnections lets http.Client.CloseIdleConnections reach the connections.
func (t *callTransport) CloseIdleConnections() { t.base.CloseIdleConnections() }
