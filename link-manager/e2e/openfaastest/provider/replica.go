//go:build openfaas

package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"time"

	"github.com/openfaas/faas-provider/types"

	"github.com/linkwell/linkwell/link-manager/e2e/openfaastest/docker"
)

const (
	// healthyWithin is how long a container may take from its start to its first healthy answer.
	healthyWithin = 30 * time.Second
	// healthPause is how long to wait between two looks at its health.
	healthPause = 20 * time.Millisecond
)

// replica is one container of a function.
type replica struct {
	id         string
	name       string
	deployment *types.FunctionDeployment // what it runs
	address    url.URL
	ended      chan struct{} // closed when the container has ended, by itself or not
}

// startReplica returns a replica that is healthy; ended is called when it has ended, also if that is at once. It fails if
// docker cannot run it, if it ends or is not healthy in time, or with ctx, and then leaves nothing behind.
func (p *Provider) startReplica(ctx context.Context, d *types.FunctionDeployment, ended func()) (*replica, error) {
	r := &replica{name: "openfaas-" + d.Service + "-" + randomName(), deployment: d, ended: make(chan struct{})}
	arguments, err := p.runArguments(r.name, d)
	if err != nil {
		return nil, err
	}
	// Whoever leaves docker while it makes a container cannot know whether there will be one.
	if r.id, err = docker.Run(context.WithoutCancel(ctx), arguments...); err != nil {
		_ = r.remove(ctx) // there need not be one
		return nil, err
	}
	p.work.Go(func() {
		_, _ = docker.Run(p.life, "wait", r.id) // a container that is not there any more has ended too
		close(r.ended)
		ended()
	})
	if err := r.awaitHealthy(ctx); err != nil {
		err = fmt.Errorf("await health of %s: %w; its last words: %s", r.name, err, r.lastWords(ctx))
		return nil, errors.Join(err, r.remove(ctx))
	}
	return r, nil
}

// runArguments are what docker is told for one more replica.
func (p *Provider) runArguments(name string, d *types.FunctionDeployment) ([]string, error) {
	arguments := []string{
		"run", "--detach", "--name", name, "--label", p.label, "--publish", "127.0.0.1::8080",
		"--cap-drop", "ALL", "--security-opt", "no-new-privileges",
	}
	if d.ReadOnlyRootFilesystem {
		arguments = append(arguments, "--read-only", "--tmpfs", "/tmp:rw,mode=1777")
	}
	limits, err := limitArguments(d.Limits)
	if err != nil {
		return nil, err
	}
	arguments = append(arguments, limits...)
	for _, secret := range d.Secrets {
		file := filepath.Join(p.config.SecretsFolder, secret)
		// Not --volume, which makes a folder where there is no file.
		arguments = append(arguments, "--mount", "type=bind,source="+file+",target=/var/openfaas/secrets/"+secret+",readonly")
	}
	environment := map[string]string{"OPENFAAS_NAME": d.Service, "OPENFAAS_NAMESPACE": Namespace}
	maps.Copy(environment, d.EnvVars)
	if d.EnvProcess != "" {
		environment["fprocess"] = d.EnvProcess
	}
	for _, variable := range slices.Sorted(maps.Keys(environment)) {
		arguments = append(arguments, "--env", variable+"="+environment[variable])
	}
	return append(arguments, d.Image), nil
}

// awaitHealthy returns when the container answers that it is healthy, and its address is known. It fails if that does not
// come in time, or cannot come any more.
func (r *replica) awaitHealthy(ctx context.Context) error {
	address, err := docker.Run(ctx, "port", r.id, "8080/tcp")
	if err != nil {
		return err // it has ended already, and with it its port
	}
	r.address = url.URL{Scheme: "http", Host: address}
	ctx, cancel := context.WithTimeout(ctx, healthyWithin)
	defer cancel()
	// Its connections are not kept: there is a proxy between us and the container, which accepts before the container does.
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Second}
	for !r.healthy(ctx, client) {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-r.ended:
			return errors.New("it ended")
		case <-time.After(healthPause):
		}
	}
	return nil
}

// healthy reports whether the container says that it is.
func (r *replica) healthy(ctx context.Context, client *http.Client) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.address.JoinPath("/_/health").String(), nil)
	if err != nil {
		return false
	}
	answer, err := client.Do(request)
	if err != nil {
		return false
	}
	_ = answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

// hasEnded reports whether the container has ended.
func (r *replica) hasEnded() bool {
	select {
	case <-r.ended:
		return true
	default:
		return false
	}
}

// stop asks the container to end, as Kubernetes does: it has half a minute to finish what it does. Nothing is left of
// it then, even if ctx has ended.
func (r *replica) stop(ctx context.Context) error {
	_, err := docker.Run(context.WithoutCancel(ctx), "stop", "--time", "30", r.id)
	return errors.Join(err, r.remove(ctx))
}

// remove ends the container at once, if there is one, even if ctx has ended.
func (r *replica) remove(ctx context.Context) error {
	_, err := docker.Run(context.WithoutCancel(ctx), "rm", "--force", "--volumes", r.name)
	return err
}
