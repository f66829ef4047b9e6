//go:build !openfaas

package e2e_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Somebody brings back links that they deleted, with the keyboard: one of them, and then all that went with it.
func TestTheTrashIsEmptiedByKeys(t *testing.T) {
	l := start(t, config(t))
	var ids []string
	for i := range 4 {
		ids = append(ids, l.save(fmt.Sprintf("http://10.0.0.%d/", i+1)).ID)
	}
	l.allSettled()
	l.deleteTogether(ids[:3])
	browser := startChromium(t)
	do(browser, t, chromedp.Navigate(l.API+"/trash"), chromedp.WaitVisible(".link"), press("j"), press("r"))
	shows(browser, t, ".notice", "1 link back from the trash.")
	eventually(t, "it is back", func() bool { return len(l.all()) == 2 })
	tabToMatch(browser, t, "[name=act]")
	do(browser, t, chromedp.KeyEvent(enter))
	shows(browser, t, ".notice", "2 links back from the trash.")
	shows(browser, t, "main", "The trash is empty")
	if n := len(l.all()); n != 4 {
		t.Errorf("there are %d links", n)
	}
}

// The same can be done without scripts, and deleting for good, which is asked about once more.
func TestTheTrashIsEmptiedWithoutScripts(t *testing.T) {
	l := start(t, config(t))
	var ids []string
	for i := range 3 {
		ids = append(ids, l.save(fmt.Sprintf("http://10.0.0.%d/", i+1)).ID)
	}
	l.allSettled()
	l.deleteTogether(ids)
	browser := startChromium(t)
	if _, err := chromedp.Call(browser, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	do(browser, t, chromedp.Navigate(l.API+"/"), chromedp.Click("a[href='/trash']"), chromedp.WaitVisible(".link"), chromedp.WaitNotVisible(".bulk"),
		chromedp.Click(".link:first-child .pick"), chromedp.WaitVisible(".bulk"), chromedp.Click(".bulk .primary"))
	shows(browser, t, ".notice", "1 link back from the trash.")
	do(browser, t, chromedp.Click(".link:first-child summary"), chromedp.WaitVisible(".link:first-child .danger"), chromedp.Click(".link:first-child .danger"))
	shows(browser, t, ".notice", "1 link deleted for good.")
	if n := len(l.all()); n != 1 {
		t.Errorf("there are %d links", n)
	}
}
