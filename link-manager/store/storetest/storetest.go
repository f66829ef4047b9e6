// Package storetest says what a store promises, as tests that run on every database.
package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// Run runs every test on a database of its own. fresh names a new one in which nothing is saved, which lasts as long as its
// t; it may have its schema already.
func Run(t *testing.T, fresh func(t testing.TB) store.Config) {
	for _, group := range []struct {
		name  string
		tests map[string]func(*testing.T, *fixture)
	}{
		{"Open", openTests},
		{"Upgrade", upgradeTests},
		{"Links", linkTests},
		{"Update", updateTests},
		{"List", listTests},
		{"Lookup", lookupTests},
		{"Tags", tagTests},
		{"Trash", trashTests},
		{"Numbers", numberTests},
		{"Pick", pickTests},
		{"Idempotency", idempotencyTests},
		{"Paging", pagingTests},
		{"Counts", countTests},
		{"Totals", totalTests},
		{"Questions", questionTests},
		{"Searches", searchTests},
		{"Claim", claimTests},
		{"Hosts", hostTests},
		{"Turns", turnTests},
		{"Apply", applyTests},
		{"DueNow", dueNowTests},
		{"Settle", settleTests},
		{"History", historyTests},
		{"Days", dayTests},
		{"Forget", forgetTests},
		{"Oversleep", oversleepTests},
		{"Overrule", overruleTests},
		{"Mute", muteTests},
		{"Sight", sightTests},
		{"Trace", traceTests},
		{"Changes", changeTests},
		{"Webhooks", webhookTests},
		{"Accounts", accountTests},
		{"Import", importTests},
		{"Imported", importedTests},
		{"Export", exportTests},
		{"Together", togetherTests},
		{"Predecessor", predecessorTests},
	} {
		t.Run(group.name, func(t *testing.T) {
			for name, test := range group.tests {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					test(t, newFixture(t, fresh(t)))
				})
			}
		})
	}
}

// fixture is an empty store whose time stands still until it is moved.
type fixture struct {
	*store.Store
	t      testing.TB
	config store.Config
	clock  *clock
	aside  *sql.DB // past the store, once there is something to do there
}

// start is when every test begins. It has microseconds, and a zone, to see that neither gets lost.
var start = time.Date(2026, 1, 2, 3, 4, 5, 123456000, time.FixedZone("", 3600))

func newFixture(t testing.TB, config store.Config) *fixture {
	t.Helper()
	f := &fixture{t: t, config: config, clock: &clock{now: start}}
	f.config.Now = f.clock.Now
	f.config.Logger = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
	f.Store = f.open()
	return f
}

// open opens the database again, as another process would.
func (f *fixture) open() *store.Store {
	f.t.Helper()
	s, err := store.Open(f.t.Context(), f.config)
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() {
		if err := s.Close(); err != nil {
			f.t.Error(err)
		}
	})
	return s
}

// longestDay is the longest that a target rests which is to rest for a day (link.Spread).
const longestDay = 28 * time.Hour

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// pass moves the time, and returns the new one in UTC.
func (c *clock) pass(d time.Duration) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	return c.now.UTC()
}

const lease = 5 * time.Minute

// The steps below fail the test if they fail.

func (f *fixture) add(owner, url string, tags ...string) link.Link {
	f.t.Helper()
	return f.addDraft(owner, link.Draft{URL: url, Tags: tags})
}

func (f *fixture) addDraft(owner string, d link.Draft) link.Link {
	f.t.Helper()
	l, err := f.Add(f.t.Context(), owner, d)
	if err != nil {
		f.t.Fatal(err)
	}
	return l
}

func (f *fixture) get(l link.Link) link.Link {
	f.t.Helper()
	got, err := f.Get(f.t.Context(), l.Owner, l.ID)
	if err != nil {
		f.t.Fatal(err)
	}
	return got
}

func (f *fixture) list(owner string, filter store.Filter) []link.Link {
	f.t.Helper()
	if filter.Limit == 0 {
		filter.Limit = 1000
	}
	links, err := f.List(f.t.Context(), owner, filter)
	if err != nil {
		f.t.Fatal(err)
	}
	return links
}

func (f *fixture) delete(l link.Link) {
	f.t.Helper()
	if err := f.Delete(f.t.Context(), l.Owner, l.ID); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) claim(lane store.Lane, limit int) []store.Claim {
	f.t.Helper()
	return f.claimAs(store.ClaimRequest{Lane: lane, Limit: limit}).Claims
}

// claimAs claims what is asked for, with the lease of all tests.
func (f *fixture) claimAs(r store.ClaimRequest) store.Claimed {
	f.t.Helper()
	r.Lease = lease
	claimed, err := f.Claim(f.t.Context(), r)
	if err != nil {
		f.t.Fatal(err)
	}
	return claimed
}

// claimOne claims all that is due in the lane, which must be one target.
func (f *fixture) claimOne(lane store.Lane) store.Claim {
	f.t.Helper()
	claims := f.claim(lane, 100)
	if len(claims) != 1 {
		f.t.Fatalf("claimed %d targets in lane %s, not 1: %v", len(claims), lane, claims)
	}
	return claims[0]
}

// answer applies an answer to a claim.
func (f *fixture) answer(c store.Claim, reason check.Reason) store.Outcome {
	f.t.Helper()
	return f.apply(answerTo(c, reason))
}

func (f *fixture) apply(c event.Checked) store.Outcome {
	f.t.Helper()
	outcome, err := f.Apply(f.t.Context(), c, nil)
	if err != nil {
		f.t.Fatal(err)
	}
	return outcome
}

// answerTo is an answer with this reason and the HTTP status 299, so that it can be recognised.
func answerTo(c store.Claim, reason check.Reason) event.Checked {
	checked := event.Checked{CheckID: c.CheckID, Result: check.Result{URL: c.URL, HTTPStatus: 299, Method: "HEAD", DurationMS: 7}}
	checked.Decide(reason)
	return checked
}

// checked adds a link whose target is new, and has it answered.
func (f *fixture) checked(owner, url string, reason check.Reason) link.Link {
	f.t.Helper()
	l := f.add(owner, url)
	f.equal("outcome", f.answer(f.claimOne(store.LaneAdded), reason), store.Applied)
	return f.get(l)
}

func (f *fixture) settle() int {
	f.t.Helper()
	n, err := f.Settle(f.t.Context(), 500)
	if err != nil {
		f.t.Fatal(err)
	}
	return n
}

func (f *fixture) history(l link.Link) []store.Check {
	f.t.Helper()
	checks, err := f.Checks(f.t.Context(), l.Owner, l.ID, 100)
	if err != nil {
		f.t.Fatal(err)
	}
	f.latestAre(l, checks)
	return checks
}

func (f *fixture) equal(what string, got, want any) {
	f.t.Helper()
	if diff := cmp.Diff(want, got, anyRevision); diff != "" {
		f.t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// anyRevision leaves a link's revision to the tests that are about it.
var anyRevision = cmpopts.IgnoreFields(link.Link{}, "Revision")

func (f *fixture) fails(what string, err, want error) {
	f.t.Helper()
	if !errors.Is(err, want) {
		f.t.Errorf("%s: got error %v, want %v", what, err, want)
	}
}

// failsField expects a *link.FieldError that names the field.
func (f *fixture) failsField(what string, err error, field string) {
	f.t.Helper()
	var wrong *link.FieldError
	if !errors.As(err, &wrong) || wrong.Field != field {
		f.t.Errorf("%s: got error %v, want one that names the field %s", what, err, field)
	}
}

// failsDuplicate expects a *link.DuplicateError that carries existing.
func (f *fixture) failsDuplicate(what string, err error, existing link.Link) {
	f.t.Helper()
	var duplicate *link.DuplicateError
	if !errors.As(err, &duplicate) {
		f.t.Fatalf("%s: got error %v, want a duplicate", what, err)
	}
	f.equal(what+": existing", duplicate.Existing, existing)
}

// each runs do n times at once and fails the test for each error.
func (f *fixture) each(n int, do func(ctx context.Context, i int) error) {
	f.t.Helper()
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			if err := do(f.t.Context(), i); err != nil {
				f.t.Error(err)
			}
		})
	}
	all.Wait()
}

func urls(claims []store.Claim) []string {
	all := make([]string, len(claims))
	for i, c := range claims {
		all[i] = c.URL
	}
	return all
}

func ids(links []link.Link) []string {
	all := make([]string, len(links))
	for i, l := range links {
		all[i] = l.ID
	}
	return all
}

func sorted(texts []string) []string {
	texts = slices.Clone(texts)
	slices.Sort(texts)
	return texts
}

func page(i int) string { return fmt.Sprintf("https://example.com/%d", i) }
