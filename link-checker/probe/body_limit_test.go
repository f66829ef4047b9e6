package probe

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// endless is a body that has more for as long as the request lives.
type endless struct{ ctx context.Context }

func (e endless) Read(p []byte) (int, error) {
	if err := e.ctx.Err(); err != nil {
		return 0, err
	}
	return copy(p, strings.Repeat("a", len(p))), nil
}

// stalled is a body of which nothing comes until the request ends.
type stalled struct{ ctx context.Context }

func (s stalled) Read([]byte) (int, error) {
	<-s.ctx.Done()
	return 0, s.ctx.Err()
}

func answeredWith(t *testing.T, body func(context.Context) io.Reader) *exchange {
	ctx, cancel := context.WithCancel(t.Context())
	return &exchange{ctx: ctx, cancel: cancel, response: &http.Response{StatusCode: 200, Body: io.NopCloser(body(ctx))}}
}

func TestAtMost64KiBOfAPageAreRead(t *testing.T) {
	e := answeredWith(t, func(ctx context.Context) io.Reader { return endless{ctx} })
	defer e.close()
	if body, broken := new(session).readBody(e, pageBody); len(body) != 64<<10 || broken {
		t.Errorf("read %d bytes, broken %t", len(body), broken)
	}
}

func TestAPageIsReadFor2SecondsAtMost(t *testing.T) {
	if pageBody.patience != 2*time.Second {
		t.Errorf("it is read for %v", pageBody.patience)
	}
	e := answeredWith(t, func(ctx context.Context) io.Reader { return stalled{ctx} })
	defer e.close()
	if body, broken := new(session).readBody(e, bodyLimit{bytes: 10, patience: time.Millisecond}); len(body) != 0 || broken {
		t.Errorf("read %d bytes, broken %t", len(body), broken)
	}
}
