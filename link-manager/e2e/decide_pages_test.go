//go:build !openfaas

package e2e_test

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"github.com/linkwell/linkwell/link-manager/api"
	"github.com/linkwell/linkwell/link-manager/serve"
)

// movedHost saves n links to pages of a host, all of which moved for good to another folder of it.
func movedHost(t *testing.T, w *web, l *linkwell, n int) {
	t.Helper()
	var last string
	for i := range n {
		w.answer(fmt.Sprintf("/old/%d", i), func(res http.ResponseWriter, r *http.Request) {
			http.Redirect(res, r, strings.Replace(r.URL.Path, "old", "new", 1), http.StatusMovedPermanently)
		})
		last = l.save(fmt.Sprintf("%s/old/%d", w.URL, i)).ID
	}
	l.settled(last)
	eventually(t, "all are known to have moved", func() bool { return l.totals().Moved == n })
}

func (l *linkwell) totals() (s api.Stats) {
	l.t.Helper()
	l.call("GET", "/v1/stats", "", http.StatusOK, &s)
	return s
}

// atNew reports whether all links lead to the new folder.
func (l *linkwell) atNew(n int) func() bool {
	return func() bool {
		all := l.all()
		for _, saved := range all {
			if !strings.Contains(saved.URL, "/new/") {
				return false
			}
		}
		return len(all) == n
	}
}

// A whole site moved; one click has all of its links use their new addresses.
func TestAMovedHostIsDecidedAboutWithOneClick(t *testing.T) {
	w := startWeb(t)
	l := start(t, config(t))
	movedHost(t, w, l, 7)
	browser := startChromium(t)
	do(browser, t, chromedp.EmulateViewport(1100, 900), chromedp.Navigate(l.API+"/"), chromedp.WaitVisible("#add"))
	shows(browser, t, ".waits", "7")
	do(browser, t, chromedp.Click(".waits"), chromedp.WaitVisible(".whole"))
	shows(browser, t, ".about", "7 links moved to other addresses of the same site.")
	do(browser, t, chromedp.Click(`.about button[value=use]`), chromedp.WaitVisible(".notice"))
	shows(browser, t, ".notice", "7 links have their new addresses")
	eventually(t, "all links use their new address", l.atNew(7))
	shows(browser, t, "main", "Nothing waits for you")
	eventually(t, "all are checked where they are now", func() bool { return l.totals().Valid == 7 })
}

// tabTo goes from one thing to the next by the keyboard until the one with this name has the focus.
func tabTo(browser context.Context, t *testing.T, name string) {
	t.Helper()
	for range 60 {
		do(browser, t, tab)
		if read(browser, t, chromedp.Evaluate[string](`document.activeElement.getAttribute("aria-label") || document.activeElement.innerText`)) == name {
			return
		}
	}
	t.Fatalf("the keyboard never gets to %q", name)
}

// tab presses the key that goes on, as a browser does.
func tab(ctx context.Context, target *chromedp.Target) (none chromedp.Void, err error) {
	for _, event := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeRawKeyDown, input.DispatchKeyEventTypeKeyUp} {
		params := input.DispatchKeyEventParams{Type: event, Key: "Tab", Code: "Tab", WindowsVirtualKeyCode: 9}
		if _, err = cdp.Call(ctx, target, input.DispatchKeyEvent, params); err != nil {
			break
		}
	}
	return none, err
}

// The same with the keyboard only, and taken back.
func TestAHostIsDecidedAboutByTheKeyboard(t *testing.T) {
	w := startWeb(t)
	l := start(t, config(t))
	movedHost(t, w, l, 3)
	browser := startChromium(t)
	do(browser, t, chromedp.Navigate(l.API+"/decide"), chromedp.WaitVisible(".whole"))
	tabTo(browser, t, "Keep the old ones: 127.0.0.1")
	do(browser, t, chromedp.KeyEvent(enter), chromedp.WaitVisible(".notice"))
	shows(browser, t, ".notice", "3 links stay as they are.")
	shows(browser, t, "main", "Nothing waits for you")
	tabTo(browser, t, "Undo")
	do(browser, t, chromedp.KeyEvent(enter), chromedp.WaitVisible(".whole"))
	tabTo(browser, t, "Use the new addresses: 127.0.0.1")
	do(browser, t, chromedp.KeyEvent(enter))
	eventually(t, "all links use their new address", l.atNew(3))
}

// And once without scripts: one link is deleted and brought back, and then all of its host are.
func TestAHostIsDecidedAboutWithoutScripts(t *testing.T) {
	w := startWeb(t)
	l := start(t, config(t))
	movedHost(t, w, l, 3)
	browser := startChromium(t)
	if _, err := chromedp.Call(browser, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	do(browser, t, chromedp.Navigate(l.API+"/decide"), chromedp.WaitVisible(".whole"), chromedp.Click(".link button[value=delete]"), chromedp.WaitVisible(".notice button"))
	eventually(t, "one is deleted", func() bool { return l.totals().Links == 2 })
	do(browser, t, chromedp.Click(".notice button"), chromedp.WaitVisible(".whole"))
	eventually(t, "it is back", func() bool { return l.totals().Links == 3 && l.totals().Moved == 3 })
	do(browser, t, chromedp.Navigate(l.API+"/decide"), chromedp.WaitVisible(".whole"), chromedp.Click(".about button[value=use]"), chromedp.WaitVisible(".empty"))
	eventually(t, "all links use their new address", l.atNew(3))
	do(browser, t, chromedp.Navigate(l.API+"/health"), chromedp.WaitVisible(".areas"))
}

// A question comes up while somebody looks, on both pages.
func TestQuestionsComeUpByThemselves(t *testing.T) {
	w := startWeb(t)
	w.answer("/gone", func(res http.ResponseWriter, _ *http.Request) { res.WriteHeader(http.StatusGone) })
	l := start(t, config(t))
	browser := startChromium(t)
	do(browser, t, chromedp.Navigate(l.API+"/decide"), chromedp.WaitVisible(".empty"), chromedp.WaitReady(".live[data-open]"))
	l.save(w.URL + "/gone")
	shows(browser, t, ".case", "removed for good (410)")
	shows(browser, t, ".waits", "1")
	do(browser, t, chromedp.Navigate(l.API+"/health"), chromedp.WaitVisible(".totals"), chromedp.WaitReady(".live[data-open]"))
	shows(browser, t, ".totals", "1")
	l.save(w.URL + "/fine")
	shows(browser, t, ".totals", "2")
}

// saveQuestions saves links of each kind that is asked about.
func (l *linkwell) saveQuestions(w *web) {
	l.t.Helper()
	movedHost(l.t, w, l, 7)
	for path, says := range map[string]string{"/for-sale": "This domain is parked.", "/soft": "Page not found"} {
		w.answer(path, func(res http.ResponseWriter, _ *http.Request) {
			res.Header().Set("Content-Type", "text/html")
			_, _ = fmt.Fprintf(res, "<html><head><title>%[1]s</title></head><body><h1>%[1]s</h1></body></html>", says)
		})
		l.save(w.URL + path)
	}
}

// pretendDays has the totals of a SQLite database look as if they had come together over some weeks.
func pretendDays(t *testing.T, c *serve.Config) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(c.DataDir, "linkwell.db")+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	_, err = db.ExecContext(t.Context(), `
		WITH RECURSIVE ago (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM ago WHERE n < 60)
		INSERT INTO total_days (owner, shard, day, links, valid, invalid, pending, failing, moved)
		SELECT 'local', 1, unixepoch() / 86400 - n, 23 - n / 4, 16 - n / 5, CASE WHEN n % 9 < 5 THEN 2 ELSE 3 END, 2, CASE WHEN n % 9 < 5 THEN 3 ELSE 4 END, 4
		FROM ago`)
	if err != nil {
		t.Fatal(err)
	}
}
