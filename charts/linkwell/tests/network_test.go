package tests

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"

	networking "k8s.io/api/networking/v1"
)

// component are the labels of pods of ours.
func component(name string) map[string]string {
	return map[string]string{"app.kubernetes.io/name": "linkwell", "app.kubernetes.io/instance": "linkwell", "app.kubernetes.io/component": name}
}

// places are everybody there is around a Linkwell. Pods have addresses of the cluster's own network.
var places = map[string]place{
	"manager":       {namespace, component("manager"), netip.MustParseAddr("10.1.0.1")},
	"connector":     {namespace, component("connector"), netip.MustParseAddr("10.1.0.2")},
	"checker":       {"openfaas-fn", map[string]string{"faas_function": "link-checker"}, netip.MustParseAddr("10.1.0.3")},
	"rechecker":     {"openfaas-fn", map[string]string{"faas_function": "link-rechecker"}, netip.MustParseAddr("10.1.0.4")},
	"nats":          {namespace, map[string]string{"app.kubernetes.io/name": "nats", "app.kubernetes.io/instance": "linkwell", "app.kubernetes.io/component": "nats"}, netip.MustParseAddr("10.1.0.5")},
	"gateway":       {"openfaas", map[string]string{"app": "gateway"}, netip.MustParseAddr("10.1.0.6")},
	"database":      {"databases", map[string]string{"app": "postgres"}, netip.MustParseAddr("10.1.0.7")},
	"dns":           {"kube-system", map[string]string{"k8s-app": "kube-dns"}, netip.MustParseAddr("10.1.0.8")},
	"prometheus":    {"monitoring", map[string]string{"app": "prometheus"}, netip.MustParseAddr("10.1.0.9")},
	"keda":          {"keda", map[string]string{"app": "keda-operator"}, netip.MustParseAddr("10.1.0.10")},
	"stranger":      {"default", map[string]string{"app": "stranger"}, netip.MustParseAddr("10.1.0.11")},
	"web":           {ip: netip.MustParseAddr("93.184.215.14")},
	"web6":          {ip: netip.MustParseAddr("2606:2800:21f:cb07::1")},
	"metadata":      {ip: netip.MustParseAddr("169.254.169.254")},
	"node":          {ip: netip.MustParseAddr("192.168.0.10")},
	"apiserver":     {ip: netip.MustParseAddr("10.96.0.1")},
	"wireserver":    {ip: netip.MustParseAddr("168.63.129.16")},
	"private6":      {ip: netip.MustParseAddr("fd00:ec2::254")},
	"doctor":        {namespace, component("doctor"), netip.MustParseAddr("10.1.0.12")},
	"documentation": {ip: netip.MustParseAddr("203.0.113.7")},
}

// ports are what anybody could be asked at.
var ports = []string{"UDP/53", "TCP/22", "TCP/53", "TCP/80", "TCP/443", "TCP/4222", "TCP/5432", "TCP/6222", "TCP/6443", "TCP/7777", "TCP/8080", "TCP/8090", "TCP/8222", "TCP/8443", "TCP/9091", "TCP/25"}

// matrix says for each of ours whom it may reach, and who may reach it: a line for each pair that may talk.
func matrix(t *testing.T, p policies) string {
	t.Helper()
	ours := []string{"manager", "connector", "doctor", "checker", "rechecker", "nats"}
	var text strings.Builder
	for _, from := range slices.Sorted(maps.Keys(places)) {
		for _, to := range slices.Sorted(maps.Keys(places)) {
			if !slices.Contains(ours, from) && !slices.Contains(ours, to) || places[from].labels == nil && places[from].namespace == "" && !slices.Contains(ours, to) {
				continue
			}
			var open []string
			for _, at := range ports {
				protocol, number, _ := strings.Cut(at, "/")
				var port int32
				fmt.Sscan(number, &port)
				if p.let(t, places[from], places[to], protocol, port) {
					open = append(open, at)
				}
			}
			if len(open) > 0 {
				fmt.Fprintf(&text, "%-13s → %-13s %s\n", from, to, strings.Join(open, " "))
			}
		}
	}
	return text.String()
}

func TestWhoMayReachWhom(t *testing.T) {
	for _, set := range []string{"default", "external_nats", "everything", "keda"} {
		t.Run(set, func(t *testing.T) { golden(t, set+".network.txt", matrix(t, policiesOf(t, render(t, set)))) })
	}
}

// What must hold in every value set with policies, whatever the golden files say.
func TestAFunctionReachesNothingInside(t *testing.T) {
	inside := []string{"manager", "connector", "gateway", "database", "prometheus", "stranger", "metadata", "node", "apiserver", "wireserver", "private6", "documentation"}
	eachSet(t, func(t *testing.T, set string) {
		p := policiesOf(t, render(t, set))
		if set == "minimal" {
			if len(p) != 0 {
				t.Errorf("there are %d policies, although none are wanted", len(p))
			}
			return
		}
		for _, function := range []string{"checker", "rechecker"} {
			for _, to := range inside {
				for _, at := range ports {
					protocol, number, _ := strings.Cut(at, "/")
					var port int32
					fmt.Sscan(number, &port)
					external := set == "external_nats" && port == 4222
					traces := set == "everything" && to == "prometheus"
					if p.let(t, places[function], places[to], protocol, port) && !external && !traces {
						t.Errorf("%s reaches %s at %s", function, to, at)
					}
				}
			}
			for _, web := range []string{"web", "web6"} {
				if !p.let(t, places[function], places[web], "TCP", 443) || !p.let(t, places[function], places[web], "TCP", 8443) {
					t.Errorf("%s does not reach %s", function, web)
				}
				if p.let(t, places[function], places[web], "TCP", 25) || p.let(t, places[function], places[web], "UDP", 443) {
					t.Errorf("%s sends mail, or UDP", function)
				}
			}
		}
	})
}

// Each port and address that the guard lets through, and no other, as the policy that is rendered says it.
func TestTheFunctionsPolicyIsTheGuard(t *testing.T) {
	p := policiesOf(t, render(t, "default"))
	for port := int32(1); port <= 65535; port++ {
		if policy, guard := p.let(t, places["checker"], places["web"], "TCP", port), lets(places["web"].ip, int(port)); policy != guard && port != 4222 {
			t.Errorf("port %d: the policy says %v, the guard %v", port, policy, guard)
		}
	}
}

func TestWhatIsAllowedToBeCheckedIsLetThrough(t *testing.T) {
	p := policiesOf(t, render(t, "functions"))
	for address, want := range map[string]bool{"10.20.3.4": true, "fd00:1::7": true, "10.21.0.1": false, "fd00:2::1": false} {
		to := place{ip: netip.MustParseAddr(address)}
		if got := p.let(t, places["checker"], to, "TCP", 443); got != want {
			t.Errorf("the functions reach %s: %v", address, got)
		}
		if p.let(t, places["manager"], to, "TCP", 443) {
			t.Errorf("the manager reaches %s", address)
		}
	}
}

// Canaries are looked at by the function, which the manager asks for through the gateway; it has no other business there.
func TestTheManagerReachesTheGatewayForCanaries(t *testing.T) {
	for settings, want := range map[string]bool{"": false, "--set=manager.settings.CANARY_URLS=https://example.com": true} {
		arguments := []string{"--set=functions.create=false"}
		if settings != "" {
			arguments = append(arguments, settings)
		}
		p := policiesOf(t, parse(t, mustTemplate(t, arguments...)))
		if got := p.let(t, places["manager"], places["gateway"], "TCP", 8080); got != want {
			t.Errorf("with %q the manager reaches the gateway: %v", settings, got)
		}
	}
}

// Cilium refuses a rule with more than 40 ports.
func TestNoRuleHasTooManyPorts(t *testing.T) {
	for _, one := range as[networking.NetworkPolicy](t, render(t, "everything"), "NetworkPolicy") {
		for _, rule := range one.Spec.Egress {
			if len(rule.Ports) > 40 {
				t.Errorf("%s has a rule of %d ports", one.Name, len(rule.Ports))
			}
		}
	}
}
