package storetest

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-manager/store"
)

var (
	listLinks  = flag.Int("links", 20_000, "links of the owner whose lists BenchmarkList reads")
	listRounds = flag.Int("rounds", 100, "how often BenchmarkList reads each")
)

// namedLists are the lists that BenchmarkList times, and of which none may read through all links.
var namedLists = []struct{ name, text string }{
	{"no filter", ""},
	{"rarest status", "is:invalid"},
	{"commonest status", "is:valid"},
	{"rare word", "scarce"},
	{"common word", "plenty"},
	{"rare tag", "#scarce"},
	{"common tag", "#plenty"},
	{"last page", lastPage},
	{"last page of a common word", "plenty" + lastPage},
	{"last page of a common tag", "#plenty" + lastPage},
	{"word of one in a hundred", "some"},
	{"common word, rarest status", "plenty is:invalid"},
	{"rare word, commonest status", "scarce is:valid"},
	{"common word, common tag", "other #plenty"},
	{"common word, rare tag", "nothing #scarce"},
	{"two common words", "plenty other"},
	{"two words that never meet", "plenty nothing"},
	{"common tag, word it never has", "#plenty nothing"},
	{"phrase", `"plenty of other"`},
	{"either of two rare words", "scarce or rare"},
	{"host", "host:host7.example"},
	{"reason", "reason:gone"},
	{"code", "code:410"},
	{"failing", "is:failing"},
	{"common word, added lately", "added:<1d plenty"},
	{"sorted by title", "sort:title"},
	{"common word, sorted by title", "plenty sort:title"},
}

// lastPage ends the text of a list that is about its last page.
const lastPage = " (last page)"

// BenchmarkList tells how long pages of 50 take of an owner with -links links, beside another owner with a tenth of that. What is
// rare is one in 20,000; what is common every second.
func BenchmarkList(b *testing.B, fresh func(t testing.TB) store.Config) {
	f := newFixture(b, fresh(b))
	f.config.Logger = nil
	began := time.Now()
	f.saveMany("ann", *listLinks)
	f.saveMany("bob", *listLinks/10)
	// Not a log, of which the benchmark would print the first lines only.
	fmt.Printf("%s: made %d links in %.0f s\n\n| list | p50 ms | p95 ms |\n|---|---|---|\n", b.Name(), *listLinks*11/10, time.Since(began).Seconds())
	for b.Loop() {
		for _, l := range namedLists {
			p50, p95 := f.timed(l.text)
			fmt.Printf("| %s | %.2f | %.2f |\n", l.name, p50.Seconds()*1e3, p95.Seconds()*1e3)
		}
	}
}

// timed lists several times, and returns how long half and 95 % of them took at most.
func (f *fixture) timed(text string) (p50, p95 time.Duration) {
	f.t.Helper()
	filter := f.named(text)
	f.list("ann", filter) // once for the caches
	took := make([]time.Duration, *listRounds)
	for i := range took {
		began := time.Now()
		f.list("ann", filter)
		took[i] = time.Since(began)
	}
	slices.Sort(took)
	return took[len(took)/2], took[len(took)*95/100]
}

// named is what ann's list of this text wants.
func (f *fixture) named(text string) store.Filter {
	f.t.Helper()
	text, last := strings.CutSuffix(text, lastPage)
	filter := store.Filter{Query: query(f.t, text), Limit: 51}
	if last {
		first := f.list("ann", store.Filter{Query: query(f.t, "sort:added "+text), Limit: 40})
		filter.After = filter.PositionOf(first[len(first)-1])
	}
	return filter
}
