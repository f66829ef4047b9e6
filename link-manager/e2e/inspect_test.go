//go:build !openfaas

package e2e_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// inspectors is where npm has put axe-core and html-validate (.ci/tools/pages). The test is skipped where it has not, unless
// LINKWELL_REQUIRE_AXE is set.
func inspectors(t *testing.T) string {
	t.Helper()
	folder, err := filepath.Abs("../../.ci/tools/pages/node_modules")
	if err != nil {
		t.Fatal(err)
	}
	for _, needed := range []string{"axe-core/axe.min.js", ".bin/html-validate"} {
		if _, err := os.Stat(filepath.Join(folder, needed)); err != nil {
			if os.Getenv("LINKWELL_REQUIRE_AXE") != "" {
				t.Fatalf("LINKWELL_REQUIRE_AXE is set, and %v", err)
			}
			t.Skip("axe-core and html-validate are not installed; run npm ci in .ci/tools/pages")
		}
	}
	return folder
}

// finding is what axe-core says of a page.
type finding struct {
	ID, Impact, Help string
	Nodes            []struct{ HTML, FailureSummary string }
}

// Everybody can read and use every page, in light and dark, wide and on a small screen, as far as axe-core can tell (WCAG 2.2
// AA and its own best practices). Not even what it calls minor is left.
func TestPagesAreAccessible(t *testing.T) {
	axe, err := os.ReadFile(filepath.Join(inspectors(t), "axe-core/axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	e := exhibit(t)
	for _, as := range looks {
		t.Run(fmt.Sprintf("%d pixels %s", as.width, as.scheme), func(t *testing.T) {
			browser := startChromiumFor(t, 6*patience)
			look(browser, t, as.width, as.scheme)
			e.each(browser, t, func(name string) {
				if wide := read(browser, t, chromedp.Evaluate[int64](`document.documentElement.scrollWidth`)); wide > as.width {
					t.Errorf("%s is %d pixels wide on a screen of %d", name, wide, as.width)
				}
				read(browser, t, chromedp.Evaluate[bool](string(axe)+"; true")) // past the page's policy, which lets no page do so
				violations := read(browser, t, chromedp.Evaluate[[]finding](`axe.run({
					runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"],
				}).then((found) => found.violations)`, chromedp.EvalAwaitPromise))
				for _, v := range violations {
					t.Errorf("%s: %s (%s, %s), %d times: %s\n%s", name, v.Help, v.ID, v.Impact, len(v.Nodes), v.Nodes[0].HTML, v.Nodes[0].FailureSummary)
				}
			})
		})
	}
}

// What is served is HTML as the standard has it, says html-validate. It finds fault with one page that is wrong, so that its
// silence about the others means something. A button without a type is one that submits, as ours are meant to.
func TestPagesAreValidHTML(t *testing.T) {
	program := filepath.Join(inspectors(t), ".bin/html-validate")
	e, folder := exhibit(t), t.TempDir()
	write := func(name string, html []byte) {
		if err := os.WriteFile(filepath.Join(folder, name+".html"), html, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("wrong on purpose", []byte("<!doctype html><p><div></p>"))
	for _, page := range shown {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, e.address(page.of, page.path), http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		if page.of == "users" {
			r.AddCookie(e.cookie)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		html, err := io.ReadAll(answer.Body)
		if err = errors.Join(err, answer.Body.Close()); err != nil {
			t.Fatal(err)
		}
		write(page.name, html)
	}
	report := filepath.Join(t.TempDir(), "report.json")
	command := exec.CommandContext(t.Context(), program, "--config", "../../.ci/tools/pages/htmlvalidate.json", "--formatter", "json="+report, "--max-warnings", "0", folder)
	said, failed := command.CombinedOutput()
	found, err := os.ReadFile(report)
	if err != nil {
		t.Fatalf("%v: %v: %s", err, failed, said)
	}
	var files []struct {
		FilePath string
		Messages []struct {
			RuleID, Message string
			Line, Column    int
		}
	}
	if err := json.Unmarshal(found, &files); err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Errorf("it finds no fault with what is wrong on purpose: %v: %s", failed, said)
	}
	for _, file := range files {
		if name := filepath.Base(file.FilePath); name != "wrong on purpose.html" {
			for _, m := range file.Messages {
				t.Errorf("%s:%d:%d: %s (%s)", name, m.Line, m.Column, m.Message, m.RuleID)
			}
		}
	}
}
