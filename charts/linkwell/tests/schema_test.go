package tests

import (
	"strings"
	"testing"
)

func TestBadValuesAreRefusedAndNamed(t *testing.T) {
	for name, test := range map[string]struct{ set, says string }{
		"no accounts":                          {"auth.mode=none", "/auth/mode"},
		"a provider without its address":       {"auth.mode=oidc", "/auth/oidc/"},
		"a redirect that is not encrypted":     {"auth.oidc.redirectUrl=http://links.example.com/auth/oidc/callback", "/auth/oidc/redirectUrl"},
		"a password in a URL":                  {"broker.url=nats://ann:secret@nats:4222", "/broker/url"},
		"a broker that speaks something else":  {"broker.url=amqp://rabbit", "/broker/url"},
		"no broker at all":                     {"nats.enabled=false", "broker.url is empty"},
		"two brokers":                          {"broker.url=nats://nats:4222", "broker.url is set and nats.enabled is true"},
		"TLS that the broker does not speak":   {"broker.tls.enabled=true", "nats.config.nats.tls.enabled"},
		"TLS that Linkwell does not insist on": {"nats.config.nats.tls.enabled=true", "broker.tls.enabled"},
		"a check longer than a pod's end":      {"checks.timeoutSeconds=20", "/checks/timeoutSeconds"},
		"a time with a unit":                   {"checks.timeoutSeconds=10s", "/checks/timeoutSeconds"},
		"a network without its length":         {"checks.allow={10.0.0.0}", "/checks/allow/0"},
		"no manager":                           {"manager.replicas=0", "/manager/replicas"},
		"two managers of one SQLite":           {"database.sqlite.enabled=true", "/manager/replicas"},
		"SQLite that scales":                   {"database.sqlite.enabled=true,manager.replicas=1,manager.autoscaling.enabled=true", "/manager/autoscaling/enabled"},
		"a variable that there is not":         {"manager.settings.MAX_LINKS=7", "propertyName 'MAX_LINKS'"},
		"a variable that another value sets":   {"manager.settings.LISTEN=:80", "propertyName 'LISTEN'"},
		"a number for a variable":              {"manager.settings.RATE_LIMIT=7", "/manager/settings/RATE_LIMIT"},
		"a value that there is not":            {"managr.replicas=2", "managr"},
		"connectors that scale to none":        {"connector.keda.minReplicas=0", "/connector/keda/minReplicas"},
		"KEDA that knows no broker":            {"connector.keda.enabled=true,nats.enabled=false,broker.url=nats://nats:4222", "connector.keda.monitoringEndpoint is empty"},
		"a gateway below a path":               {"gateway.url=https://example.com/openfaas", "/gateway/url"},
		"a digest that is none":                {"image.digest=sha256:abc", "/image/digest"},
		"an entrance without a name":           {"ingress.enabled=true", "ingress.hosts is empty"},
		"a route without a gateway":            {"gatewayApi.enabled=true", "gatewayApi.parentRefs is empty"},
		"more at least than at most":           {"connector.keda.enabled=true,connector.keda.minReplicas=9", "connector.keda.minReplicas is more"},
		"a level that there is not":            {"log.level=verbose", "/log/level"},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := template(t, "--set", test.set)
			if err == nil {
				t.Fatal("it is rendered")
			}
			if !strings.Contains(out, test.says) {
				t.Errorf("it does not say %q:\n%s", test.says, out)
			}
		})
	}
}
