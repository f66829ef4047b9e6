//go:build openfaas

package provider

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/openfaas/faas-provider/types"
)

// retryPause is how long to wait before another try to start a replica.
const retryPause = time.Second

// function is a deployed function: what is wanted of it, and the replicas there are. One goroutine, in run, makes the
// replicas what is wanted.
type function struct {
	provider  *Provider
	createdAt time.Time
	lost      chan struct{} // gets a value when a replica has ended

	mu     sync.Mutex
	wanted wanted
	ready  []*replica // what takes calls, oldest first
	calls  int
}

// wanted is what somebody wants of a function.
type wanted struct {
	deployment *types.FunctionDeployment
	replicas   int
	removed    bool

	still     context.Context // ends when something else is wanted
	supersede context.CancelFunc
}

// newFunction returns a function of which nothing is wanted yet. Somebody must run it.
func newFunction(p *Provider) *function {
	return &function{
		provider:  p,
		createdAt: time.Now().UTC(),
		lost:      make(chan struct{}, 1),
		wanted:    wanted{replicas: 1, supersede: func() {}},
	}
}

// want changes what is wanted from now on. It does not wait until it is so.
func (f *function) want(change func(*wanted)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.wanted.supersede()
	f.wanted.still, f.wanted.supersede = context.WithCancel(f.provider.life)
	change(&f.wanted)
}

// run makes the function what is wanted, each time something else is or a replica ends, until it is removed or the
// provider is closed.
func (f *function) run() {
	for f.provider.life.Err() == nil {
		f.mu.Lock()
		now := f.wanted
		f.mu.Unlock()
		lost, retry := f.lost, (<-chan time.Time)(nil)
		err := f.reconcile(now)
		switch {
		case err != nil && now.still.Err() == nil:
			f.provider.config.Logger.Warn("a replica does not start", "function", now.deployment.Service, "error", err)
			lost, retry = nil, time.After(retryPause) // what ended may be what did not start
		case now.removed:
			now.supersede()
			return
		}
		select {
		case <-now.still.Done():
		case <-lost:
		case <-retry:
		}
	}
}

// reconcile starts what is missing and, only then, stops what is not wanted. It fails with the first replica that does
// not start, or when something else is wanted.
func (f *function) reconcile(now wanted) error {
	for {
		f.removeEnded(now.still)
		missing, surplus := f.compare(now)
		if missing == 0 {
			f.stopSurplus(surplus)
			return nil
		}
		started, err := f.provider.startReplica(now.still, now.deployment, f.notice)
		if err != nil {
			return err
		}
		f.mu.Lock()
		f.ready = append(f.ready, started)
		f.mu.Unlock()
	}
}

// compare returns how many replicas are missing, and which are too many or run something else.
func (f *function) compare(now wanted) (missing int, surplus []*replica) {
	if !now.removed {
		missing = now.replicas
	}
	for _, r := range f.replicas() {
		if r.deployment == now.deployment && missing > 0 {
			missing--
		} else {
			surplus = append(surplus, r)
		}
	}
	return missing, surplus
}

// stopSurplus takes replicas out of the rotation, and then tells them to stop. It does not wait until they did.
func (f *function) stopSurplus(surplus []*replica) {
	f.drop(surplus)
	for _, r := range surplus {
		f.provider.work.Go(func() {
			if err := r.stop(f.provider.life); err != nil {
				f.provider.config.Logger.Warn("a replica does not stop", "container", r.name, "error", err)
			}
		})
	}
}

// removeEnded removes what is left of replicas that ended by themselves.
func (f *function) removeEnded(ctx context.Context) {
	for _, r := range f.replicas() {
		if !r.hasEnded() || f.provider.life.Err() != nil {
			continue
		}
		f.drop([]*replica{r})
		f.provider.config.Logger.Warn("a replica ended by itself", "container", r.name, "last_words", r.lastWords(ctx))
		if err := r.remove(ctx); err != nil {
			f.provider.config.Logger.Warn("a replica cannot be removed", "container", r.name, "error", err)
		}
	}
}

// notice wakes run.
func (f *function) notice() {
	select {
	case f.lost <- struct{}{}:
	default: // it will wake up anyway
	}
}

// drop takes replicas out of the rotation.
func (f *function) drop(replicas []*replica) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ready = slices.DeleteFunc(f.ready, func(r *replica) bool { return slices.Contains(replicas, r) })
}

// replicas are those in the rotation, among them such that have just ended.
func (f *function) replicas() []*replica {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.ready)
}

// available are the replicas that take calls.
func (f *function) available() []*replica {
	return slices.DeleteFunc(f.replicas(), (*replica).hasEnded)
}

// status is the function as faas-provider describes one.
func (f *function) status() types.FunctionStatus {
	available := len(f.available())
	f.mu.Lock()
	defer f.mu.Unlock()
	d := f.wanted.deployment
	return types.FunctionStatus{
		Name:                   d.Service,
		Image:                  d.Image,
		Namespace:              Namespace,
		EnvProcess:             d.EnvProcess,
		EnvVars:                d.EnvVars,
		Constraints:            d.Constraints,
		Secrets:                d.Secrets,
		Labels:                 d.Labels,
		Annotations:            d.Annotations,
		Limits:                 d.Limits,
		Requests:               d.Requests,
		ReadOnlyRootFilesystem: d.ReadOnlyRootFilesystem,
		Replicas:               uint64(f.wanted.replicas),
		AvailableReplicas:      uint64(available),
		CreatedAt:              f.createdAt,
	}
}
