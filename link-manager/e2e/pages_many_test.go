//go:build !openfaas

package e2e_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Somebody chooses links with the keyboard, tags them, saves the search for the tag, and deletes all that it finds, and takes
// that back.
func TestManyLinksAreDoneWithByKeys(t *testing.T) {
	l := start(t, config(t))
	for i := range 4 {
		l.save(fmt.Sprintf("http://10.0.0.%d/", i+1))
	}
	l.allSettled()
	browser := startChromium(t)
	do(browser, t, chromedp.Navigate(l.API+"/"), chromedp.WaitVisible(".link"), chromedp.WaitReady(".live[data-open]"),
		press("j"), press("x"), press("j"), press("j"), press("x"), press("t"), chromedp.KeyEvent("mine"+enter))
	shows(browser, t, ".notice", "2 links changed.")
	if tagged := l.tagged("mine"); !slices.Equal(tagged, []string{"http://10.0.0.2/", "http://10.0.0.4/"}) {
		t.Errorf("tagged are %v", tagged)
	}
	toSearch(browser, t)
	do(browser, t, chromedp.KeyEvent("#mine"+enter))
	shows(browser, t, ".pick-all", "All that match")
	do(browser, t, chromedp.Focus(".save-search summary"), chromedp.KeyEvent(enter), chromedp.Focus("#search-name"), chromedp.KeyEvent("Mine!"+enter))
	shows(browser, t, ".chip[aria-current]", "Mine!")
	do(browser, t, chromedp.Focus(".pick-all a"), chromedp.KeyEvent(enter))
	shows(browser, t, "h1", "Your search finds 2 links")
	do(browser, t, chromedp.Focus(".bulk .danger"), chromedp.KeyEvent(enter))
	shows(browser, t, ".notice", "2 links in the trash")
	if left := l.all(); len(left) != 2 {
		t.Errorf("%d links are left, want 2", len(left))
	}
	do(browser, t, chromedp.Focus(".notice button"), chromedp.KeyEvent(enter))
	shows(browser, t, ".notice", "2 links back from the trash.")
	if back := l.tagged("mine"); len(back) != 2 {
		t.Errorf("back are %v", back)
	}
	do(browser, t, press("?"))
	shows(browser, t, "dialog[open]", "choose it, to do something with many")
	do(browser, t, chromedp.KeyEvent("\x1b"))
	eventually(t, "the help is gone", func() bool {
		gone, err := chromedp.Run(browser, chromedp.Evaluate[bool](`!document.querySelector("dialog[open]")`))
		return err == nil && gone
	})
}

// The same can be done without scripts, but for the keys.
func TestManyLinksAreDoneWithWithoutScripts(t *testing.T) {
	l := start(t, config(t))
	for i := range 3 {
		l.save(fmt.Sprintf("http://10.0.0.%d/", i+1))
	}
	l.allSettled()
	browser := startChromium(t)
	if _, err := chromedp.Call(browser, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	do(browser, t, chromedp.Navigate(l.API+"/"), chromedp.WaitVisible(".link"), chromedp.WaitNotVisible(".bulk"),
		chromedp.Click(".link:first-child .pick"), chromedp.WaitVisible(".bulk"),
		chromedp.SendKeys("#bulk-tag", "first"), chromedp.Click(".bulk [value=tag]"), chromedp.WaitVisible(".notice"))
	if tagged := l.tagged("first"); !slices.Equal(tagged, []string{"http://10.0.0.3/"}) {
		t.Errorf("tagged are %v", tagged)
	}
	do(browser, t, chromedp.Click(".pick-all a"), chromedp.WaitVisible(".named"), chromedp.Click(".bulk .danger"), chromedp.WaitVisible(".notice button"))
	if left := l.all(); len(left) != 0 {
		t.Errorf("%d links are left", len(left))
	}
	do(browser, t, chromedp.Click(".notice button"), chromedp.WaitVisible(".link"))
	if back := l.all(); len(back) != 3 {
		t.Errorf("%d links are back", len(back))
	}
	do(browser, t, chromedp.Click("[data-help]"), chromedp.WaitVisible(".help"))
}

// What happens while the connection is lost is shown when it is back: rows, and the numbers of the filters.
func TestNothingIsMissedWhileTheConnectionIsLost(t *testing.T) {
	w := startWeb(t)
	l := start(t, config(t))
	kept, deleted := l.save(w.URL+"/kept"), l.save(w.URL+"/deleted")
	l.allSettled()
	line := startLine(t, strings.TrimPrefix(l.API, "http://"))
	browser := startChromium(t)
	do(browser, t, chromedp.Navigate("http://"+line.address+"/"), chromedp.WaitReady(".live[data-open]"))
	shows(browser, t, ".chip", "valid 2")
	line.cut()
	shows(browser, t, ".live", "Connection lost")
	w.answer("/kept", status(http.StatusNotFound))
	l.call("POST", "/v1/links/"+kept.ID+"/check", "", http.StatusAccepted, nil)
	eventually(t, "it fails", func() bool { return l.get(kept.ID).FailingSince != nil })
	l.call("DELETE", "/v1/links/"+deleted.ID, "", http.StatusNoContent, nil)
	l.settled(l.save(w.URL + "/added").ID)
	line.mend()
	shows(browser, t, ".link", "failing")
	shows(browser, t, ".link .name", "/added")
	shows(browser, t, ".chip", "failing 1")
	eventually(t, "what was deleted is gone, and nothing is said any more", func() bool {
		gone, err := chromedp.Run(browser, chromedp.Evaluate[bool](`!document.getElementById("link-`+deleted.ID+`") && document.querySelector(".live").hidden`))
		return err == nil && gone
	})
}

// A server that answers that it is busy is asked again, although a browser would give up.
func TestThePageAsksAgainAfterARefusal(t *testing.T) {
	w := startWeb(t)
	l := start(t, config(t))
	id := l.save(w.URL + "/one").ID
	l.settled(id)
	browser := startChromium(t)
	do(browser, t, chromedp.Navigate(l.API+"/"), chromedp.WaitReady(".live[data-open]"))
	read(browser, t, chromedp.Evaluate[bool](`
		const real = EventSource;
		EventSource = function () { EventSource = real; return new real("/none"); };
		listen(); true`))
	shows(browser, t, ".live", "Connection lost")
	eventually(t, "it is asked again", func() bool {
		hidden, err := chromedp.Run(browser, chromedp.Evaluate[bool](`document.querySelector(".live").hidden`))
		return err == nil && hidden
	})
}

// tagged are the addresses of the links with a tag, sorted.
func (l *linkwell) tagged(tag string) (urls []string) {
	l.t.Helper()
	for _, saved := range l.all() {
		if slices.Contains(saved.Tags, tag) {
			urls = append(urls, saved.URL)
		}
	}
	slices.Sort(urls)
	return urls
}

// line is a connection to a server that can be cut.
type line struct {
	t          *testing.T
	address    string
	server     string
	mutex      sync.Mutex
	listener   net.Listener
	open       map[net.Conn]bool // nil while it is cut
	forwarding sync.WaitGroup
}

func startLine(t *testing.T, server string) *line {
	t.Helper()
	l := &line{t: t, address: "127.0.0.1:0", server: server}
	l.mend()
	t.Cleanup(l.cut)
	return l
}

// mend lets connections through, at the address where they were.
func (l *line) mend() {
	l.t.Helper()
	listener, err := net.Listen("tcp", l.address)
	if err != nil {
		l.t.Fatal(err)
	}
	l.mutex.Lock()
	l.address, l.listener, l.open = listener.Addr().String(), listener, map[net.Conn]bool{}
	l.mutex.Unlock()
	l.forwarding.Go(func() {
		for {
			from, err := listener.Accept()
			if err != nil {
				return
			}
			to, err := net.Dial("tcp", l.server)
			if err != nil {
				_ = from.Close()
				continue
			}
			l.mutex.Lock()
			if l.open == nil {
				_, _ = from.Close(), to.Close()
				l.mutex.Unlock()
				return
			}
			l.open[from], l.open[to] = true, true
			l.mutex.Unlock()
			for _, ends := range [][2]net.Conn{{from, to}, {to, from}} {
				l.forwarding.Go(func() {
					_, _ = io.Copy(ends[0], ends[1])
					_, _ = ends[0].Close(), ends[1].Close()
				})
			}
		}
	})
}

// cut ends all connections, and lets none through.
func (l *line) cut() {
	l.mutex.Lock()
	_ = l.listener.Close()
	for conn := range l.open {
		_ = conn.Close()
	}
	l.open = nil
	l.mutex.Unlock()
	l.forwarding.Wait()
}
