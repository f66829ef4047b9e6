package connector

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The annotations of a function that say how its events are tried again; they are those of OpenFaaS Pro's queue-worker.
const (
	annotationAttempts = "com.openfaas.retry.attempts"
	annotationCodes    = "com.openfaas.retry.codes"
	annotationMinWait  = "com.openfaas.retry.min_wait"
	annotationMaxWait  = "com.openfaas.retry.max_wait"
)

const (
	maxPolicyAttempts = 1000
	minPolicyWait     = 10 * time.Millisecond
	maxPolicyWait     = maxRetryAfter
)

// readRetryPolicy returns how a function wants its events to be tried again. Where an annotation cannot be used the default
// stands, and a sentence says what is wrong with it and what would be right.
func readRetryPolicy(annotations map[string]string) (policy retryPolicy, wrong []string) {
	policy = defaultRetryPolicy
	if text, ok := annotations[annotationAttempts]; ok {
		if n, err := strconv.Atoi(strings.TrimSpace(text)); err == nil && n >= 1 && n <= maxPolicyAttempts {
			policy.attempts = n
		} else {
			wrong = append(wrong, wrongAnnotation(annotationAttempts, text, fmt.Sprintf("a whole number from 1 to %d", maxPolicyAttempts)))
		}
	}
	if text, ok := annotations[annotationCodes]; ok {
		if codes, ok := readCodes(text); ok {
			policy.codes = codes
		} else {
			wrong = append(wrong, wrongAnnotation(annotationCodes, text, "status codes from 400 to 599, like 429,500,503"))
		}
	}
	shortest, errShortest := readWait(annotations, annotationMinWait)
	longest, errLongest := readWait(annotations, annotationMaxWait)
	for _, sentence := range []string{errShortest, errLongest} {
		if sentence != "" {
			wrong = append(wrong, sentence)
		}
	}
	switch {
	case shortest > 0 && longest > 0 && shortest > longest:
		wrong = append(wrong, wrongAnnotation(annotationMinWait, annotations[annotationMinWait], "no longer than "+annotationMaxWait))
	case shortest > 0 && longest > 0:
		policy.minWait, policy.maxWait = shortest, longest
	case shortest > 0:
		policy.minWait, policy.maxWait = shortest, max(shortest, policy.maxWait)
	case longest > 0:
		policy.minWait, policy.maxWait = min(longest, policy.minWait), longest
	}
	return policy, wrong
}

// readCodes reads status codes with commas between them.
func readCodes(text string) (map[int]bool, bool) {
	codes := make(map[int]bool)
	for part := range strings.SplitSeq(text, ",") {
		code, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil || code < 400 || code > 599 {
			return nil, false
		}
		codes[code] = true
	}
	return codes, true
}

// readWait returns 0 if there is no such annotation, or none that can be used, and then what is wrong with it.
func readWait(annotations map[string]string, name string) (wait time.Duration, wrong string) {
	text, ok := annotations[name]
	if !ok {
		return 0, ""
	}
	wait, err := time.ParseDuration(strings.TrimSpace(text))
	if err != nil || wait < minPolicyWait || wait > maxPolicyWait {
		return 0, wrongAnnotation(name, text, fmt.Sprintf("a duration from %v to %v, like 10s", minPolicyWait, maxPolicyWait))
	}
	return wait, ""
}

// wrongAnnotation is a sentence; it cuts values short, which may be anything.
func wrongAnnotation(name, value, right string) string {
	const enough = 50
	if len(value) > enough {
		value = strings.ToValidUTF8(value[:enough], "") + "…"
	}
	return fmt.Sprintf("the annotation %s is %q; it must be %s, so the default is used", name, value, right)
}
