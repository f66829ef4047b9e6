package tests

import (
	"slices"
	"strings"
	"testing"

	apps "k8s.io/api/apps/v1"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	policy "k8s.io/api/policy/v1"
)

// pods are the specs of all pods of a rendering, by name.
func pods(t *testing.T, objects []object) map[string]core.PodSpec {
	t.Helper()
	specs := map[string]core.PodSpec{}
	for _, d := range as[apps.Deployment](t, objects, "Deployment") {
		specs[d.Name] = d.Spec.Template.Spec
	}
	for _, s := range as[apps.StatefulSet](t, objects, "StatefulSet") {
		specs[s.Name] = s.Spec.Template.Spec
	}
	for _, c := range as[batch.CronJob](t, objects, "CronJob") {
		specs[c.Name] = c.Spec.JobTemplate.Spec.Template.Spec
	}
	for _, p := range as[core.Pod](t, objects, "Pod") {
		if !strings.Contains(p.Name, "request-reply") { // the official NATS chart's own test
			specs[p.Name] = p.Spec
		}
	}
	return specs
}

// The Pod Security Standard "restricted", and what it leaves open: no token of a service account, no writable root.
func TestEveryPodIsRestricted(t *testing.T) {
	eachSet(t, func(t *testing.T, set string) {
		all := pods(t, render(t, set))
		if len(all) < 3 {
			t.Fatalf("there are only %d pods", len(all))
		}
		for name, pod := range all {
			restrictedPod(t, name, pod)
		}
	})
}

func restrictedPod(t *testing.T, name string, pod core.PodSpec) {
	t.Helper()
	if pod.AutomountServiceAccountToken == nil || *pod.AutomountServiceAccountToken {
		t.Errorf("%s has a token of its service account", name)
	}
	s := pod.SecurityContext
	if s == nil || s.RunAsNonRoot == nil || !*s.RunAsNonRoot || s.RunAsUser == nil || *s.RunAsUser == 0 {
		t.Errorf("%s may run as root", name)
	}
	if s == nil || s.SeccompProfile == nil || s.SeccompProfile.Type != core.SeccompProfileTypeRuntimeDefault {
		t.Errorf("%s has no seccomp profile", name)
	}
	if pod.HostNetwork || pod.HostPID || pod.HostIPC {
		t.Errorf("%s is in a namespace of its host", name)
	}
	for _, v := range pod.Volumes {
		if v.HostPath != nil {
			t.Errorf("%s has the path %s of its host", name, v.HostPath.Path)
		}
	}
	for _, c := range slices.Concat(pod.InitContainers, pod.Containers) {
		restricted(t, name+"/"+c.Name, c.SecurityContext)
	}
}

func restricted(t *testing.T, name string, s *core.SecurityContext) {
	t.Helper()
	switch {
	case s == nil:
		t.Errorf("%s has no security context", name)
	case s.AllowPrivilegeEscalation == nil || *s.AllowPrivilegeEscalation:
		t.Errorf("%s may gain rights", name)
	case s.ReadOnlyRootFilesystem == nil || !*s.ReadOnlyRootFilesystem:
		t.Errorf("%s may write its root", name)
	case s.Capabilities == nil || !slices.Contains(s.Capabilities.Drop, "ALL") || len(s.Capabilities.Add) != 0:
		t.Errorf("%s has capabilities", name)
	case s.Privileged != nil && *s.Privileged:
		t.Errorf("%s is privileged", name)
	}
}

func TestEveryContainerOfOursIsBounded(t *testing.T) {
	eachSet(t, func(t *testing.T, set string) {
		for name, pod := range pods(t, render(t, set)) {
			if !strings.HasPrefix(name, "linkwell-") || strings.HasPrefix(name, "linkwell-nats") {
				continue
			}
			for _, c := range pod.Containers {
				if c.Resources.Requests.Cpu().IsZero() || c.Resources.Requests.Memory().IsZero() || c.Resources.Limits.Memory().IsZero() {
					t.Errorf("%s/%s asks for nothing, or may take all memory", name, c.Name)
				}
				if strings.HasSuffix(c.Image, ":latest") || !strings.ContainsAny(c.Image[strings.LastIndex(c.Image, "/"):], ":@") {
					t.Errorf("%s/%s runs %s, which may be another tomorrow", name, c.Name, c.Image)
				}
				if pod.RestartPolicy != core.RestartPolicyNever && c.LivenessProbe == nil {
					t.Errorf("%s/%s is not asked whether it lives", name, c.Name)
				}
			}
		}
	})
}

// A secret is a file, or, where a library knows it only so, a variable taken from a Secret; none stands in a rendering.
func TestNoSecretStandsInAVariable(t *testing.T) {
	eachSet(t, func(t *testing.T, set string) {
		for name, pod := range pods(t, render(t, set)) {
			for _, c := range pod.Containers {
				for _, v := range c.Env {
					secret := strings.Contains(v.Name, "PASSWORD") || v.Name == "DATABASE_URL"
					if secret && (v.ValueFrom == nil || v.ValueFrom.SecretKeyRef == nil || v.ValueFrom.SecretKeyRef.Name == "") {
						t.Errorf("%s/%s: %s is no reference to a Secret", name, c.Name, v.Name)
					}
				}
			}
		}
	})
}

// A budget that lets nobody go stops the draining of nodes for ever, and one for a pod that is alone is such a budget.
func TestNodesCanBeDrained(t *testing.T) {
	eachSet(t, func(t *testing.T, set string) {
		for _, b := range as[policy.PodDisruptionBudget](t, render(t, set), "PodDisruptionBudget") {
			if b.Spec.MaxUnavailable == nil || b.Spec.MaxUnavailable.IntValue() < 1 {
				t.Errorf("%s lets nobody go", b.Name)
			}
		}
	})
}

func TestSQLiteIsNeverOpenedTwice(t *testing.T) {
	for _, d := range as[apps.Deployment](t, render(t, "single"), "Deployment") {
		if !strings.HasSuffix(d.Name, "-manager") {
			continue
		}
		if d.Spec.Strategy.Type != apps.RecreateDeploymentStrategyType || d.Spec.Replicas == nil || *d.Spec.Replicas != 1 {
			t.Errorf("%d replicas, %s", *d.Spec.Replicas, d.Spec.Strategy.Type)
		}
	}
}

// What decides how many there are must be one.
func TestNobodyQuarrelsAboutReplicas(t *testing.T) {
	for _, d := range as[apps.Deployment](t, render(t, "everything"), "Deployment") {
		if d.Spec.Replicas != nil {
			t.Errorf("%s says how many there are, and something scales it", d.Name)
		}
	}
}
