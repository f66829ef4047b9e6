package connector

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/linkwell/linkwell/link-checker/event"
)

// verdict is what an answer means for the event it answers.
type verdict string

const (
	// done: the function did what the event asks for.
	done verdict = "ack"
	// hopeless: the function says it will never handle this event.
	hopeless verdict = "dead"
	// again: the function could not handle the event now.
	again verdict = "retry"
	// crowded: somebody on the way to the function says that there are too many calls at once.
	crowded verdict = "crowded"
	// unanswered: nothing that can be told apart from trouble on the way to the function.
	unanswered verdict = "infrastructure"
)

// outcome is a row of the outcome table.
type outcome struct {
	verdict verdict
	// reason is for logs and dead letters: a status code or an error, never a body.
	reason string
	// notBefore is how long the answer asks us to wait; 0 if it does not say.
	notBefore time.Duration
}

// decide is the outcome table: what one answer means. It looks at nothing but the answer and the clock.
func decide(a answer, now time.Time) outcome {
	switch {
	case a.err != nil:
		return outcome{verdict: unanswered, reason: a.err.Error()}
	case !fromFunction(a.header):
		o := outcome{verdict: unanswered, reason: fmt.Sprintf("answer %d is not marked as the function's", a.status)}
		if a.status == http.StatusTooManyRequests {
			o.verdict, o.notBefore = crowded, retryAfter(a.header.Get("Retry-After"), now)
		}
		return o
	case a.status >= 200 && a.status <= 299:
		return outcome{verdict: done}
	}
	o := outcome{verdict: again, reason: fmt.Sprintf("the function answered %d", a.status)}
	switch a.status {
	case http.StatusBadRequest, http.StatusConflict, http.StatusGone, http.StatusRequestEntityTooLarge,
		http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity:
		o.verdict = hopeless
	}
	o.notBefore = retryAfter(a.header.Get("Retry-After"), now)
	return o
}

// effectOf is what an answer, or none in time, says about how much the function can do.
func effectOf(a answer) effect {
	var failed net.Error
	switch {
	case errors.As(a.err, &failed) && failed.Timeout():
		return overloaded
	case a.err != nil:
		return nothing
	case a.status == http.StatusTooManyRequests, a.status == http.StatusGatewayTimeout:
		return overloaded
	case !fromFunction(a.header):
		return nothing
	case a.status == http.StatusRequestTimeout, a.status == http.StatusTooEarly, a.status == http.StatusServiceUnavailable:
		return overloaded
	}
	return atEase
}

// fromGatewayAlone reports whether an answer, or the lack of one, is about the gateway and no function: it cannot be
// connected to, or lets nobody in.
func fromGatewayAlone(a answer) bool {
	return errors.Is(a.err, syscall.ECONNREFUSED) || (a.status == http.StatusUnauthorized && !fromFunction(a.header))
}

// fromFunction reports whether the function itself gave the answer: it or its watchdog marked it, and no part of OpenFaaS
// says that it answered in the function's place.
func fromFunction(header http.Header) bool {
	return header.Get("X-Openfaas-Internal") == "" &&
		(header.Get(event.HeaderFunction) != "" || header.Get("X-Duration-Seconds") != "")
}

// maxRetryAfter is the longest wait a function can ask for.
const maxRetryAfter = time.Hour

// retryAfter reads Retry-After (RFC 9110 section 10.2.3): seconds, of which more than maxRetryAfter count as that, or a
// date; 0 if it says nothing usable.
func retryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	if seconds, err := strconv.Atoi(value); err == nil || errors.Is(err, strconv.ErrRange) { // then it is the nearest int
		return time.Duration(min(max(seconds, 0), int(maxRetryAfter/time.Second))) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(at.Sub(now), 0), maxRetryAfter)
	}
	return 0
}
