package embedded

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/openfaas/faas-provider/logs"
)

// streamLogs answers with a function's lines, one JSON object each, and, if asked to follow, with those to come until the
// caller leaves or the gateway is closed.
func (g *Gateway) streamLogs(w http.ResponseWriter, r *http.Request) {
	wanted, err := logRequest(r.URL.Query())
	if err != nil {
		answerText(w, http.StatusBadRequest, err.Error())
		return
	}
	function := g.find(wanted.Name)
	if function == nil || !ours(r) {
		g.unknown(w, wanted.Name, wanted.Namespace)
		return
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	control := http.NewResponseController(w)
	// The server's WriteTimeout is for answers that end.
	_ = control.SetWriteDeadline(time.Time{})
	lines, next, grown := g.logs.after(function.Name, 0)
	for {
		if writeLines(w, selected(lines, wanted)) != nil || control.Flush() != nil || !wanted.Follow {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-g.logs.ended:
			return
		case <-grown:
		}
		wanted.Tail = 0 // it is about the lines so far
		lines, next, grown = g.logs.after(function.Name, next)
	}
}

// logRequest reads the parameters of a request for logs. It fails, with a sentence, if one cannot be understood.
func logRequest(query url.Values) (logs.Request, error) {
	wanted := logs.Request{
		Name:      query.Get("name"),
		Namespace: query.Get("namespace"),
		Instance:  query.Get("instance"),
	}
	var err error
	if text := query.Get("follow"); text != "" {
		if wanted.Follow, err = strconv.ParseBool(text); err != nil {
			return wanted, fmt.Errorf("follow must be true or false, not %q", text)
		}
	}
	if text := query.Get("tail"); text != "" {
		if wanted.Tail, err = strconv.Atoi(text); err != nil {
			return wanted, fmt.Errorf("tail must be a number of lines, not %q", text)
		}
	}
	if text := query.Get("since"); text != "" {
		since, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return wanted, fmt.Errorf("since must be a time such as 2026-01-02T03:04:05Z, not %q", text)
		}
		wanted.Since = &since
	}
	return wanted, nil
}

// selected is the part of lines that is wanted. Tail is a number of lines; zero and less mean all.
func selected(lines []logs.Message, wanted logs.Request) []logs.Message {
	var found []logs.Message
	for _, line := range lines {
		recent := wanted.Since == nil || !line.Timestamp.Before(*wanted.Since)
		if recent && (wanted.Instance == "" || wanted.Instance == line.Instance) {
			found = append(found, line)
		}
	}
	if wanted.Tail > 0 && len(found) > wanted.Tail {
		found = found[len(found)-wanted.Tail:]
	}
	return found
}

// writeLines writes each line as one of NDJSON.
func writeLines(w http.ResponseWriter, lines []logs.Message) error {
	encoder := json.NewEncoder(w)
	for _, line := range lines {
		if err := encoder.Encode(line); err != nil {
			return err
		}
	}
	return nil
}
