//go:build !openfaas

package e2e_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/linkwell/linkwell/link-manager/api"
)

// fileOf writes a file to choose in a browser.
func fileOf(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// bar is how full the progress bar is, in per cent; -1 if there is none.
const bar = `document.querySelector("progress")?.value ?? -1`

// A person imports 5,000 links and watches the bar. They close the page in the middle, and come back to the same import,
// which has gone on.
func TestSomebodyWatchesAnImportAndLeavesAndComesBack(t *testing.T) {
	const links = 5000
	w := startWeb(t)
	l := start(t, config(t))
	file := fileOf(t, "bookmarks.html", append(bookmarkFile(t, w, links), "<DT><A HREF=\"javascript:1\">A bookmarklet</A>\n<DT><A HREF=\"http://exa mple/\">Broken</A>\n"...))
	browser := startChromium(t)
	do(browser, t, chromedp.Navigate(l.API+"/import"), chromedp.WaitVisible("#file"), chromedp.SetUploadFiles("#file", []string{file}), chromedp.Click(".upload button"))
	shows(browser, t, "h1", "bookmarks.html")
	var seen []float64
	eventually(t, "the bar moves by itself", func() bool {
		if at, err := chromedp.Run(browser, chromedp.Evaluate[float64](bar)); err == nil && (len(seen) == 0 || at > seen[len(seen)-1]) {
			seen = append(seen, at)
		}
		return len(seen) >= 3 && seen[len(seen)-1] > 0
	})
	address := read(browser, t, chromedp.Evaluate[string](`location.pathname`))
	do(browser, t, chromedp.Navigate("about:blank"))
	id := strings.TrimPrefix(address, "/import/")
	left := l.importNow(id)
	eventually(t, "the import goes on while nobody looks", func() bool { return l.importNow(id).Done > left.Done })
	do(browser, t, chromedp.Navigate(l.API+"/import"), chromedp.WaitVisible(".jobs a"), chromedp.Click(".jobs a"), chromedp.WaitVisible(".job"))
	shows(browser, t, ".job", "done")
	shows(browser, t, ".counts", fmt.Sprintf("%d new", links))
	shows(browser, t, "#problems + p", "2 in this file could not be saved")
	shows(browser, t, "td", "its host has a character no host can have")
	if done := l.importNow(id); left.FinishedAt != nil || done.Added != links || done.Skipped != 1 || done.Failed != 1 {
		t.Errorf("when they left it was %+v, at the end %+v", left, done)
	}
	t.Logf("the bar was seen at %v %%; they left at %d of %d", seen, left.Done, links)
}

// The same without scripts: the page says where to look again.
func TestAnImportIsWatchedWithoutScripts(t *testing.T) {
	w := startWeb(t)
	l := start(t, config(t))
	browser := startChromium(t)
	if _, err := chromedp.Call(browser, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	file := fileOf(t, "bookmarks.html", bookmarkFile(t, w, 5000))
	do(browser, t, chromedp.Navigate(l.API+"/import"), chromedp.WaitVisible("#file"), chromedp.Click("#folders"), chromedp.SendKeys("#tags", "from-before"),
		chromedp.SetUploadFiles("#file", []string{file}), chromedp.Click(".upload button"), chromedp.WaitVisible(".progress noscript a"),
		chromedp.Click(".progress noscript a"), chromedp.WaitVisible(".progress noscript a"), chromedp.Click(".job .acts button"), chromedp.WaitVisible(".progress .mark.muted"))
	var all struct{ Items []api.Import }
	l.call("GET", "/v1/imports", "", http.StatusOK, &all)
	if len(all.Items) != 1 || all.Items[0].State != "cancelled" || all.Items[0].Folders != "tags" || strings.Join(all.Items[0].Tags, "") != "from-before" {
		t.Errorf("the import is %+v", all.Items)
	}
	do(browser, t, chromedp.Navigate(l.API+"/import"), chromedp.SetUploadFiles("#file", []string{fileOf(t, "letter.txt", []byte("Dear Ann,"))}), chromedp.Click(".upload button"), chromedp.WaitVisible("#import-problem"))
	shows(browser, t, "#import-problem", "This is no bookmark file")
}
