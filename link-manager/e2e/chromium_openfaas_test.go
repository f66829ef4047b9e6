//go:build openfaas

package e2e_test

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp"
)

// startChromium is a headless Chromium of Debian's with one empty page, which reaches nothing but this machine. It ends
// with the test.
func startChromium(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath("chromium"),
		chromedp.NoSandbox, // CI is root in a machine of its own
		chromedp.DisableGPU,
		chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
	)
	allocator, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	browser, cancel := chromedp.NewContext(allocator, chromedp.WithErrorf(t.Logf))
	t.Cleanup(cancel)
	browser, cancel = context.WithTimeout(browser, patience)
	t.Cleanup(cancel)
	return browser
}
