package tests

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/yaml"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-checker/ladder"
	"github.com/linkwell/linkwell/link-manager/bus/brokertest"
)

// onKnative is examples/knative.yaml: its services by name, and each with its subscription and channel.
type onKnative struct {
	services      map[string]knativeService
	subscriptions map[string]knativeSubscription
	channels      map[string]natsChannel
	policies      []networking.NetworkPolicy
}

func readKnative(t *testing.T) onKnative {
	t.Helper()
	content, err := os.ReadFile(chart + "/examples/knative.yaml")
	if err != nil {
		t.Fatal(err)
	}
	found := onKnative{map[string]knativeService{}, map[string]knativeSubscription{}, map[string]natsChannel{}, nil}
	for _, o := range parse(t, string(content)) {
		switch typed := strictly(t, o).(type) {
		case *knativeService:
			found.services[typed.Name] = *typed
		case *knativeSubscription:
			found.subscriptions[typed.Spec.Subscriber.Ref.Name] = *typed
		case *natsChannel:
			found.channels[typed.Name] = *typed
		case *networking.NetworkPolicy:
			found.policies = append(found.policies, *typed)
		default:
			t.Errorf("what is a %s for?", o.Kind)
		}
	}
	if len(found.services) != 2 || len(found.subscriptions) != 2 || len(found.channels) != 2 || len(found.policies) != 2 {
		t.Fatalf("it has %d services, %d subscriptions, %d channels and %d policies", len(found.services), len(found.subscriptions), len(found.channels), len(found.policies))
	}
	return found
}

// readStack is stack.yml, with the defaults of what faas-cli fills in.
func readStack(t *testing.T) stack {
	t.Helper()
	content, err := os.ReadFile(root + "/stack.yml")
	if err != nil {
		t.Fatal(err)
	}
	var s stack
	if err := yaml.Unmarshal([]byte(substituted(string(content))), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestKnativesServicesAreTheFunctionsOfTheStack(t *testing.T) {
	for name, want := range readStack(t).Functions {
		service, there := readKnative(t).services[name]
		if !there {
			t.Fatalf("there is no service %s", name)
		}
		pod := service.Spec.Template.Spec.PodSpec
		container := pod.Containers[0]
		environment := map[string]string{}
		for _, v := range container.Env {
			environment[v.Name] = v.Value
		}
		expected := maps.Clone(want.Environment)
		expected["NATS_URL"], expected["LOG_FORMAT"] = "nats://linkwell-nats.openfaas.svc:4222", "json"
		got := resources{container.Resources.Limits.Memory().String(), container.Resources.Limits.Cpu().String()}
		asks := resources{container.Resources.Requests.Memory().String(), container.Resources.Requests.Cpu().String()}
		for what, diff := range map[string]string{"environment": gocmp.Diff(expected, environment), "limits": gocmp.Diff(want.Limits, got), "requests": gocmp.Diff(want.Requests, asks)} {
			if diff != "" {
				t.Errorf("%s: the %s is another than in stack.yml:\n%s", name, what, diff)
			}
		}
		annotations := service.Spec.Template.Annotations
		if annotations["autoscaling.knative.dev/max-scale"] != want.Labels["com.openfaas.scale.max"] {
			t.Errorf("%s: the annotations are %v", name, annotations)
		}
		if at, most := service.Spec.Template.Spec.ContainerConcurrency, environment["max_inflight"]; strconv.FormatInt(at, 10) != most {
			t.Errorf("%s: max_inflight is %s, and containerConcurrency %d", name, most, at)
		}
		for _, secret := range want.Secrets {
			if !mounts(pod, secret, "/var/openfaas/secrets") {
				t.Errorf("%s: the secret %s is not where OpenFaaS has it", name, secret)
			}
		}
	}
}

// mounts reports whether a Secret, all of it, is in a folder of the first container.
func mounts(pod core.PodSpec, secret, folder string) bool {
	for _, volume := range pod.Volumes {
		for _, mount := range pod.Containers[0].VolumeMounts {
			if volume.Secret != nil && volume.Secret.SecretName == secret && len(volume.Secret.Items) == 0 && volume.Name == mount.Name && mount.MountPath == folder && mount.ReadOnly {
				return true
			}
		}
	}
	return false
}

// Knative takes no security context of a pod unless an operator of it says so, but all of it for a container.
func TestKnativesServicesAreRestricted(t *testing.T) {
	for name, service := range readKnative(t).services {
		pod := service.Spec.Template.Spec.PodSpec
		s := pod.Containers[0].SecurityContext
		restricted(t, name, s)
		if s.RunAsNonRoot == nil || !*s.RunAsNonRoot || s.RunAsUser == nil || *s.RunAsUser != 65532 || s.SeccompProfile == nil || s.SeccompProfile.Type != core.SeccompProfileTypeRuntimeDefault {
			t.Errorf("%s: its security context is %+v", name, s)
		}
		if pod.SecurityContext != nil || pod.TerminationGracePeriodSeconds != nil || pod.RestartPolicy != "" || pod.TopologySpreadConstraints != nil {
			t.Errorf("%s: Knative refuses a part of this: %+v", name, pod)
		}
		if pod.AutomountServiceAccountToken == nil || *pod.AutomountServiceAccountToken || service.Labels["networking.knative.dev/visibility"] != "cluster-local" {
			t.Errorf("%s has a token, or is called from outside", name)
		}
		written := false
		for _, mount := range pod.Containers[0].VolumeMounts {
			written = written || mount.MountPath == "/tmp" && !mount.ReadOnly
		}
		if !written {
			t.Errorf("%s: its watchdog cannot write its lock", name)
		}
	}
}

func TestKnativesTimeoutsAreTheLaddersOnes(t *testing.T) {
	rungs, err := ladder.Of(0, 0)
	if err != nil {
		t.Fatal(err)
	}
	knative := readKnative(t)
	for name, service := range knative.services {
		subscription := knative.subscriptions[name]
		channel := knative.channels[subscription.Spec.Channel.Name]
		got := []time.Duration{time.Duration(service.Spec.Template.Spec.TimeoutSeconds) * time.Second, channel.Spec.Consumer.AckWait.Duration, channel.Spec.Stream.Config.MaxAge.Duration}
		if diff := gocmp.Diff([]time.Duration{rungs.Connector, rungs.AckWait, rungs.Lease}, got); diff != "" {
			t.Errorf("%s: timeoutSeconds, ackWait and maxAge are no rungs:\n%s", name, diff)
		}
		// Exponential: 2 s × 2ⁿ after the nth try.
		delivery := subscription.Spec.Delivery
		if delivery.BackoffPolicy != "exponential" || delivery.BackoffDelay != "PT2S" || delivery.Retry < 1 || 2*time.Second*(1<<(delivery.Retry+1)-2) > rungs.Lease {
			t.Errorf("%s: %+v is tried beyond the lease, or not at all", name, delivery)
		}
	}
}

func TestKnativesChannelsCarryTheFunctionsTopics(t *testing.T) {
	knative := readKnative(t)
	requests := event.Streams(5 * time.Minute)[0]
	for name, f := range readStack(t).Functions {
		subscription := knative.subscriptions[name]
		if subscription.Spec.Subscriber.Ref != (reference{"serving.knative.dev/v1", "Service", name}) {
			t.Errorf("%s: its subscriber is %+v", name, subscription.Spec.Subscriber.Ref)
		}
		channel, there := knative.channels[subscription.Spec.Channel.Name]
		if !there || subscription.Spec.Channel.APIVersion != channel.APIVersion || subscription.Spec.Channel.Kind != channel.Kind || subscription.Namespace != channel.Namespace {
			t.Fatalf("%s: its channel is %+v", name, subscription.Spec.Channel)
		}
		config := channel.Spec.Stream.Config
		if len(config.Sources) != 1 || config.Sources[0].Name != event.StreamRequests || config.Sources[0].FilterSubject != f.Annotations["topic"] {
			t.Errorf("%s: the events come from %+v", name, config.Sources)
		}
		if config.MaxBytes != requests.MaxBytes || config.DuplicateWindow.Duration != requests.Duplicates {
			t.Errorf("%s: the stream is %+v", name, config)
		}
	}
}

// What the chart's policies forbid, those of the example allow, and nothing else: they find the pods that the chart's find.
func TestKnativesPoliciesFindTheSamePods(t *testing.T) {
	knative := readKnative(t)
	objects := parse(t, mustTemplate(t, "--set", "functions.namespace=links,connector.replicas=0"))
	chosen := map[string]networking.NetworkPolicySpec{}
	for _, p := range policiesOf(t, objects) {
		chosen[cmp.Or(p.Namespace, namespace)+"/"+p.Name] = p.Spec
	}
	functions, nats := chosen["links/linkwell-functions"], chosen["openfaas/linkwell-nats"]
	for _, service := range knative.services {
		for _, policy := range knative.policies {
			if policy.Namespace == service.Namespace && !selects(t, &policy.Spec.PodSelector, labels.Set(service.Spec.Template.Labels)) {
				t.Errorf("%s does not find %s", policy.Name, service.Name)
			}
		}
		if !selects(t, &functions.PodSelector, labels.Set(service.Spec.Template.Labels)) {
			t.Errorf("%s is not bound by the policy of functions", service.Name)
		}
		admitted := false
		for _, rule := range nats.Ingress {
			for _, from := range rule.From {
				admitted = admitted || from.NamespaceSelector != nil && from.PodSelector != nil &&
					selects(t, from.NamespaceSelector, labels.Set{"kubernetes.io/metadata.name": service.Namespace}) && selects(t, from.PodSelector, labels.Set(service.Spec.Template.Labels))
			}
		}
		if !admitted {
			t.Errorf("NATS does not let %s in", service.Name)
		}
	}
	for _, policy := range knative.policies {
		if len(policy.Spec.PolicyTypes) != 1 || policy.Spec.PolicyTypes[0] != networking.PolicyTypeIngress || len(policy.Spec.Egress) != 0 {
			t.Errorf("%s is about more than who may call", policy.Name)
		}
		if policy.Namespace == namespace && gocmp.Diff(nats.PodSelector, policy.Spec.PodSelector) != "" {
			t.Errorf("%s finds other pods than the chart's policy of NATS", policy.Name)
		}
	}
}

// rightsIn is the user KNATIVE of HOMES.md, as the server reads it.
func rightsIn(t *testing.T) *server.Permissions {
	t.Helper()
	content, err := os.ReadFile(chart + "/HOMES.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(content), "```\nKNATIVE: ")
	rights, _, ended := strings.Cut(rest, "\n```")
	if !found || !ended {
		t.Fatal("HOMES.md does not say what rights Knative needs")
	}
	path := filepath.Join(t.TempDir(), "knative.conf")
	if err := os.WriteFile(path, []byte("authorization: {users: [{user: knative, password: a, permissions: "+rights+"}]}"), 0o600); err != nil {
		t.Fatal(err)
	}
	options, err := server.ProcessConfigFile(path)
	if err != nil {
		t.Fatalf("%v\n%s", err, rights)
	}
	return options.Users[0].Permissions
}

// startFunction runs the process of the function's image, as the checker of permissions.conf and where this machine may be checked,
// until the test ends. It returns its address.
func startFunction(t *testing.T, broker, credentials string) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "handler")
	build := exec.Command("go", "build", "-o", binary, "-ldflags", "-X main.address=127.0.0.1:0", "./template/golang-http")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	command := exec.Command(binary)
	command.Env = []string{"NATS_URL=" + broker, "NATS_CREDS=" + credentials, "CHECK_ALLOW=127.0.0.0/8", "LOG_FORMAT=json"}
	said, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	var line struct {
		Address string `json:"address"`
	}
	heard := bufio.NewScanner(said)
	for line.Address == "" && heard.Scan() {
		t.Log(heard.Text())
		if err := json.Unmarshal(heard.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
	}
	logged := make(chan struct{})
	go func() {
		defer close(logged)
		for heard.Scan() {
			t.Log(heard.Text())
		}
	}()
	t.Cleanup(func() {
		_ = command.Process.Signal(os.Interrupt)
		<-logged
		if err := command.Wait(); err != nil {
			t.Error(err)
		}
	})
	return "http://" + line.Address
}

// TestAKnativeChannelFeedsTheFunction does at a real broker what eventing-natss does for the channel and the subscription of the
// example, call by call (its pkg/channel/jetstream/dispatcher), with no more rights than HOMES.md gives it, and hands what
// comes to the function, in the way of CloudEvents over HTTP.
func TestAKnativeChannelFeedsTheFunction(t *testing.T) {
	knative := readKnative(t)
	subscription := knative.subscriptions["link-checker"]
	channel := knative.channels[subscription.Spec.Channel.Name]

	rules := brokertest.Read(t, root+"/link-manager/bus/permissions.conf")
	rules.Options.Users = append(rules.Options.Users,
		&server.User{Username: "knative", Password: "k", Account: rules.Account(t), Permissions: rightsIn(t)},
		&server.User{Username: "all", Password: "a", Account: rules.Account(t)})
	url := rules.Start(t)
	connect := func(user, password string) nats.JetStreamContext {
		conn, err := nats.Connect(url, nats.UserInfo(user, password), nats.NoReconnect(), nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { t.Errorf("%s: %v", user, err) }))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(conn.Close)
		js, err := conn.JetStream(nats.MaxWait(5 * time.Second))
		if err != nil {
			t.Fatal(err)
		}
		return js
	}
	all, js := connect("all", "a"), connect("knative", "k")
	for _, s := range event.Streams(5 * time.Minute) {
		if _, err := all.AddStream(&nats.StreamConfig{Name: s.Name, Subjects: s.Subjects, MaxAge: s.MaxAge, Duplicates: s.Duplicates}); err != nil {
			t.Fatal(err)
		}
	}

	// reconcileStream and getOrEnsureConsumer.
	const stream, consumer = "KN_LINKS__LINK_ADDED", "KN_SUB_1"
	config := channel.Spec.Stream.Config
	if _, err := js.StreamInfo(stream); !errors.Is(err, nats.ErrStreamNotFound) {
		t.Fatal(err)
	}
	if _, err := js.AddStream(&nats.StreamConfig{
		Name: stream, Subjects: []string{"links.link-added._knative"}, MaxAge: config.MaxAge.Duration, MaxBytes: config.MaxBytes, Duplicates: config.DuplicateWindow.Duration,
		Sources: []*nats.StreamSource{{Name: config.Sources[0].Name, FilterSubject: config.Sources[0].FilterSubject}},
	}); err != nil {
		t.Fatal(err)
	}
	to := "links.link-added._knative_consumer.1"
	if _, err := js.AddConsumer(stream, &nats.ConsumerConfig{
		Durable: consumer, DeliverGroup: consumer, DeliverSubject: to, AckPolicy: nats.AckExplicitPolicy,
		AckWait: channel.Spec.Consumer.AckWait.Duration, MaxDeliver: subscription.Spec.Delivery.Retry + 1, MaxAckPending: channel.Spec.Consumer.MaxAckPending,
	}); err != nil {
		t.Fatal(err)
	}
	events := make(chan *nats.Msg, 10)
	if _, err := js.QueueSubscribe(to, consumer, func(m *nats.Msg) { events <- m }, nats.Bind(stream, consumer), nats.ManualAck()); err != nil {
		t.Fatal(err)
	}

	address := startFunction(t, url, rules.Seeds[brokertest.Checker])
	page := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(page.Close)

	id := event.NewCheckID()
	request := event.Request{CheckID: id, URL: page.URL, Attempt: 1, ExpiresAt: time.Now().Add(time.Minute)}
	attributes := event.Attributes{ID: id, Type: event.TypeAdded, Source: "link-manager", Time: time.Now(), Expires: request.ExpiresAt}
	for subject, body := range map[string][]byte{event.SubjectDue: []byte(`{"url":"https://example.com/other"}`), event.SubjectAdded: request.Encode()} {
		if _, err := all.PublishMsg(&nats.Msg{Subject: subject, Header: attributes.Header(), Data: body}, nats.MsgId(subject)); err != nil {
			t.Fatal(err)
		}
	}

	// A first try that comes to nothing is followed by another.
	if err := next(t, events, event.SubjectAdded, 1).NakWithDelay(time.Millisecond); err != nil {
		t.Fatal(err)
	}
	m := next(t, events, event.SubjectAdded, 2)
	call, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, bytes.NewReader(m.Data))
	if err != nil {
		t.Fatal(err)
	}
	call.Header = overHTTP(m.Header)
	answer, err := http.DefaultClient.Do(call)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if said, err := io.ReadAll(answer.Body); err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("the function answers %s %s, %v", answer.Status, said, err)
	}
	if err := m.AckSync(); err != nil {
		t.Fatal(err)
	}
	kept, err := all.GetLastMsg(event.StreamChecked, event.SubjectChecked)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := event.DecodeChecked(kept.Data); err != nil || got.CheckID != id || got.Status != check.Valid {
		t.Errorf("the broker keeps %s", kept.Data)
	}

	// FinalizeKind.
	if err := js.DeleteConsumer(stream, consumer); err != nil {
		t.Error(err)
	}
	if err := js.DeleteStream(stream); err != nil {
		t.Error(err)
	}
	if info, err := all.StreamInfo(event.StreamRequests); err != nil || info.State.Msgs != 2 {
		t.Errorf("LINK_REQUESTS is not as it was: %+v, %v", info, err)
	}
}

// next is the next event, which must have been published under that id and be delivered for the nth time.
func next(t *testing.T, events <-chan *nats.Msg, id string, times uint64) *nats.Msg {
	t.Helper()
	select {
	case m := <-events:
		meta, err := m.Metadata()
		if err != nil {
			t.Fatal(err)
		}
		if got := m.Header.Get(nats.MsgIdHdr); got != id || meta.NumDelivered != times {
			t.Fatalf("%s comes, delivered %d times", got, meta.NumDelivered)
		}
		return m
	case <-time.After(10 * time.Second):
		t.Fatal("nothing comes")
		return nil
	}
}

// overHTTP are an event's headers in NATS as CloudEvents's binding to HTTP has them, in binary mode.
func overHTTP(in nats.Header) http.Header {
	out := http.Header{"Prefer": {"reply"}}
	for name, values := range in {
		if strings.HasPrefix(name, "ce-") || name == event.HeaderContentType {
			out.Set(name, values[0])
		}
	}
	return out
}

// The call that template/golang-http answers in its golden file was written down from the dispatcher; it is what the bindings of
// CloudEvents make of an event as the link manager publishes it.
func TestTheGoldenCallOfKnativeIsAnEventOfOurs(t *testing.T) {
	golden, err := os.ReadFile(root + "/template/golang-http/testdata/homes/knative_channel.http")
	if err != nil {
		t.Fatal(err)
	}
	body, err := os.ReadFile(root + "/link-checker/event/testdata/request.json")
	if err != nil {
		t.Fatal(err)
	}
	headers, err := os.ReadFile(root + "/link-checker/event/testdata/request.headers")
	if err != nil {
		t.Fatal(err)
	}
	published := nats.Header{}
	for line := range strings.Lines(string(headers)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		published[name] = []string{value}
	}
	for name, values := range overHTTP(published) {
		if !bytes.Contains(golden, []byte("\n"+name+": "+values[0]+"\n")) {
			t.Errorf("the golden call has no %s: %s", name, values[0])
		}
	}
	if !bytes.Contains(golden, append([]byte("\n\n"), body...)) {
		t.Errorf("the golden call has another body than %s", body)
	}
}
