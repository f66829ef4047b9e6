package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"github.com/linkwell/linkwell/link-manager/store"
)

// Answers is what the API asks of the store about requests that may come twice.
type Answers interface {
	BeginRequest(ctx context.Context, owner, key string, request [sha256.Size]byte) (attempt string, answer *store.KeptAnswer, err error)
	KeepAnswer(ctx context.Context, owner, key, attempt string, answer store.KeptAnswer) error
	DropRequest(ctx context.Context, owner, key, attempt string) error
}

const (
	idempotencyKey = "Idempotency-Key"
	// maxKeyBytes is the longest key.
	maxKeyBytes = 255
)

// idempotent lets a request be sent twice and done once (draft-ietf-httpapi-idempotency-key-header): the second is answered
// like the first. It is for routes whose answers hold no secrets, because answers are kept for a day.
//
// What was done and its answer are kept one after the other: of a process that dies in between, the request is done again
// after two minutes, and a link that was added says then that it exists.
func (a *api) idempotent() option {
	return func(o *huma.Operation) {
		longest := maxKeyBytes
		o.Parameters = append(o.Parameters, &huma.Param{
			Name: idempotencyKey, In: "header",
			Description: "A text of your choice for this request. Sent again under the same key within 24 hours it is answered as it was, and not done again",
			Schema:      &huma.Schema{Type: huma.TypeString, MaxLength: &longest},
		})
		o.Errors = append(o.Errors, http.StatusConflict, http.StatusUnprocessableEntity)
		o.Middlewares = append(o.Middlewares, a.onlyOnce)
	}
}

func (a *api) onlyOnce(ctx huma.Context, next func(huma.Context)) {
	key := ctx.Header(idempotencyKey)
	if key == "" {
		next(ctx)
		return
	}
	if len(key) > maxKeyBytes {
		refuse(ctx, newProblem(http.StatusBadRequest, "", &huma.ErrorDetail{
			Location: "header." + idempotencyKey, Message: fmt.Sprintf("is %d bytes long; the most allowed is %d", len(key), maxKeyBytes),
		}))
		return
	}
	request, w := humachi.Unwrap(ctx)
	body, err := io.ReadAll(io.LimitReader(request.Body, ctx.Operation().MaxBodyBytes+1))
	if err != nil {
		refuse(ctx, newKind(http.StatusBadRequest, "request", "the body could not be read"))
		return
	}
	owner := a.Owner(ctx.Context())
	attempt, answer, err := a.Store.BeginRequest(ctx.Context(), owner, key, asked(request, body))
	switch {
	case err != nil:
		refuse(ctx, a.idempotencyProblem(ctx.Context(), err))
		return
	case answer != nil:
		resend(w, *answer)
		return
	}
	again := request.Clone(ctx.Context())
	again.Body = io.NopCloser(bytes.NewReader(body))
	recorder := &answerRecorder{ResponseWriter: w, status: http.StatusOK}
	// The caller may leave; what was done has to be kept all the same.
	keeping := context.WithoutCancel(ctx.Context())
	done := false
	defer func() {
		if !done {
			a.drop(keeping, owner, key, attempt)
		}
	}()
	next(humachi.NewContext(ctx.Operation(), again, recorder))
	if !recorder.keepable() {
		return // it was not done, and may be sent again
	}
	err = a.Store.KeepAnswer(keeping, owner, key, attempt, store.KeptAnswer{Status: recorder.status, Header: recorder.kept(), Body: recorder.body.Bytes()})
	if err != nil {
		a.Logger.ErrorContext(ctx.Context(), "keep answer", "error", err)
	}
	done = true
}

func (a *api) drop(ctx context.Context, owner, key, attempt string) {
	if err := a.Store.DropRequest(ctx, owner, key, attempt); err != nil {
		a.Logger.ErrorContext(ctx, "drop request", "error", err)
	}
}

func (a *api) idempotencyProblem(ctx context.Context, err error) huma.StatusError {
	switch {
	case errors.Is(err, store.ErrKeyReused):
		return newKind(http.StatusUnprocessableEntity, "key-reused", "this Idempotency-Key was used for another request; take a new one for each")
	case errors.Is(err, store.ErrKeyBusy):
		return newKind(http.StatusConflict, "key-busy", "a request with this Idempotency-Key is being answered; send it again in a moment")
	}
	var problem *Problem
	errors.As(a.problem(ctx, "begin request", err), &problem)
	return problem
}

// asked is what tells a request from another one under the same key.
func asked(r *http.Request, body []byte) [sha256.Size]byte {
	text, err := json.Marshal([]string{r.Method, r.URL.RequestURI(), r.Header.Get("Content-Type"), r.Header.Get("If-Match"), string(body)})
	if err != nil {
		panic("encode request: " + err.Error()) // strings always encode
	}
	return sha256.Sum256(text)
}

// resend answers as it was answered before.
func resend(w http.ResponseWriter, answer store.KeptAnswer) {
	for name, values := range answer.Header {
		w.Header()[name] = values
	}
	w.Header().Set("Idempotency-Replayed", "true")
	w.WriteHeader(answer.Status)
	// The caller may be gone; there is nobody left to tell.
	_, _ = w.Write(answer.Body)
}

// answerRecorder keeps a copy of an answer.
type answerRecorder struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (r *answerRecorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (r *answerRecorder) Write(b []byte) (int, error) {
	r.body.Write(b)
	return r.ResponseWriter.Write(b)
}

// keepable reports whether the answer is about the request, and not about a trouble that passes.
func (r *answerRecorder) keepable() bool {
	switch r.status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests, http.StatusRequestTimeout:
		return false
	}
	return r.status < 500
}

// kept are the headers that belong to the answer.
func (r *answerRecorder) kept() map[string][]string {
	header := map[string][]string{}
	for _, name := range []string{"Content-Type", "Location", "Etag", "Cache-Control", "Link"} {
		if values := r.Header().Values(name); len(values) > 0 {
			header[name] = values
		}
	}
	return header
}
