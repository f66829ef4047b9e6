package api

import (
	"context"
	"encoding/json"
	"net/http"
)

// Part is something Linkwell stands on, for /readyz.
type Part struct {
	Name string
	// Required parts decide whether we are ready; the others are only reported, because links can be saved without them.
	Required bool
	// Check returns nil, or what is wrong in a sentence without secrets.
	Check func(ctx context.Context) error
}

// healthz says that the process lives.
func healthz(w http.ResponseWriter, _ *http.Request) {
	writeHealth(w, http.StatusOK, map[string]string{"status": "ok"})
}

// readyz says whether links can be saved (200) or not (503), and how every part is.
func (a *api) readyz(w http.ResponseWriter, r *http.Request) {
	status, parts := http.StatusOK, make(map[string]string, len(a.Parts)+1)
	parts["status"] = "ok"
	for _, part := range a.Parts {
		parts[part.Name] = "ok"
		if err := part.Check(r.Context()); err != nil {
			parts[part.Name] = err.Error()
			if part.Required {
				status, parts["status"] = http.StatusServiceUnavailable, "unavailable"
			}
		}
	}
	writeHealth(w, status, parts)
}

func writeHealth(w http.ResponseWriter, status int, body map[string]string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// The caller may be gone; there is nobody left to tell.
	_ = json.NewEncoder(w).Encode(body)
}
