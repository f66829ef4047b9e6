package tests

import (
	"net/netip"
	"slices"
	"testing"

	networking "k8s.io/api/networking/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// place is a pod, or, without labels, an address outside the cluster.
type place struct {
	namespace string
	labels    map[string]string
	ip        netip.Addr
}

// policies are a rendering's NetworkPolicies.
type policies []networking.NetworkPolicy

func policiesOf(t *testing.T, objects []object) policies {
	t.Helper()
	all := as[networking.NetworkPolicy](t, objects, "NetworkPolicy")
	for i := range all {
		if all[i].Namespace == "" {
			all[i].Namespace = namespace
		}
	}
	return all
}

// let reports whether a network that enforces the policies lets from connect to: both ends must. A pod that no policy selects
// may do anything (Kubernetes, "Network Policies").
func (p policies) let(t *testing.T, from, to place, protocol string, port int32) bool {
	t.Helper()
	out, in := true, true
	for _, one := range p.of(t, from, networking.PolicyTypeEgress) {
		if out = slices.ContainsFunc(one.Spec.Egress, func(r networking.NetworkPolicyEgressRule) bool {
			return ported(r.Ports, protocol, port) && peered(t, one.Namespace, r.To, to)
		}); out {
			break
		}
	}
	for _, one := range p.of(t, to, networking.PolicyTypeIngress) {
		if in = slices.ContainsFunc(one.Spec.Ingress, func(r networking.NetworkPolicyIngressRule) bool {
			return ported(r.Ports, protocol, port) && peered(t, one.Namespace, r.From, from)
		}); in {
			break
		}
	}
	return out && in
}

// of are the policies that select a pod for a direction.
func (p policies) of(t *testing.T, pod place, direction networking.PolicyType) policies {
	t.Helper()
	var selecting policies
	for _, one := range p {
		if pod.labels != nil && one.Namespace == pod.namespace && slices.Contains(one.Spec.PolicyTypes, direction) && selects(t, &one.Spec.PodSelector, pod.labels) {
			selecting = append(selecting, one)
		}
	}
	return selecting
}

func ported(ports []networking.NetworkPolicyPort, protocol string, port int32) bool {
	return len(ports) == 0 || slices.ContainsFunc(ports, func(p networking.NetworkPolicyPort) bool {
		if string(*p.Protocol) != protocol {
			return false
		}
		last := p.Port.IntVal
		if p.EndPort != nil {
			last = *p.EndPort
		}
		return p.Port.IntVal <= port && port <= last
	})
}

func peered(t *testing.T, home string, peers []networking.NetworkPolicyPeer, other place) bool {
	t.Helper()
	return len(peers) == 0 || slices.ContainsFunc(peers, func(p networking.NetworkPolicyPeer) bool {
		if p.IPBlock != nil {
			return blocked(t, p.IPBlock, other.ip)
		}
		if other.labels == nil {
			return false
		}
		if p.NamespaceSelector == nil && other.namespace != home {
			return false
		}
		if p.NamespaceSelector != nil && !selects(t, p.NamespaceSelector, map[string]string{"kubernetes.io/metadata.name": other.namespace}) {
			return false
		}
		return p.PodSelector == nil || selects(t, p.PodSelector, other.labels)
	})
}

// blocked reports whether an address is in the block. Pods have addresses too.
func blocked(t *testing.T, b *networking.IPBlock, ip netip.Addr) bool {
	t.Helper()
	block := ipBlock{CIDR: netip.MustParsePrefix(b.CIDR)}
	for _, e := range b.Except {
		block.Except = append(block.Except, netip.MustParsePrefix(e))
	}
	return through([]ipBlock{block}, ip)
}

func selects(t *testing.T, s *meta.LabelSelector, set map[string]string) bool {
	t.Helper()
	selector, err := meta.LabelSelectorAsSelector(s)
	if err != nil {
		t.Fatal(err)
	}
	return selector.Matches(labels.Set(set))
}
