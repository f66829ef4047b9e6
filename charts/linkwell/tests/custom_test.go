package tests

import (
	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Kinds that Kubernetes does not have itself, as far as the chart uses them, written from the documentation of each: a field
// that is not here is not used, and one that is misspelt fails.

// httpRoute is gateway.networking.k8s.io/v1 (Gateway API, HTTPRoute).
type httpRoute struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata"`
	Spec            struct {
		ParentRefs []struct {
			Name        string `json:"name"`
			Namespace   string `json:"namespace"`
			SectionName string `json:"sectionName"`
		} `json:"parentRefs"`
		Hostnames []string `json:"hostnames"`
		Rules     []struct {
			Matches []struct {
				Path struct {
					Type  string `json:"type"`
					Value string `json:"value"`
				} `json:"path"`
			} `json:"matches"`
			BackendRefs []struct {
				Name string `json:"name"`
				Port int32  `json:"port"`
			} `json:"backendRefs"`
		} `json:"rules"`
	} `json:"spec"`
}

// scaledObject is keda.sh/v1alpha1 (KEDA, ScaledObject specification).
type scaledObject struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata"`
	Spec            struct {
		ScaleTargetRef struct {
			Name string `json:"name"`
		} `json:"scaleTargetRef"`
		MinReplicaCount int32 `json:"minReplicaCount"`
		MaxReplicaCount int32 `json:"maxReplicaCount"`
		PollingInterval int32 `json:"pollingInterval"`
		CooldownPeriod  int32 `json:"cooldownPeriod"`
		Fallback        struct {
			FailureThreshold int32  `json:"failureThreshold"`
			Replicas         int32  `json:"replicas"`
			Behavior         string `json:"behavior"`
		} `json:"fallback"`
		Triggers []struct {
			Type     string      `json:"type"`
			Name     string      `json:"name"`
			Metadata natsTrigger `json:"metadata"`
		} `json:"triggers"`
	} `json:"spec"`
}

// natsTrigger is KEDA's scaler nats-jetstream. Its values are strings.
type natsTrigger struct {
	Endpoint            string `json:"natsServerMonitoringEndpoint"`
	Account             string `json:"account"`
	Stream              string `json:"stream"`
	Consumer            string `json:"consumer"`
	LagThreshold        string `json:"lagThreshold"`
	ActivationThreshold string `json:"activationLagThreshold"`
}

// serviceMonitor is monitoring.coreos.com/v1 (Prometheus operator).
type serviceMonitor struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata"`
	Spec            struct {
		Selector  meta.LabelSelector `json:"selector"`
		Endpoints []struct {
			Port     string `json:"port"`
			Path     string `json:"path"`
			Interval string `json:"interval"`
		} `json:"endpoints"`
	} `json:"spec"`
}

// prometheusRule is monitoring.coreos.com/v1 (Prometheus operator).
type prometheusRule struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata"`
	Spec            struct {
		Groups []struct {
			Name  string  `json:"name"`
			Rules []alert `json:"rules"`
		} `json:"groups"`
	} `json:"spec"`
}

type alert struct {
	Alert       string            `json:"alert"`
	Expr        string            `json:"expr"`
	For         string            `json:"for"`
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
}

// function is openfaas.com/v1 (the CRD of OpenFaaS's chart).
type function struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata"`
	Spec            struct {
		Name                   string            `json:"name"`
		Image                  string            `json:"image"`
		Handler                string            `json:"handler"`
		Annotations            map[string]string `json:"annotations"`
		Labels                 map[string]string `json:"labels"`
		Environment            map[string]string `json:"environment"`
		Secrets                []string          `json:"secrets"`
		Limits                 resources         `json:"limits"`
		Requests               resources         `json:"requests"`
		ReadOnlyRootFilesystem bool              `json:"readOnlyRootFilesystem"`
	} `json:"spec"`
}

type resources struct {
	Memory string `json:"memory"`
	CPU    string `json:"cpu"`
}

// cluster is postgresql.cnpg.io/v1 (CloudNativePG).
type cluster struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata"`
	Spec            struct {
		Instances int `json:"instances"`
		Storage   struct {
			Size string `json:"size"`
		} `json:"storage"`
		Bootstrap struct {
			InitDB struct {
				Database string `json:"database"`
				Owner    string `json:"owner"`
			} `json:"initdb"`
		} `json:"bootstrap"`
	} `json:"spec"`
}

// knativeService is serving.knative.dev/v1 (Knative Serving; its modules are larger than all others of these tests).
type knativeService struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata"`
	Spec            struct {
		Template struct {
			meta.ObjectMeta `json:"metadata"`
			Spec            struct {
				core.PodSpec         `json:",inline"`
				ContainerConcurrency int64 `json:"containerConcurrency"`
				TimeoutSeconds       int64 `json:"timeoutSeconds"`
			} `json:"spec"`
		} `json:"template"`
	} `json:"spec"`
}

// natsChannel is messaging.knative.dev/v1alpha1 (knative-extensions/eventing-natss).
type natsChannel struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata"`
	Spec            struct {
		Stream struct {
			Config struct {
				Sources []struct {
					Name          string `json:"name"`
					FilterSubject string `json:"filterSubject"`
				} `json:"sources"`
				MaxAge          meta.Duration `json:"maxAge"`
				MaxBytes        int64         `json:"maxBytes"`
				DuplicateWindow meta.Duration `json:"duplicateWindow"`
				Replicas        int           `json:"replicas"`
				Storage         string        `json:"storage"`
			} `json:"config"`
		} `json:"stream"`
		Consumer struct {
			AckWait       meta.Duration `json:"ackWait"`
			DeliverPolicy string        `json:"deliverPolicy"`
			ReplayPolicy  string        `json:"replayPolicy"`
			MaxAckPending int           `json:"maxAckPending"`
		} `json:"consumerConfigTemplate"`
	} `json:"spec"`
}

// knativeSubscription is messaging.knative.dev/v1 (Knative Eventing).
type knativeSubscription struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata"`
	Spec            struct {
		Channel    reference `json:"channel"`
		Subscriber struct {
			Ref reference `json:"ref"`
		} `json:"subscriber"`
		Delivery struct {
			Retry         int    `json:"retry"`
			BackoffPolicy string `json:"backoffPolicy"`
			BackoffDelay  string `json:"backoffDelay"`
		} `json:"delivery"`
	} `json:"spec"`
}

// reference is what another object is named by.
type reference struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Name       string `json:"name"`
}
