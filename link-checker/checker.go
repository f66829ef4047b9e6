// Package function is the OpenFaaS function link-checker: it reads a request to check a URL, checks it, and answers with
// the result, over HTTP to its caller and over NATS, as link.checked, to whoever keeps the link's status.
//
// link-rechecker is the same function on another topic.
package function

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	handler "github.com/openfaas/templates-sdk/go-http"
	"go.opentelemetry.io/otel/trace"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-checker/tracing"
)

// Name marks every answer of the function, in the header event.HeaderFunction.
const Name = "link-checker"

// Prober checks one URL. It always answers: what it cannot find out is a result too.
type Prober interface {
	Check(ctx context.Context, url string, confirm bool) check.Result
}

// Publisher publishes answers.
type Publisher interface {
	// Ready fails if an answer could not be published now.
	Ready() error
	// Publish returns nil only once the broker keeps the answer.
	Publish(ctx context.Context, checked event.Checked) error
}

// Checker is the function. Its fields are set once; it serves any number of calls at a time.
type Checker struct {
	Prober Prober
	// Publisher is nil where there is no broker: then only calls by hand are answered.
	Publisher Publisher
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Tracing is where the span of each check goes; nil means that none are recorded.
	Tracing trace.TracerProvider
	// Logger gets one line for each check, without its URL; nil means slog.Default.
	Logger *slog.Logger
}

// Handle answers one call. Its error is always nil, because the golang-http template turns an error into a 500 whatever
// the status code says. The status codes are a contract with the connector (its outcome table):
//
//	200  the result, as event.Checked; if the request had a check_id, the broker keeps it
//	200  {"dropped":"expired"}: nobody waits for this answer any more
//	400  the request will never be understood; the body says why in a sentence
//	503  the result could not be published, or there is no broker to publish it to: worth trying again
func (c *Checker) Handle(req handler.Request) (handler.Response, error) {
	ctx := req.Context()
	if ctx == nil {
		ctx = context.Background()
	}
	ctx, span := c.trace(ctx, req.Header)
	defer span.End()
	request, err := readRequest(req)
	if err != nil {
		tracing.Fail(span, badRequest)
		return refuse(http.StatusBadRequest, badRequest, err), nil
	}
	span.SetAttributes(tracing.CheckID.String(request.CheckID), tracing.Attempt.Int(request.Attempt))
	byHand := request.CheckID == ""
	switch {
	case request.Expired(c.now()):
		span.SetAttributes(tracing.Outcome.String("expired"))
		return answer(http.StatusOK, map[string]string{"dropped": "expired", "message": "nobody waits for this check any more"}), nil
	case !byHand && c.Publisher == nil:
		tracing.Fail(span, noBroker)
		return refuse(http.StatusServiceUnavailable, noBroker, errors.New("this function has no NATS_URL, so it cannot publish the answer to a check_id; leave check_id out to check by hand")), nil
	}
	if !byHand {
		// Otherwise a broker that is away would have every site asked again at each retry, for nothing.
		if err := c.Publisher.Ready(); err != nil {
			return c.notPublished(ctx, request.CheckID, err), nil
		}
	}

	checked := event.Checked{CheckID: request.CheckID, Result: c.probe(ctx, request)}
	traceResult(span, checked.Result)
	c.logger().InfoContext(ctx, "checked", "check_id", checked.CheckID, "status", checked.Status, "reason", checked.Reason, "http_status", checked.HTTPStatus, "duration_ms", checked.DurationMS)

	if c.Publisher != nil {
		if err := c.Publisher.Publish(ctx, checked); err != nil {
			refusal := c.notPublished(ctx, checked.CheckID, err)
			if !byHand {
				return refusal, nil
			}
		}
	}
	return response(http.StatusOK, checked.Encode()), nil
}

// notPublished logs why the broker does not keep an answer, and says that it is worth trying again.
func (c *Checker) notPublished(ctx context.Context, checkID string, err error) handler.Response {
	c.logger().ErrorContext(ctx, "publish link.checked", "check_id", checkID, "error", err)
	tracing.Fail(trace.SpanFromContext(ctx), notPublished)
	return refuse(http.StatusServiceUnavailable, notPublished, errors.New("the answer could not be published; try again"))
}

// The codes of what is no result.
const (
	badRequest   = "bad_request"
	noBroker     = "no_broker"
	notPublished = "not_published"
)

// readRequest reads what was sent: an event, or a call by hand. Its errors are sentences for the caller.
func readRequest(req handler.Request) (event.Request, error) {
	if err := event.CheckType(req.Header, event.TypeAdded, event.TypeDue); err != nil {
		return event.Request{}, err
	}
	request, err := event.DecodeRequest(req.Body)
	if err != nil {
		return event.Request{}, err
	}
	if _, err := check.ParseURL(request.URL); err != nil {
		return event.Request{}, err
	}
	return request, nil
}

// probe checks the URL. A panic in there is our fault, not the site's: it becomes the reason internal, and the process
// lives on.
func (c *Checker) probe(ctx context.Context, request event.Request) (result check.Result) {
	defer func() {
		if p := recover(); p != nil {
			c.logger().ErrorContext(ctx, "probe panicked", "check_id", request.CheckID, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			result = check.Result{URL: request.URL, CheckedAt: c.now().UTC()}
			result.Decide(check.Internal)
		}
	}()
	return c.Prober.Check(ctx, request.URL, request.Confirm)
}

func (c *Checker) now() time.Time {
	if c.Now != nil {
		return c.Now()
	}
	return time.Now()
}

func (c *Checker) logger() *slog.Logger {
	if c.Logger != nil {
		return c.Logger
	}
	return slog.Default()
}

// refuse is an answer without a result: a code for the program and a sentence for the person.
func refuse(status int, code string, err error) handler.Response {
	return answer(status, map[string]string{"error": code, "message": err.Error()})
}

func answer(status int, body map[string]string) handler.Response {
	encoded, err := json.Marshal(body)
	if err != nil {
		panic(fmt.Sprintf("encode answer: %v", err)) // strings always encode
	}
	return response(status, encoded)
}

func response(status int, body []byte) handler.Response {
	return handler.Response{
		StatusCode: status,
		Body:       append(body, '\n'),
		Header: http.Header{
			"Content-Type":       {"application/json"},
			event.HeaderFunction: {Name},
		},
	}
}
