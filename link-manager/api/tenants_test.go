package api_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-manager/account"
)

// TestWhatOneTenantSeesDoesNotDependOnTheOther has two tenants do the same kinds of things to the same URLs, in any order,
// and checks that each is answered to the byte as if they were alone.
func TestWhatOneTenantSeesDoesNotDependOnTheOther(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	const steps = 150
	acts := make([]act, steps)
	for i := range acts {
		acts[i] = act{tenant: random.IntN(2), kind: random.IntN(9), url: random.IntN(6), which: random.IntN(4)}
	}
	together := newTenants(t).run(acts, 0, 1)
	for tenant := range 2 {
		alone := newTenants(t).run(acts, tenant)
		for i, want := range alone[tenant] {
			if got := together[tenant][i]; got != want {
				t.Fatalf("answer %d to tenant %d is\n%s\nand without the other\n%s", i, tenant, got, want)
			}
		}
	}
}

// act is one thing that a tenant does: to a URL, or to one of their links, or tokens.
type act struct{ tenant, kind, url, which int }

// tenants are ann and bob, with the ids that each was told.
type tenants struct {
	*world
	shown [2]string
	links [2][]string
	made  [2][]string
	seen  [2]map[string]string
}

func newTenants(t *testing.T) *tenants {
	w := newWorld(t)
	return &tenants{
		world: w,
		shown: [2]string{w.token(w.ann, account.Read, account.Write, account.Check), w.token(w.bob, account.Read, account.Write, account.Check)},
		seen:  [2]map[string]string{{}, {}},
	}
}

// run does the acts of those tenants at the time of each, and returns the answers to each tenant, with the ids that are
// drawn at random told apart by when they were first seen.
func (s *tenants) run(acts []act, who ...int) (answers [2][]string) {
	for _, a := range acts {
		s.clock = s.clock.Add(time.Minute)
		if slices.Contains(who, a.tenant) {
			answers[a.tenant] = append(answers[a.tenant], s.do(a))
		}
	}
	return answers
}

func (s *tenants) do(a act) string {
	mine, others := s.links[a.tenant], s.links[1-a.tenant]
	id := pick(mine, a.which, "01900000-0000-7000-8000-0000000000ff")
	foreign := pick(others, a.which, "01900000-0000-7000-8000-0000000000fe")
	method, target, body := "GET", "/v1/links?limit=200", ""
	switch a.kind {
	case 0, 1:
		method, target, body = "POST", "/v1/links", fmt.Sprintf(`{"url":"https://example.com/%d","tags":["t%d"]}`, a.url, a.which)
	case 2:
		method, target, body = "PATCH", "/v1/links/"+id, fmt.Sprintf(`{"url":"https://example.com/%d","title":"%d"}`, a.url, a.which)
	case 3:
		method, target = "DELETE", "/v1/links/"+id
	case 4:
		method, target = "POST", "/v1/links/"+id+"/check"
	case 5:
		// Somebody else's, in any way, must be as one that never was.
		method = []string{"GET", "PATCH", "DELETE", "POST"}[a.which]
		target = "/v1/links/" + foreign + []string{"", "", "", "/check"}[a.which]
		body = []string{"", `{"title":"mine"}`, "", ""}[a.which]
	case 6:
		method, target, body = "POST", "/v1/tokens", `{"name":"another","scopes":["read"]}`
	case 7:
		method, target = "DELETE", "/v1/tokens/"+pick(s.made[1-a.tenant], a.which, "abcdabcdabcdabcd")
	}
	r := s.as(s.shown[a.tenant], method, target, body)
	var told struct{ ID string }
	if r.status == 201 {
		decode(s.t, r.body, &told)
		list := &s.links[a.tenant]
		if a.kind == 6 {
			list = &s.made[a.tenant]
		}
		*list = append(*list, told.ID)
	}
	return fmt.Sprint(method, " ", strings.Split(target, "/")[2], " ", r.status, " ", s.known(a.tenant, string(r.body)))
}

func pick(ids []string, which int, none string) string {
	if len(ids) == 0 {
		return none
	}
	return ids[which%len(ids)]
}

var drawn = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}|lw_\w+|"(?:id|made_by)":"[a-z2-7]{16}"`)

// known replaces ids by their number in the order in which the tenant saw them.
func (s *tenants) known(tenant int, text string) string {
	return drawn.ReplaceAllStringFunc(text, func(id string) string {
		if _, known := s.seen[tenant][id]; !known {
			s.seen[tenant][id] = fmt.Sprintf("#%d", len(slices.Collect(maps.Keys(s.seen[tenant]))))
		}
		return s.seen[tenant][id]
	})
}
