package connector

import (
	"bytes"
	"io"
	"net/http"
)

// snapshot answers a question that was asked before as it was answered then. One lookup asks through one snapshot, so that
// the sdk's lookup, which tells topics only, and the question for annotations read the same state of the gateway and cost it
// one answer.
type snapshot struct {
	base http.RoundTripper
	// answers are bodies by URL.
	answers map[string][]byte
	// empty is set if an answer was null or nothing at all where there should be a list; the sdk takes that for no list entries.
	empty bool
}

// RoundTrip is called by one lookup, one question after another.
func (s *snapshot) RoundTrip(req *http.Request) (*http.Response, error) {
	question := req.URL.String()
	body, known := s.answers[question]
	if !known {
		res, err := s.base.RoundTrip(req)
		if err != nil {
			return nil, err
		}
		body, err = io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil {
			return nil, err
		}
		if said := bytes.TrimSpace(body); len(said) == 0 || string(said) == "null" {
			s.empty = true
		}
		s.answers[question] = body
	}
	return &http.Response{
		StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: req,
		Header: make(http.Header), Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
	}, nil
}
