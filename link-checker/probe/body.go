package probe

import (
	"io"
	"net/http"
	"time"
)

// A bodyLimit is how much of a body is read, and for how long.
type bodyLimit struct {
	bytes    int64
	patience time.Duration
}

var (
	// pageBody is for the answer that decides.
	pageBody = bodyLimit{64 << 10, 2 * time.Second}
	// hopBody is for a redirect's body: reading a short one to its end keeps the connection for the next hop.
	hopBody = bodyLimit{4 << 10, 250 * time.Millisecond}
)

// readBody reads the answer's body up to limit; an unverified session reads none. broken means that the server broke it
// off or framed it wrongly; a body that is too long or too slow for us is not broken. What follows a 101 is another
// protocol, and is left alone.
func (s *session) readBody(e *exchange, limit bodyLimit) (body []byte, broken bool) {
	if s.unverified || e.response.Body == http.NoBody || e.response.StatusCode == http.StatusSwitchingProtocols {
		return nil, false
	}
	timer := time.AfterFunc(limit.patience, e.cancel)
	defer timer.Stop()
	body, err := io.ReadAll(io.LimitReader(e.response.Body, limit.bytes))
	return body, err != nil && e.ctx.Err() == nil
}
