package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/store"
)

// turnTests are about owners who take turns.
var turnTests = map[string]func(*testing.T, *fixture){
	"a link does not wait for another owner's many": func(t *testing.T, f *fixture) {
		for _, lane := range store.Lanes() {
			f.crowd(lane, "ann", 500)
			f.crowd(lane, "bob", 1)
			for _, limit := range []int{2, 3, 10, 256} {
				claims := f.claimAs(store.ClaimRequest{Lane: lane, Limit: limit}).Claims
				f.equal("claims", len(claims), limit)
				f.equal(fmt.Sprint("of bob, of ", limit, " in ", lane), f.of("bob", claims), 1)
				for _, c := range claims {
					if _, err := f.Release(t.Context(), c.CheckID, start); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	},
	"owners take turns from claim to claim": func(t *testing.T, f *fixture) {
		const owners = 40
		for i := range owners {
			f.crowd(store.LaneAdded, fmt.Sprintf("owner %02d", i), 10)
		}
		had := map[string]int{}
		after := ""
		for range 4 * owners {
			claimed := f.claimAs(store.ClaimRequest{Lane: store.LaneAdded, Limit: 1, After: after})
			f.equal("claims", len(claimed.Claims), 1)
			after = claimed.Turn
			had[after]++
		}
		f.equal("owners", len(had), owners)
		for owner, n := range had {
			f.equal(owner, n, 4)
		}
	},
	"an owner alone has all there is": func(t *testing.T, f *fixture) {
		f.crowd(store.LaneDue, "ann", 300)
		f.equal("claims", len(f.claim(store.LaneDue, 256)), 256)
		f.equal("claims", len(f.claim(store.LaneDue, 256)), 44)
	},
	"ended leases do not crowd out what was never asked for, nor wait for ever": func(t *testing.T, f *fixture) {
		f.crowd(store.LaneDue, "ann", 500)
		f.equal("claims", len(f.claim(store.LaneDue, 400)), 400)
		f.clock.pass(lease + 2*time.Second)
		f.crowd(store.LaneDue, "bob", 500)
		again := 0
		claims := f.claim(store.LaneDue, 256)
		for _, c := range claims {
			if c.Attempt > 1 {
				again++
			}
		}
		f.equal("of bob", f.of("bob", claims), 128)
		f.equal("repeated", again, 28) // after the hundred that ann has waited for longer
	},
	"who asks for a check takes the turn": func(t *testing.T, f *fixture) {
		f.crowd(store.LaneAdded, "ann", 200)
		l := f.add("bob", page(1))
		f.answer(f.claimAs(store.ClaimRequest{Lane: store.LaneAdded, Limit: 1, After: "ann"}).Claims[0], check.OK)
		f.clock.pass(time.Minute)
		if _, err := f.CheckNow(t.Context(), "bob", l.ID); err != nil {
			t.Fatal(err)
		}
		f.equal("claimed", slices.Contains(urls(f.claim(store.LaneAdded, 2)), page(1)), true)
	},
}

// crowd makes n targets due in the lane on behalf of the owner, past the store: they have no links.
func (f *fixture) crowd(lane store.Lane, owner string, n int) {
	f.t.Helper()
	blob := "BLOB"
	if f.config.URL != "" {
		blob = "BYTEA"
	}
	f.raw(fmt.Sprintf(`
		WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < %d)
		INSERT INTO targets (url, url_hash, key_version, host, status, lane, due_at, queued_by, owners, created_at)
		SELECT 'https://example.com/%[2]s/%[3]s/' || i, CAST('%[2]s %[3]s ' || i AS %[4]s), 1, 'example.com', 'valid', '%[3]s', %[5]d + i, '%[2]s', 1, 0
		FROM numbers`, n, owner, lane, blob, f.clock.Now().Add(-time.Second).UnixMicro()))
}

// of is how many of the claims are for targets that crowd made for the owner.
func (f *fixture) of(owner string, claims []store.Claim) (n int) {
	for _, c := range claims {
		if strings.Contains(c.URL, "/"+owner+"/") {
			n++
		}
	}
	return n
}
