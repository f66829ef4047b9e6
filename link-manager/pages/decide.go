package pages

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// Questions is what the page of decisions asks of the store.
type Questions interface {
	Waiting(ctx context.Context, owner string, most int) (int, error)
	Cases(ctx context.Context, owner string, topic store.Topic, after store.Case, limit int) ([]store.Case, error)
	AskedLinks(ctx context.Context, owner string, about link.Question, host string, limit int) ([]store.Asked, error)
	Keep(ctx context.Context, owner, id string, at time.Time) error
	Reopen(ctx context.Context, owner string, at time.Time) (int, error)
}

const (
	// casesAtOnce is how many cases of each topic the page shows, and casesOfTopic how many it shows of one topic alone.
	casesAtOnce, casesOfTopic = 10, 40
	// linksOfCase is how many links of a case are shown.
	linksOfCase = 3
)

// decidePage is what waits for its owner to decide.
type decidePage struct {
	frame
	Topics []topic
	// Alone is the address of all topics, where only one is shown; First and Next turn its pages.
	Alone, First, Next string
}

// topic is one kind of question.
type topic struct {
	store.Topic
	Heading, Lead string
	Cases         []question
	// More is where the others are, if there are more.
	More string
}

// showDecide shows what waits: some of each topic, or all of one.
func (p *pages) showDecide(w http.ResponseWriter, r *http.Request, owner string) error {
	page := decidePage{frame: p.frame(r, "Needs a decision")}
	page.Here = "decide"
	page.Notice, page.Undo = told(r.URL.Query())
	asked := r.URL.Query()
	topics, limit := store.Topics(), casesAtOnce
	var after store.Case
	if one := store.Topic(asked.Get("topic")); slices.Contains(topics, one) {
		topics, limit, page.Alone = []store.Topic{one}, casesOfTopic, "/decide"
		if links, err := number(asked.Get("links")); err == nil {
			after = store.Case{Links: links, Newest: asked.Get("newest")}
			page.First = decideAddress(one, store.Case{})
		}
	}
	for _, t := range topics {
		shown, last, err := p.topic(r.Context(), owner, t, after, limit)
		if err != nil {
			return err
		}
		switch {
		case last == store.Case{}:
		case page.Alone != "":
			page.Next = decideAddress(t, last)
		default:
			shown.More = decideAddress(t, store.Case{})
		}
		for i := range shown.Cases {
			shown.Cases[i].Alone = page.Alone != ""
		}
		if len(shown.Cases) > 0 {
			page.Topics = append(page.Topics, shown)
		}
	}
	p.render(w, r, http.StatusOK, "decide", page)
	return nil
}

// topic is the first cases of a topic from the one after after on; last is the last of them, if there are more.
func (p *pages) topic(ctx context.Context, owner string, t store.Topic, after store.Case, limit int) (shown topic, last store.Case, err error) {
	shown = topic{Topic: t, Heading: topicWords[t][0], Lead: topicWords[t][1]}
	cases, err := p.Store.Cases(ctx, owner, t, after, limit+1)
	if err != nil {
		return topic{}, store.Case{}, err
	}
	if len(cases) > limit {
		cases = cases[:limit]
		last = cases[limit-1]
	}
	for _, c := range cases {
		links, err := p.Store.AskedLinks(ctx, owner, c.Question, c.Host, linksOfCase)
		if err != nil {
			return topic{}, store.Case{}, err
		}
		shown.Cases = append(shown.Cases, newQuestion(t, c, links, p.Now()))
	}
	return shown, last, nil
}

var topicWords = map[store.Topic][2]string{
	store.AboutHosts:    {"Whole sites that fail", "Many of your links there fail alike, so it is the site and not they. It is asked again and again; you need not do anything."},
	store.AboutDead:     {"No longer there", "They are looked at again from time to time, and come back by themselves if the page does."},
	store.AboutMoved:    {"Moved for good", "The server says that the page has a new address, which works."},
	store.AboutDoubtful: {"Perhaps not what you saved", "The page answers, but may be another one by now. Have a look."},
}

// decideAddress is the address of all questions of a topic that come after that case.
func decideAddress(t store.Topic, after store.Case) string {
	values := url.Values{}
	if t != "" {
		values.Set("topic", string(t))
	}
	if after.Links > 0 {
		values.Set("links", strconv.Itoa(after.Links))
		values.Set("newest", after.Newest)
	}
	return (&url.URL{Path: "/decide", RawQuery: values.Encode()}).String()
}
