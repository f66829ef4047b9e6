package tests

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"

	"github.com/linkwell/linkwell/link-checker/access"
	"github.com/linkwell/linkwell/link-manager/bus/brokertest"
)

// users are those of the chart's NATS, and what permissions.conf calls them.
var users = []struct{ name, rights string }{
	{"manager", brokertest.Manager}, {"connector", brokertest.Connector}, {"checker", brokertest.Checker},
}

// secrets are what is in a rendering's Secrets, by namespace/name/key.
func secrets(t *testing.T, objects []object) map[string]string {
	t.Helper()
	values := map[string]string{}
	for _, s := range as[core.Secret](t, objects, "Secret") {
		for key, value := range s.Data {
			values[cmp.Or(s.Namespace, namespace)+"/"+s.Name+"/"+key] = string(value)
		}
	}
	return values
}

// broker is the configuration of a rendering's NATS as its server reads it, with the passwords that its pods are given.
func broker(t *testing.T, objects []object) *server.Options {
	t.Helper()
	held := secrets(t, objects)
	for _, s := range as[apps.StatefulSet](t, objects, "StatefulSet") {
		for _, v := range s.Spec.Template.Spec.Containers[0].Env {
			if v.ValueFrom == nil || v.ValueFrom.SecretKeyRef == nil {
				continue
			}
			from := v.ValueFrom.SecretKeyRef
			password, there := held[namespace+"/"+from.Name+"/"+from.Key]
			if !there {
				t.Fatalf("%s is taken from %s of %s, which nobody makes", v.Name, from.Key, from.Name)
			}
			t.Setenv(v.Name, password)
		}
	}
	for _, m := range as[core.ConfigMap](t, objects, "ConfigMap") {
		config, there := m.Data["nats.conf"]
		if !there {
			continue
		}
		t.Setenv("SERVER_NAME", "linkwell-nats-0")
		path := filepath.Join(t.TempDir(), "nats.conf")
		if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
			t.Fatal(err)
		}
		options, err := server.ProcessConfigFile(path)
		if err != nil {
			t.Fatalf("the server does not take its configuration: %v\n%s", err, config)
		}
		return options
	}
	t.Fatal("there is no nats.conf")
	return nil
}

// startBroker runs that server, alone, until the test ends.
func startBroker(t *testing.T, objects []object) (url string) {
	t.Helper()
	options := broker(t, objects)
	options.Host, options.Port, options.HTTPPort, options.StoreDir = "127.0.0.1", server.RANDOM_PORT, 0, t.TempDir()
	options.Cluster, options.Routes, options.PidFile = server.ClusterOpts{}, nil, ""
	options.NoSigs, options.NoLog = true, true
	return brokertest.Rules{Options: options}.Start(t)
}

func TestTheUsersHaveTheRightsOfPermissionsConf(t *testing.T) {
	got, want := broker(t, render(t, "default")), brokertest.Read(t, root+"/link-manager/bus/permissions.conf")
	if len(got.Users) != len(users) || len(got.Nkeys) != 0 {
		t.Errorf("there are %d users and %d nkeys", len(got.Users), len(got.Nkeys))
	}
	for _, user := range users {
		i := slices.IndexFunc(got.Users, func(u *server.User) bool { return u.Username == user.name })
		if i < 0 {
			t.Errorf("there is no user %s", user.name)
			continue
		}
		if diff := gocmp.Diff(want.Rights[user.rights], got.Users[i].Permissions); diff != "" {
			t.Errorf("%s has other rights than in permissions.conf:\n%s", user.name, diff)
		}
		account := map[bool]string{true: "LINKWELL_FUNCTIONS", false: "LINKWELL"}[user.name == "checker"]
		if got.Users[i].Account.Name != account {
			t.Errorf("%s is in %s", user.name, got.Users[i].Account.Name)
		}
		if len(got.Users[i].Password) < 40 {
			t.Errorf("the password of %s is short", user.name)
		}
	}
}

// A password must be text for the server, whatever is drawn: it takes what a variable holds for a value of its own language.
func TestPasswordsAreAlwaysText(t *testing.T) {
	for path, value := range secrets(t, render(t, "default")) {
		if strings.HasSuffix(path, ".password") && !strings.HasPrefix(value, "pw") {
			t.Errorf("%s begins with %q", path, value[:2])
		}
	}
}

// credentials is the file that a user's process is given.
func credentials(t *testing.T, held map[string]string, user string) access.Files {
	t.Helper()
	path := namespace + "/linkwell-nats-users/" + user + ".creds"
	if user == "checker" {
		path = "openfaas-fn/link-checker-nats/link-checker-nats"
	}
	content, there := held[path]
	if !there {
		t.Fatalf("there is no %s", path)
	}
	file := filepath.Join(t.TempDir(), "creds")
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return access.Files{Credentials: file}
}

// acts are what somebody could want of the broker.
var acts = []string{
	"publish link.added", "publish link.due", "publish link.checked", "publish link.changed", "publish link.dead.a", "publish other",
	"publish $JS.API.STREAM.CREATE.LINK_REQUESTS", "publish $JS.API.STREAM.CREATE.OTHER", "publish $JS.API.STREAM.DELETE.LINK_REQUESTS", "publish $JS.API.STREAM.PURGE.LINK_DEAD",
	"publish $JS.API.STREAM.INFO.LINK_REQUESTS", "publish $JS.API.STREAM.MSG.GET.LINK_CHECKED", "publish $JS.API.STREAM.MSG.GET.LINK_DEAD",
	"publish $JS.API.CONSUMER.CREATE.LINK_REQUESTS.a.link.added", "publish $JS.API.CONSUMER.MSG.NEXT.LINK_REQUESTS.a", "publish $JS.API.CONSUMER.DELETE.LINK_REQUESTS.a",
	"publish $JS.API.CONSUMER.MSG.NEXT.LINK_CHECKED.link-manager", "publish $JS.ACK.LINK_REQUESTS.a.1", "publish $JS.ACK.LINK_CHECKED.link-manager.1", "publish $SYS.REQ.SERVER.PING",
	"subscribe link.added", "subscribe link.checked", "subscribe link.changed", "subscribe >", "subscribe _INBOX.>", "subscribe $SYS.>",
	"subscribe _INBOX_manager.>", "subscribe _INBOX_connector.>", "subscribe _INBOX_checker.>",
}

// try does one act, and reports whether the broker let it be done. Its refusal comes before its answer to a ping.
func try(t *testing.T, conn *nats.Conn, refusals chan error, act string) bool {
	t.Helper()
	verb, subject, _ := strings.Cut(act, " ")
	if verb == "publish" {
		if err := conn.Publish(subject, []byte("{}")); err != nil {
			t.Fatal(err)
		}
	} else {
		s, err := conn.SubscribeSync(subject)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Unsubscribe()
	}
	if err := conn.Flush(); err != nil {
		t.Fatal(err)
	}
	// The client hands errors to another goroutine, in their order; one of our own shows that all are there.
	if _, err := conn.SubscribeSync("bad subject"); err == nil {
		t.Fatal("a bad subject is taken")
	}
	select {
	case <-refusals:
		return false
	case <-time.After(50 * time.Millisecond):
		return conn.LastError() == nil || !strings.Contains(conn.LastError().Error(), subject)
	}
}

func TestWhoMayDoWhat(t *testing.T) {
	objects := render(t, "default")
	url, held := startBroker(t, objects), secrets(t, objects)
	var text strings.Builder
	for _, user := range users {
		options, err := credentials(t, held, user.name).Options()
		if err != nil {
			t.Fatal(err)
		}
		refusals := make(chan error, len(acts))
		conn, err := nats.Connect(url, append(options, nats.CustomInboxPrefix("_INBOX_"+user.name), nats.NoReconnect(),
			nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { refusals <- err }))...)
		if err != nil {
			t.Fatalf("%s: %v", user.name, err)
		}
		defer conn.Close()
		for _, act := range acts {
			if try(t, conn, refusals, act) {
				fmt.Fprintf(&text, "%-10s %s\n", user.name, act)
			}
		}
	}
	golden(t, "nats_rights.txt", text.String())
	if conn, err := nats.Connect(url, nats.NoReconnect()); err == nil {
		conn.Close()
		t.Error("somebody without credentials is let in")
	}
	for path, value := range held {
		if _, err := base64.StdEncoding.DecodeString(value); err == nil && strings.HasSuffix(path, ".creds") {
			t.Errorf("%s is encoded twice", path)
		}
	}
}
