package sight

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-checker/probe"
)

// Canaries are URLs that are always there. If the function cannot reach any of them, it is its network that is away.
type Canaries struct {
	// URLs are as ParseCanaries returns them. If there are none nobody looks.
	URLs []string
	// GatewayURL is the root of the gateway that has the function, without a trailing slash: the function looks, because
	// it is its network that matters.
	GatewayURL string
	// Timeout bounds one call of the function.
	Timeout time.Duration
}

// mostCanaries is how many there may be: each is asked at each look.
const mostCanaries = 10

// ParseCanaries returns the URLs, each once. It fails with a sentence, which does not repeat the URL, if one of them
// cannot be checked, also because its host or port could never be reached with what is in allow, or if there are too
// many: a canary that never answers would blind us for ever.
func ParseCanaries(urls []string, allow []netip.Prefix) ([]string, error) {
	if len(urls) > mostCanaries {
		return nil, fmt.Errorf("there are %d URLs; the most allowed is %d", len(urls), mostCanaries)
	}
	var parsed []string
	for i, text := range urls {
		u, err := check.ParseURL(text)
		if err != nil {
			return nil, fmt.Errorf("number %d of %d: %w", i+1, len(urls), err)
		}
		if !(probe.Guard{Allow: allow}).MayReach(u) {
			return nil, fmt.Errorf("number %d of %d cannot be reached by any check: its host is not on the public internet and CHECK_ALLOW does not allow it, or its port is not for the web", i+1, len(urls))
		}
		if !slices.Contains(parsed, text) {
			parsed = append(parsed, text)
		}
	}
	return parsed, nil
}

// glance is what came of looking at all canaries once.
type glance int

const (
	// nothing: the function could not be asked, so that nothing is checked either.
	nothing glance = iota
	// oneAnswers: at least one canary is valid.
	oneAnswers
	// noneAnswers: all were looked at, and none is valid.
	noneAnswers
)

// look looks at all canaries at once.
func (c *Canaries) look(ctx context.Context, client *http.Client) glance {
	glances := make([]glance, len(c.URLs))
	var looking errgroup.Group
	for i, url := range c.URLs {
		looking.Go(func() error {
			glances[i] = c.ask(ctx, client, url)
			return nil
		})
	}
	_ = looking.Wait()
	switch {
	case slices.Contains(glances, oneAnswers):
		return oneAnswers
	case slices.Contains(glances, nothing):
		return nothing
	}
	return noneAnswers
}

// ask has the function look at one URL. Without a check_id nobody applies the answer.
func (c *Canaries) ask(ctx context.Context, client *http.Client, url string) glance {
	result, err := c.call(ctx, client, event.Request{URL: url}.Encode())
	switch {
	case err != nil:
		return nothing
	case result.Status == check.Valid:
		return oneAnswers
	}
	return noneAnswers
}

// call fails if the answer is not the function's own: a gateway, or whoever stands in its place, knows nothing about URLs.
func (c *Canaries) call(ctx context.Context, client *http.Client, body []byte) (event.Checked, error) {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.GatewayURL+"/function/link-checker", bytes.NewReader(body))
	if err != nil {
		return event.Checked{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := client.Do(req)
	if err != nil {
		return event.Checked{}, err
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(res.Body, event.MaxRequestBytes))
	if err != nil {
		return event.Checked{}, err
	}
	if res.StatusCode != http.StatusOK || res.Header.Get(event.HeaderFunction) == "" {
		return event.Checked{}, errors.New("it is not the function that answers")
	}
	return event.DecodeChecked(answer)
}

// newClient returns the client for calls: no proxy, no redirects.
func newClient() *http.Client {
	return &http.Client{
		Transport:     &http.Transport{IdleConnTimeout: 90 * time.Second},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// When canaries are looked at, and what follows.
const (
	canaryRest = 30 * time.Second
	// canaryAgain is the rest while none answers; looks in a row that find none must be blindLooks before it is believed.
	canaryAgain = 5 * time.Second
	blindLooks  = 2
	// canaryLasts is how long a judgement stands while the function cannot be asked.
	canaryLasts = 5 * time.Minute
)

// judgement is what the looks at the canaries amount to. It is not safe for concurrent use.
type judgement struct {
	misses int // looks in a row that found none
	at     time.Time
	since  time.Time
}

// add takes one more look, and returns how long to wait before the next.
func (j *judgement) add(now time.Time, g glance) (rest time.Duration) {
	switch g {
	case nothing:
	case oneAnswers:
		*j = judgement{at: now}
	case noneAnswers:
		if j.since.IsZero() {
			j.since = now
		}
		j.misses++
		j.at = now
	}
	if j.misses > 0 {
		return canaryAgain
	}
	return canaryRest
}

// blindSince is since when no canary answers; zero if one does, or nobody knows any more.
func (j *judgement) blindSince(now time.Time) time.Time {
	if j.misses < blindLooks || now.Sub(j.at) >= canaryLasts {
		return time.Time{}
	}
	return j.since
}
