//go:build !openfaas

package e2e_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/api"
)

// island is a web of many hosts, each an address of this machine, that can all go away at once and come back.
type island struct {
	t         *testing.T
	addresses []string
	server    *http.Server
	ended     []chan struct{}
}

func startIsland(t *testing.T, hosts int) *island {
	i := &island{t: t}
	for n := range hosts {
		i.addresses = append(i.addresses, fmt.Sprintf("127.0.7.%d:0", n+1))
	}
	i.start()
	t.Cleanup(i.stop)
	return i
}

func (i *island) start() {
	i.t.Helper()
	i.server, i.ended = &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), ReadHeaderTimeout: time.Minute}, nil
	for n, address := range i.addresses {
		listener, err := net.Listen("tcp", address)
		if err != nil {
			i.t.Fatal(err)
		}
		i.addresses[n] = listener.Addr().String()
		ended := make(chan struct{})
		i.ended = append(i.ended, ended)
		go func() { defer close(ended); _ = i.server.Serve(listener) }()
	}
}

func (i *island) stop() {
	_ = i.server.Close()
	for _, ended := range i.ended {
		<-ended
	}
}

// sight is what /readyz says of it.
func (l *linkwell) sight() string {
	l.t.Helper()
	var parts map[string]string
	l.call("GET", "/readyz", "", http.StatusOK, &parts)
	return parts["sight"]
}

// metric reports whether the metrics have this line.
func (l *linkwell) metric(line string) bool {
	l.t.Helper()
	res, err := http.Get(l.Metrics)
	if err != nil {
		l.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		l.t.Fatal(err)
	}
	return strings.Contains(string(body), line+"\n")
}

func TestOurOwnOutageIsNotTheirs(t *testing.T) {
	beside(t)
	const hosts = 60
	island := startIsland(t, hosts)
	var later clock
	c := config(t)
	c.Now, c.Checks.CheckAllow = later.now, "127.0.7.0/24"
	l := start(t, c)
	for _, address := range island.addresses {
		l.save("http://" + address + "/page")
	}
	for _, link := range l.allSettled() {
		if link.Status != check.Valid {
			t.Fatalf("%s is %s", link.URL, link.Explanation)
		}
	}
	if says := l.sight(); says != "ok" || !l.metric(`linkwell_blind{cause="flips"} 0`) {
		t.Fatalf("before anything happens readyz says %s", says)
	}

	island.stop()
	later.forward(30 * time.Hour)
	eventually(t, "every link was looked at again", func() bool { return count(l.all(), badlyAnswered) == hosts })
	links := l.all()
	if n := count(links, failing); n > 19 || count(links, valid) != hosts {
		t.Errorf("%d are failing, %d valid", n, count(links, valid))
	}
	t.Logf("%d of %d links were failing before: %s", count(links, failing), hosts, l.sight())
	if says := l.sight(); !strings.Contains(says, fmt.Sprintf(": %d of %d hosts failed within 5 minutes; that is our network, not theirs", hosts, hosts)) {
		t.Errorf("readyz says %s", says)
	}
	if !l.metric(`linkwell_blind{cause="flips"} 1`) || !l.metric(`linkwell_blind{cause="canaries"} 0`) {
		t.Error("the metrics do not say so")
	}

	// A restart in the outage forgets nothing of it.
	l.stop()
	l = start(t, c)
	if says := l.sight(); !strings.HasPrefix(says, "blind since ") {
		t.Errorf("after the restart readyz says %s", says)
	}

	island.start()
	eventually(t, "all is well again, without anybody's hand", func() bool {
		later.forward(time.Minute / 4)
		links = l.all()
		return l.sight() == "ok" && count(links, badlyAnswered) == 0
	})
	if count(links, valid) != hosts || count(links, failing) != 0 || !l.metric(`linkwell_blind{cause="flips"} 0`) {
		t.Errorf("%d are valid, %d failing", count(links, valid), count(links, failing))
	}
}

func TestWithoutAnyCanaryNothingTurnsInvalid(t *testing.T) {
	beside(t)
	w := startWeb(t)
	canary := startWeb(t)
	canary.answer("/", status(http.StatusNotFound))
	w.answer("/gone", status(http.StatusGone))
	c := config(t)
	c.CanaryURLs = []string{canary.URL + "/"}
	l := start(t, c)
	eventually(t, "readyz says so", func() bool {
		return strings.Contains(l.sight(), ": no canary URL answers; that is our network, not theirs")
	})
	if !l.metric(`linkwell_blind{cause="canaries"} 1`) {
		t.Error("the metrics do not say so")
	}
	if got := l.settled(l.save(w.URL + "/gone").ID); got.Status != check.Pending || got.LastCheck.Reason != string(check.Gone) {
		t.Errorf("it is %s, last %+v", got.Status, got.LastCheck)
	}
	if got := l.settled(l.save(w.URL + "/page").ID); got.Status != check.Valid {
		t.Errorf("a page that is there is %s", got.Status)
	}
}

func count(links []api.Link, holds func(api.Link) bool) (n int) {
	for _, l := range links {
		if holds(l) {
			n++
		}
	}
	return n
}

func valid(l api.Link) bool         { return l.Status == check.Valid }
func failing(l api.Link) bool       { return l.FailingSince != nil }
func badlyAnswered(l api.Link) bool { return l.LastCheck != nil && l.LastCheck.Status != check.Valid }
