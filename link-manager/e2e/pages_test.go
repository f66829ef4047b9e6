//go:build !openfaas

package e2e_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/api"
)

// shows waits until the page says something.
func shows(browser context.Context, t *testing.T, selector, text string) {
	t.Helper()
	deadline := time.Now().Add(patience)
	expression := fmt.Sprintf(`[...document.querySelectorAll(%q)].some(e => e.innerText.includes(%q))`, selector, text)
	for time.Now().Before(deadline) {
		if found, err := chromedp.Run(browser, chromedp.Evaluate[bool](expression)); err == nil && found {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	page, err := chromedp.Run(browser, chromedp.Evaluate[string](`document.body.innerText`))
	t.Fatalf("%s never says %q; the page says (%v):\n%s", selector, text, err, page)
}

const enter = "\r"

// press presses a key that is a command, as a browser does: what it means is done before any character is typed.
func press(key string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, target *chromedp.Target) (none chromedp.Void, err error) {
		for _, event := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeRawKeyDown, input.DispatchKeyEventTypeKeyUp} {
			if _, err = cdp.Call(ctx, target, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: event, Key: key}); err != nil {
				break
			}
		}
		return none, err
	}
}

// toSearch goes to the search field by its key, once the page that is on its way is there.
func toSearch(browser context.Context, t *testing.T) {
	t.Helper()
	eventually(t, "the search field has the focus", func() bool {
		if err := chromedp.Do(browser, press("/")); err != nil {
			return false
		}
		focused, err := chromedp.Run(browser, chromedp.Evaluate[bool](`document.readyState === "complete" && document.activeElement.id === "q"`))
		return err == nil && focused
	})
}

// A person pastes an address, and its row turns by itself. They delete it and take that back.
func TestAPastedLinkTurnsOnThePage(t *testing.T) {
	w := startWeb(t)
	w.answer("/gone", func(res http.ResponseWriter, _ *http.Request) { res.WriteHeader(http.StatusNotFound) })
	l := start(t, config(t))
	browser := startChromium(t)
	do(browser, t, chromedp.EmulateViewport(1100, 900), chromedp.Navigate(l.API+"/"), chromedp.WaitVisible("#add"))
	shows(browser, t, "main", "Nothing saved yet")
	for _, path := range []string{"/fine", "/gone"} {
		do(browser, t, chromedp.SendKeys("#add", w.URL+path+enter), chromedp.WaitVisible(".link"))
		shows(browser, t, ".link .name", path)
	}
	shows(browser, t, ".link", "valid")
	shows(browser, t, ".link", "The server says this page does not exist (404).")
	shows(browser, t, ".chip", "invalid 1")
	do(browser, t, chromedp.Click(`.link[data-mark=invalid] .danger`), chromedp.WaitVisible(".notice"))
	shows(browser, t, ".notice", "in the trash")
	do(browser, t, chromedp.Click(".notice button"))
	shows(browser, t, ".link", "/gone")
}

// The same with the keyboard only.
func TestTheKeyboardIsEnough(t *testing.T) {
	w := startWeb(t)
	l := start(t, config(t))
	browser := startChromium(t)
	do(browser, t, chromedp.Navigate(l.API+"/"), chromedp.WaitVisible("#add"),
		press("a"), chromedp.KeyEvent(w.URL+"/one"+enter))
	shows(browser, t, ".link", "valid")
	before := l.only().CheckedAt
	do(browser, t, press("j"), press("c"))
	eventually(t, "it is checked again", func() bool { return l.only().CheckedAt.After(*before) })
	toSearch(browser, t)
	do(browser, t, chromedp.KeyEvent("is:invalid"+enter))
	shows(browser, t, "main", "No link is like that")
	toSearch(browser, t)
	do(browser, t, chromedp.KeyEvent(" and ("+enter))
	shows(browser, t, "#q-problem", "cannot be understood")
}

// And once without scripts.
func TestThePagesWorkWithoutScripts(t *testing.T) {
	w := startWeb(t)
	l := start(t, config(t))
	browser := startChromium(t)
	if _, err := chromedp.Call(browser, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	do(browser, t, chromedp.Navigate(l.API+"/"), chromedp.WaitVisible("#add"), chromedp.SendKeys("#add", w.URL+"/one"+enter), chromedp.WaitVisible(".link"))
	l.settled(l.only().ID)
	do(browser, t, chromedp.Navigate(l.API+"/"), chromedp.WaitVisible(".link .mark.valid"),
		chromedp.Click(".link a.button"), chromedp.WaitVisible("#title"),
		chromedp.SendKeys("#title", "My title"), chromedp.SendKeys("#tags", "one two"+enter), chromedp.WaitVisible("article.one"))
	eventually(t, "the edit is saved", func() bool { return l.only().Title == "My title" && len(l.only().Tags) == 2 })
	do(browser, t, chromedp.Click(`button[value=muted]`), chromedp.WaitVisible(`.verdict`))
	eventually(t, "it is muted", func() bool { return l.only().Overrule != nil && *l.only().Overrule == "muted" })
	do(browser, t, chromedp.Click(`.one .acts .danger`), chromedp.WaitVisible(".notice button"), chromedp.Click(".notice button"), chromedp.WaitVisible(".link"))
}

// What somebody is typing is not lost because a check comes in.
func TestNewsDoesNotTakeAwayWhatIsBeingTyped(t *testing.T) {
	w := startWeb(t)
	w.answer("/one", func(res http.ResponseWriter, _ *http.Request) { res.WriteHeader(http.StatusNotFound) })
	l := start(t, config(t))
	id := l.save(w.URL + "/one").ID
	l.settled(id)
	browser := startChromium(t)
	do(browser, t, chromedp.Navigate(l.API+"/links/"+id), chromedp.WaitVisible("#title"), chromedp.SendKeys("#title", "half a tit"), chromedp.WaitReady(".live[data-open]"))
	w.answer("/one", func(http.ResponseWriter, *http.Request) {})
	l.call("POST", "/v1/links/"+id+"/check", "", http.StatusAccepted, nil)
	shows(browser, t, ".live", "There is news")
	if typed := read(browser, t, chromedp.Evaluate[string](`document.querySelector("#title").value`)); typed != "half a tit" {
		t.Errorf("what was typed is %q", typed)
	}
}

// Whoever loses the server is told so, and sees the newest when it is back.
func TestThePageComesBackAfterTheServerWasAway(t *testing.T) {
	w := startWeb(t)
	c := config(t)
	l := start(t, c)
	browser := startChromium(t)
	do(browser, t, chromedp.Navigate(l.API+"/"), chromedp.WaitVisible("#add"), chromedp.SendKeys("#add", w.URL+"/one"+enter))
	shows(browser, t, ".link", "valid")
	again := *c
	again.Listen = strings.TrimPrefix(l.API, "http://")
	l.stop()
	shows(browser, t, ".live", "Connection lost")
	w.answer("/one", func(res http.ResponseWriter, _ *http.Request) { res.WriteHeader(http.StatusNotFound) })
	l = start(t, &again)
	shows(browser, t, "body", "Linkwell")
	eventually(t, "the page hears again", func() bool {
		hidden, err := chromedp.Run(browser, chromedp.Evaluate[bool](`document.querySelector(".live").hidden`))
		return err == nil && hidden
	})
	l.call("POST", "/v1/links/"+l.only().ID+"/check", "", http.StatusAccepted, nil)
	shows(browser, t, ".link", "failing")
}

// What strangers write stays text: nothing of it runs, in titles, descriptions, tags and addresses.
func TestNothingOfStrangersRuns(t *testing.T) {
	l := start(t, config(t))
	browser := startChromium(t)
	for i, text := range corpus {
		body := fmt.Sprintf(`{"url":%q,"title":%q,"description":%q}`, fmt.Sprintf("http://10.0.0.%d/?%s", i, strings.NewReplacer(" ", "%20", "\n", "%0A", "\t", "%09").Replace(text)), text, text)
		l.call("POST", "/v1/links", body, http.StatusCreated, nil)
	}
	eventually(t, "all are asked about", func() bool { return l.totals().Invalid == len(corpus) })
	do(browser, t, chromedp.Navigate(l.API+"/"), chromedp.WaitVisible(".link"))
	pages := read(browser, t, chromedp.Evaluate[[]string](`[...document.querySelectorAll(".link a.button")].map(a => a.href)`))
	if len(pages) != len(corpus) {
		t.Errorf("there are %d rows, want %d", len(pages), len(corpus))
	}
	harmless := func(page string) {
		t.Helper()
		do(browser, t, chromedp.Navigate(page), chromedp.WaitVisible("#main[tabindex]"))
		ran := read(browser, t, chromedp.Evaluate[string](`(window.ran ? "ran" : "") + [...document.querySelectorAll("main script, main iframe, main img, [onerror], [onload], [onclick], a[href^=javascript]")].map(e => e.outerHTML).join()`))
		if ran != "" {
			t.Errorf("%s: %s", page, ran)
		}
	}
	for _, page := range append(pages, l.API+"/decide?topic=invalid", l.API+"/health", l.API+"/decide?did=%3Cscript%3E&n=1&topic=%3Cscript%3E", l.API+"/?q=%3Cscript%3Edocument.title%3D%22ran%22%3C/script%3E") {
		harmless(page)
	}
	var ids []string
	for _, saved := range l.all() {
		ids = append(ids, saved.ID)
	}
	l.deleteTogether(ids)
	harmless(l.API + "/trash")
	if shown := read(browser, t, chromedp.Evaluate[int](`document.querySelectorAll(".link").length`)); shown != len(corpus) {
		t.Errorf("%d links are in the trash, want %d", shown, len(corpus))
	}
}

// corpus is what strangers write.
var corpus = []string{
	`<script>window.ran=1</script>`, `"><script>window.ran=1</script>`, `'><img src=x onerror=window.ran=1>`, `<img src=x onerror="window.ran=1">`,
	`<svg onload=window.ran=1>`, `</title><script>window.ran=1</script>`, `</textarea><script>window.ran=1</script>`, `<iframe srcdoc="<script>parent.ran=1</script>">`,
	`" onfocus=window.ran=1 autofocus x="`, `{{.}}{{template "frame"}}`, `javascript:window.ran=1`, `<style>*{display:none}</style>`, `<!--`, `]]>`, `&lt;script&gt;`,
	`<a href="javascript:window.ran=1">x</a>`, `<base href="http://evil.example/">`, `<meta http-equiv="refresh" content="0;url=http://evil.example/">`, `\u003cscript\u003e`, "\u202eevil",
}

// only is the one link there is.
func (l *linkwell) only() api.Link {
	l.t.Helper()
	all := l.all()
	if len(all) != 1 {
		l.t.Fatalf("there are %d links, want one", len(all))
	}
	return all[0]
}

// decided is how many links have one of the statuses.
func (l *linkwell) decided(statuses ...check.Status) (n int) {
	l.t.Helper()
	for _, saved := range l.all() {
		if slices.Contains(statuses, saved.Status) {
			n++
		}
	}
	return n
}

// do takes the steps one after the other.
func do(browser context.Context, t *testing.T, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(browser, steps...); err != nil {
		t.Fatal(err)
	}
}
