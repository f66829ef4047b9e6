package storetest

import (
	"context"
	"crypto/sha256"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-manager/store"
)

var idempotencyTests = map[string]func(*testing.T, *fixture){
	"a request is done once and answered again as it was": func(t *testing.T, f *fixture) {
		asked, other := sha256.Sum256([]byte("a")), sha256.Sum256([]byte("b"))
		attempt, answer, err := f.BeginRequest(t.Context(), "ann", "key", asked)
		f.equal("error", err, nil)
		f.equal("answer", answer, (*store.KeptAnswer)(nil))
		_, _, err = f.BeginRequest(t.Context(), "ann", "key", asked)
		f.fails("meanwhile", err, store.ErrKeyBusy)
		kept := store.KeptAnswer{Status: 201, Header: map[string][]string{"Location": {"/x"}}, Body: []byte("\x00body")}
		f.equal("error", f.KeepAnswer(t.Context(), "ann", "key", attempt, kept), nil)
		_, answer, err = f.BeginRequest(t.Context(), "ann", "key", asked)
		f.equal("error", err, nil)
		f.equal("answer", answer, &kept)
		_, _, err = f.BeginRequest(t.Context(), "ann", "key", other)
		f.fails("another request", err, store.ErrKeyReused)
		_, answer, err = f.BeginRequest(t.Context(), "bob", "key", other)
		f.equal("another owner's error", err, nil)
		f.equal("another owner's answer", answer, (*store.KeptAnswer)(nil))
		f.clock.pass(store.AnswersKept)
		_, answer, err = f.BeginRequest(t.Context(), "ann", "key", other)
		f.equal("error a day later", err, nil)
		f.equal("answer a day later", answer, (*store.KeptAnswer)(nil))
	},
	"a request that came to nothing, or whose process died, can be sent again": func(t *testing.T, f *fixture) {
		asked := sha256.Sum256([]byte("a"))
		attempt, _, err := f.BeginRequest(t.Context(), "ann", "key", asked)
		f.equal("error", err, nil)
		f.equal("error", f.DropRequest(t.Context(), "ann", "key", attempt), nil)
		dead, _, err := f.BeginRequest(t.Context(), "ann", "key", asked)
		f.equal("error", err, nil)
		f.clock.pass(2 * time.Minute)
		_, answer, err := f.BeginRequest(t.Context(), "ann", "key", asked)
		f.equal("error", err, nil)
		f.equal("answer", answer, (*store.KeptAnswer)(nil))
		f.equal("error", f.KeepAnswer(t.Context(), "ann", "key", dead, store.KeptAnswer{Status: 200}), nil)
		_, _, err = f.BeginRequest(t.Context(), "ann", "key", asked)
		f.fails("the dead one's answer counts for nothing", err, store.ErrKeyBusy)
	},
	"of several replicas one does a request": func(t *testing.T, f *fixture) {
		stores := []*store.Store{f.Store, f.open()}
		var began atomic.Int32
		f.each(8, func(ctx context.Context, i int) error {
			_, answer, err := stores[i%2].BeginRequest(ctx, "ann", "key", sha256.Sum256(nil))
			if err == nil && answer == nil {
				began.Add(1)
			}
			if errors.Is(err, store.ErrKeyBusy) {
				return nil
			}
			return err
		})
		f.equal("how many began", int(began.Load()), 1)
	},
	"answers are forgotten after their time": func(t *testing.T, f *fixture) {
		for _, key := range []string{"a", "b", "c"} {
			_, _, err := f.BeginRequest(t.Context(), "ann", key, sha256.Sum256(nil))
			f.equal("error", err, nil)
		}
		f.clock.pass(store.AnswersKept)
		for _, want := range []int{2, 1, 0} {
			n, err := f.ForgetAnswers(t.Context(), 2)
			f.equal("error", err, nil)
			f.equal("forgotten", n, want)
		}
	},
}
