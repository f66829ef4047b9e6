package e2e_test

import (
	"context"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// startChromium is a headless Chromium of Debian's with one empty page, which reaches nothing but this machine. It ends
// with the test, which is skipped where there is none, unless LINKWELL_REQUIRE_CHROMIUM is set.
func startChromium(t *testing.T) context.Context {
	t.Helper()
	return startChromiumFor(t, 2*patience)
}

// startChromiumFor is startChromium for a story that may take so long.
func startChromiumFor(t *testing.T, longest time.Duration) context.Context {
	t.Helper()
	if os.Getenv("LINKWELL_ONLY_GO") == "1" {
		t.Skip("LINKWELL_ONLY_GO is 1, so there is no chromium")
	}
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("LINKWELL_REQUIRE_CHROMIUM") != "" {
			t.Fatal("LINKWELL_REQUIRE_CHROMIUM is set, and there is no chromium on the PATH")
		}
		t.Skip("there is no chromium on the PATH")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
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
	browser, cancel = context.WithTimeout(browser, longest)
	t.Cleanup(cancel)
	return browser
}

// read is what an action finds.
func read[T any](browser context.Context, t *testing.T, action chromedp.Action[T]) T {
	t.Helper()
	found, err := chromedp.Run(browser, action)
	if err != nil {
		t.Fatal(err)
	}
	return found
}
