//go:build openfaas

package e2e_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/event"
)

// A person opens the gateway's own page, chooses the function, types a body, presses Invoke and reads the result. With
// -artifacts the screenshot is kept.
func TestInvokeFromTheGatewaysPage(t *testing.T) {
	w, b := startWeb(t), startBroker(t)
	g := startGateway(t, b)
	browser := startChromium(t)
	authorization := "Basic " + base64.StdEncoding.EncodeToString([]byte(g.cluster.User+":"+g.cluster.Password))

	const (
		function = `//md-sidenav//md-list-item[.//p[text()="link-checker"]]//button`
		heading  = `//span[contains(@class,"md-headline") and contains(.,"link-checker")]`
		asText   = `//md-radio-button[@value="text"]`
		body     = `//textarea[@ng-model="invocation.request"]`
		invoke   = `//button[@ng-click="fireRequest()" and not(@disabled)]`
		response = `//textarea[@ng-model="invocationResponse"]`
	)
	if _, err := chromedp.Call(browser, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Authorization": authorization}}); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(browser,
		chromedp.EmulateViewport(1280, 1400),
		chromedp.Navigate(g.cluster.URL+"/ui/"),
		chromedp.Click(function),
		chromedp.WaitVisible(heading),
		chromedp.Click(asText),
		chromedp.SendKeys(body, fmt.Sprintf(`{"url":%q}`, w.URL+"/page")),
		chromedp.Click(invoke),
	); err != nil {
		t.Fatal(err)
	}
	code := read(browser, t, chromedp.Poll[string](`document.querySelector('[ng-model="invocationStatus"]').value`))
	answered := read(browser, t, chromedp.Value(response))
	screenshot := read(browser, t, chromedp.FullScreenshot(100))
	if err := os.WriteFile(filepath.Join(t.ArtifactDir(), "invoke.png"), screenshot, 0o600); err != nil {
		t.Fatal(err)
	}
	var checked event.Checked
	if err := json.Unmarshal([]byte(answered), &checked); err != nil {
		t.Fatalf("%v: %s", err, answered)
	}
	if code != "200" || checked.Status != check.Valid || checked.Reason != check.OK || w.connected() == 0 {
		t.Errorf("the page shows %s %s, after %d connections", code, answered, w.connected())
	}
}
