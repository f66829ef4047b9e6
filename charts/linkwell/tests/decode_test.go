package tests

import (
	"slices"
	"testing"

	apps "k8s.io/api/apps/v1"
	autoscaling "k8s.io/api/autoscaling/v2"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	"sigs.k8s.io/yaml"
)

// kinds are all that the chart may render and its examples have, as the types of Kubernetes, or, for others' kinds, those of custom_test.go.
var kinds = map[string]func() any{
	"v1/ConfigMap":                            func() any { return new(core.ConfigMap) },
	"v1/PersistentVolumeClaim":                func() any { return new(core.PersistentVolumeClaim) },
	"v1/Pod":                                  func() any { return new(core.Pod) },
	"v1/Secret":                               func() any { return new(core.Secret) },
	"v1/Service":                              func() any { return new(core.Service) },
	"apps/v1/Deployment":                      func() any { return new(apps.Deployment) },
	"apps/v1/StatefulSet":                     func() any { return new(apps.StatefulSet) },
	"batch/v1/Job":                            func() any { return new(batch.Job) },
	"batch/v1/CronJob":                        func() any { return new(batch.CronJob) },
	"autoscaling/v2/HorizontalPodAutoscaler":  func() any { return new(autoscaling.HorizontalPodAutoscaler) },
	"policy/v1/PodDisruptionBudget":           func() any { return new(policy.PodDisruptionBudget) },
	"networking.k8s.io/v1/NetworkPolicy":      func() any { return new(networking.NetworkPolicy) },
	"networking.k8s.io/v1/Ingress":            func() any { return new(networking.Ingress) },
	"gateway.networking.k8s.io/v1/HTTPRoute":  func() any { return new(httpRoute) },
	"keda.sh/v1alpha1/ScaledObject":           func() any { return new(scaledObject) },
	"monitoring.coreos.com/v1/ServiceMonitor": func() any { return new(serviceMonitor) },
	"monitoring.coreos.com/v1/PrometheusRule": func() any { return new(prometheusRule) },
	"openfaas.com/v1/Function":                func() any { return new(function) },
	"postgresql.cnpg.io/v1/Cluster":           func() any { return new(cluster) },

	"serving.knative.dev/v1/Service":                      func() any { return new(knativeService) },
	"messaging.knative.dev/v1/Subscription":               func() any { return new(knativeSubscription) },
	"messaging.knative.dev/v1alpha1/NatsJetStreamChannel": func() any { return new(natsChannel) },
}

// inExamples are kinds that only the examples have.
var inExamples = []string{
	"postgresql.cnpg.io/v1/Cluster", "batch/v1/Job",
	"serving.knative.dev/v1/Service", "messaging.knative.dev/v1/Subscription", "messaging.knative.dev/v1alpha1/NatsJetStreamChannel",
}

// strictly decodes an object into its type, and fails for a field that the type does not have.
func strictly(t *testing.T, o object) any {
	t.Helper()
	newTyped, known := kinds[o.APIVersion+"/"+o.Kind]
	if !known {
		t.Errorf("%s: nobody knows %s of %s", o.Source, o.Kind, o.APIVersion)
		return nil
	}
	typed := newTyped()
	if err := yaml.UnmarshalStrict(o.Text, typed); err != nil {
		t.Errorf("%s: %s %s: %v", o.Source, o.Kind, o.Metadata.Name, err)
	}
	return typed
}

func TestEveryObjectIsWhatItsTypeSays(t *testing.T) {
	seen := map[string]bool{}
	eachSet(t, func(t *testing.T, set string) {
		names := map[string]bool{}
		for _, o := range render(t, set) {
			strictly(t, o)
			seen[o.APIVersion+"/"+o.Kind] = true
			name := o.Kind + "/" + o.Metadata.Namespace + "/" + o.Metadata.Name
			if names[name] {
				t.Errorf("%s is there twice", name)
			}
			names[name] = true
			if o.Metadata.Labels["app.kubernetes.io/name"] != "linkwell" && o.ours() {
				t.Errorf("%s lacks the labels of the chart", name)
			}
		}
	})
	for kind := range kinds {
		if !seen[kind] && !slices.Contains(inExamples, kind) {
			t.Errorf("no value set renders %s", kind)
		}
	}
}
