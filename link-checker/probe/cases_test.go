package probe_test

import (
	"fmt"
	"net/netip"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/sync/errgroup"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/probe"
	"github.com/linkwell/linkwell/link-checker/probe/probetest"
)

// TestTheHardCases checks everything that the web does to checkers, case by case (probetest.Behaviour). A check that
// is not expected to hang has so much time that only one that hangs after all could need it.
func TestTheHardCases(t *testing.T) {
	web := probetest.NewWeb(t, "127.0.0.1")
	behaviours := probetest.Behaviours()
	found := make([][]check.Result, len(behaviours))
	var checks errgroup.Group
	checks.SetLimit(32)
	for i, b := range behaviours {
		prober, url := caseProber(web, b), web.URL(b)
		checks.Go(func() error {
			for range b.Want {
				found[i] = append(found[i], prober.Check(t.Context(), url, true))
			}
			return nil
		})
	}
	_ = checks.Wait() // none fails
	for i, b := range behaviours {
		t.Run(fmt.Sprintf("%d %s", b.Case, b.Name), func(t *testing.T) {
			for n, got := range found[i] {
				if diff := cmp.Diff(b.Want[n], probetest.FindingOf(got), cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("check %d (-want +got):\n%s%+v", n+1, diff, got)
				}
				if budget := caseProber(web, b).Timeout + time.Second; time.Duration(got.DurationMS)*time.Millisecond > budget {
					t.Errorf("check %d took %d ms, more than %v", n+1, got.DurationMS, budget)
				}
			}
		})
	}
}

// localhost has ::1 too, where nobody listens: case 69.
var localhost = append([]netip.Prefix{netip.MustParsePrefix("::1/128")}, onlyLocalhost...)

func caseProber(web *probetest.Web, b probetest.Behaviour) *probe.Prober {
	prober := &probe.Prober{Timeout: 10 * time.Second, Allow: localhost, Resolver: web.Resolver(), RootCAs: web.RootCAs()}
	if b.Hangs {
		prober.Timeout = time.Second
	}
	return prober
}

// TestEveryHardCaseHasABehaviour has the numbers of those that are about more than one check: 71 and 77 are the key's
// (link-manager/link), 76, that nobody is hammered, is what link managers do together (link-manager/e2e/replicas_test.go).
// 74 would take a second machine to look from.
func TestEveryHardCaseHasABehaviour(t *testing.T) {
	elsewhere := []int{71, 74, 76, 77}
	if runtime.GOOS == "windows" {
		elsewhere = append(elsewhere, 53) // no queue there is so short that nobody gets in
	}
	var numbers []int
	var names []string
	for _, b := range probetest.Behaviours() {
		numbers, names = append(numbers, b.Case), append(names, b.Name)
		if len(b.Want) == 0 {
			t.Errorf("%d %s wants nothing", b.Case, b.Name)
		}
	}
	for number := 1; number <= 77; number++ {
		if slices.Contains(numbers, number) == slices.Contains(elsewhere, number) {
			t.Errorf("case %d", number)
		}
	}
	slices.Sort(names)
	if distinct := slices.Compact(slices.Clone(names)); len(distinct) != len(names) {
		t.Errorf("%d behaviours have %d names", len(names), len(distinct))
	}
}

// TestNothingThatIsAliveIsCalledInvalid holds the list of cases that are alive but hostile.
func TestNothingThatIsAliveIsCalledInvalid(t *testing.T) {
	alive := []int{1, 2, 3, 4, 5, 6, 10, 14, 22, 23, 26, 27, 28, 29, 32, 33, 34, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 55, 56, 58, 60, 63, 65, 70}
	for _, b := range probetest.Behaviours() {
		for _, want := range b.Want {
			// Case 58 with a 404 behind its certificate is not alive.
			if slices.Contains(alive, b.Case) && want.HTTPStatus != 404 && want.Reason.Status() == check.Invalid {
				t.Errorf("%d %s is called %s", b.Case, b.Name, want.Reason)
			}
		}
	}
}
