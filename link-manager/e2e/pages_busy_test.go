//go:build !openfaas

package e2e_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"github.com/chromedp/chromedp"
)

// An import beside an open list leaves a page of whole rows, and does not ask for each link.
func TestAnImportDoesNotFloodAnOpenList(t *testing.T) {
	const links, most = 800, 300
	w := startWeb(t)
	l := start(t, config(t))
	browser := startChromium(t)
	do(browser, t, chromedp.Navigate(l.API+"/"), chromedp.WaitReady(".live[data-open]"))
	read(browser, t, chromedp.Evaluate[bool](`performance.setResourceTimingBufferSize(10000); window.stayed = true`))
	id := l.upload(bookmarkFile(t, w, links)).ID
	eventually(t, "all are imported and checked", func() bool { return l.importNow(id).FinishedAt != nil && l.totals().Valid == links })
	eventually(t, "the newest page is shown, with a way to the next", func() bool {
		right, err := chromedp.Run(browser, chromedp.Evaluate[bool](`document.querySelectorAll("#links > .link[data-mark=valid] .name").length === 50 && Boolean(document.querySelector(".turn [rel=next]"))`))
		return err == nil && right
	})
	if all := read(browser, t, chromedp.Evaluate[int](`document.querySelector("#links").childElementCount`)); all != 50 {
		t.Errorf("there are %d rows, want 50", all)
	}
	asked := read(browser, t, chromedp.Evaluate[int](`window.stayed ? performance.getEntriesByType("resource").filter(e => e.name.includes("/row?")).length : -1`))
	if asked < 0 || asked > most {
		t.Errorf("for %d links %d rows were asked for (-1: the page was loaded anew), want %d at most", links, asked, most)
	}
	t.Logf("for %d links %d rows were asked for", links, asked)
}

// becomes has a page be hidden or seen, as when somebody looks at another tab.
func becomes(browser context.Context, t *testing.T, state string) {
	t.Helper()
	read(browser, t, chromedp.Evaluate[bool](fmt.Sprintf(`
		for (const [name, value] of [["visibilityState", %q], ["hidden", %[1]q === "hidden"]]) Object.defineProperty(document, name, {value, configurable: true});
		document.dispatchEvent(new Event("visibilitychange"))`, state)))
}

// A page that nobody sees holds no connection, so that there may be more than the six that a browser has to a server; it says
// nothing of that, and is right again once it is seen.
func TestAPageThatIsHiddenHoldsNoStream(t *testing.T) {
	w := startWeb(t)
	l := start(t, config(t))
	kept, deleted := l.save(w.URL+"/kept"), l.save(w.URL+"/deleted")
	l.allSettled()
	first := startChromium(t)
	do(first, t, chromedp.Navigate(l.API+"/"), chromedp.WaitReady(".live[data-open]"), chromedp.WaitVisible(".link"))
	read(first, t, chromedp.Evaluate[bool](`window.said = []; new MutationObserver(() => said.push(document.querySelector(".live").textContent)).observe(document.querySelector(".live"), {childList: true}); true`))
	becomes(first, t, "hidden")
	for _, path := range []string{"/", "/decide", "/health", "/links/" + kept.ID, "/", "/decide", "/health"} {
		tab, closeTab := chromedp.NewContext(first)
		t.Cleanup(closeTab)
		do(tab, t, chromedp.Navigate(l.API+path), chromedp.WaitReady(".live[data-open]"))
		becomes(tab, t, "hidden")
	}
	w.answer("/kept", status(http.StatusNotFound))
	l.call("POST", "/v1/links/"+kept.ID+"/check", "", http.StatusAccepted, nil)
	eventually(t, "it fails", func() bool { return l.get(kept.ID).FailingSince != nil })
	l.call("DELETE", "/v1/links/"+deleted.ID, "", http.StatusNoContent, nil)
	l.settled(l.save(w.URL + "/added").ID)
	if text := read(first, t, chromedp.Evaluate[string](`document.querySelector("#links").innerText`)); text == "" {
		t.Error("the hidden page lost its rows")
	}
	becomes(first, t, "visible")
	shows(first, t, ".link", "failing")
	shows(first, t, ".link .name", "/added")
	shows(first, t, ".chip", "failing 1")
	if rows := read(first, t, chromedp.Evaluate[int](`document.querySelectorAll("#links > *").length`)); rows != 2 {
		t.Errorf("there are %d rows, want 2", rows)
	}
	if said := read(first, t, chromedp.Evaluate[string](`said.join()`)); said != "" {
		t.Errorf("it said %q", said)
	}
}

// A page whose session ended goes to where one signs in, and is back afterwards.
func TestAPageWhoseSessionEndedAsksWhoItIs(t *testing.T) {
	for path, selector := range map[string]string{"/?q=is%3Avalid": "#links", "/health": ".health"} {
		t.Run(path, func(t *testing.T) {
			l := startUsers(t)
			browser := startChromium(t)
			do(browser, t, chromedp.Navigate(l.API+"/settings"), chromedp.WaitVisible("#login"),
				chromedp.SendKeys("#login", "ann"), chromedp.SendKeys("#password", annsPassword+enter))
			at(browser, t, "/settings")
			do(browser, t, chromedp.Navigate(l.API+path), chromedp.WaitReady(selector), chromedp.WaitReady(".live[data-open]"))
			read(browser, t, chromedp.Evaluate[bool](`fetch("/auth/logout", {method: "POST"}); true`))
			shows(browser, t, "h1", "Sign in")
			if back := read(browser, t, chromedp.Evaluate[string](`new URLSearchParams(location.search).get("return_to")`)); back != path {
				t.Errorf("they are sent back to %q", back)
			}
		})
	}
}
