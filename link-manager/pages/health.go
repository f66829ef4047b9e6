package pages

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/linkwell/linkwell/link-manager/store"
)

// Health is what the page of health asks of the store.
type Health interface {
	Totals(ctx context.Context, owner string, last int) ([]store.Totals, error)
	Causes(ctx context.Context, owner string) ([]store.Cause, error)
	TroubledHosts(ctx context.Context, owner string, limit int) ([]store.TroubledHost, error)
	Latencies(ctx context.Context, owner string, sample int) ([]store.HostLatency, error)
	Backlog(ctx context.Context) (store.Backlog, error)
	Due(ctx context.Context, most int) (int, error)
}

// DeadLetters counts the events that functions could not handle, by function.
type DeadLetters interface {
	Count(ctx context.Context) (map[string]uint64, error)
}

const (
	// daysShown is how many days the chart has, and daysCompared over how many totals are compared.
	daysShown, daysCompared = 90, 7
	// hostsShown is how many hosts are told of, and latencySample of how many links it is told how long their checks took.
	hostsShown, latencySample = 20, 500
	// slowestShown is how many sites it is told how long their checks took.
	slowestShown = 10
	// mostDue is how far what waits to be checked is counted.
	mostDue = 10_000
)

// healthPage is how an owner's links are, and how Linkwell is.
type healthPage struct {
	frame
	Outages []outage
	Totals  []total
	Chart   areaChart
	Causes  []causeRow
	Hosts   []hostRow
	// Latencies are of the newest checks of Sampled links.
	Latencies []latencyRow
	Sampled   int
	Queue     queue
	Parts     []part
}

// outage is something that Linkwell cannot do now.
type outage struct{ Says, Why string }

// total is how many links there are of one kind, and by how many more or fewer than Days days ago.
type total struct {
	Mark         mark
	Href         string
	Count        string
	Change, Over string
}

// causeRow is why links are not valid: Share is how many of the most frequent cause there are, in percent.
type causeRow struct {
	Says, Href string
	// Mark is the name of the colour of what follows from it.
	Mark  string
	Links string
	Share int
}

// hostRow is a host in trouble.
type hostRow struct {
	Host, Href string
	Mark       mark
	Says       string
	Until      when
}

// latencyRow is how long checks of a host take: Share is what the median is of the slowest one, in percent.
type latencyRow struct {
	Host, Href      string
	Links           string
	Median, Slowest string
	Share           int
}

// queue is what waits, of all owners: numbers alone.
type queue struct {
	Due, Outstanding string
	Oldest           when
	// Dead is how many events no function could handle; empty if nobody can tell.
	Dead string
}

// part is something Linkwell stands on.
type part struct {
	Name string
	Mark mark
	// Says is what is wrong; empty if nothing is.
	Says string
}

func (p *pages) showHealth(w http.ResponseWriter, r *http.Request, owner string) error {
	page := healthPage{frame: p.frame(r, "Health")}
	page.Here = "health"
	page.Parts, page.Outages = p.parts(r.Context())
	for _, complete := range []func(context.Context, string, *healthPage) error{p.totals, p.causes, p.hosts, p.queue} {
		if err := complete(r.Context(), owner, &page); err != nil {
			return err
		}
	}
	p.render(w, r, http.StatusOK, "health", page)
	return nil
}

// totals are those of now, beside those of a week ago, and the chart.
func (p *pages) totals(ctx context.Context, owner string, page *healthPage) error {
	now, err := p.Store.Stats(ctx, owner)
	if err != nil {
		return err
	}
	days, err := p.Store.Totals(ctx, owner, daysShown)
	if err != nil {
		return err
	}
	page.Chart = newAreaChart(days)
	was, over := before(days)
	for _, t := range []struct {
		mark       mark
		query      string
		count, was int
	}{
		{mark{"all", "links"}, "", now.Links, was.Links},
		{markValid, "is:valid", now.Valid, was.Valid},
		{mark{"checking", "pending"}, "is:pending", now.Pending, was.Pending},
		{markInvalid, "is:invalid", now.Invalid, was.Invalid},
		{markMoved, "is:moved", now.Moved, was.Moved},
		{markSite, "is:failing", now.Failing, was.Failing},
	} {
		shown := total{Mark: t.mark, Href: listAddress(t.query, ""), Count: thousands(t.count)}
		if over > 0 {
			shown.Change, shown.Over = change(t.count-t.was), plural(over, "since yesterday", "in %s days")
		}
		page.Totals = append(page.Totals, shown)
	}
	return nil
}

// before are the totals of the day that is compared with, which was so many days ago; 0 if nothing is known before today.
func before(days []store.Totals) (was store.Totals, over int) {
	if len(days) < 2 {
		return store.Totals{}, 0
	}
	over = min(daysCompared, len(days)-1)
	return days[len(days)-1-over], over
}

// change is a difference with its sign.
func change(by int) string {
	switch {
	case by > 0:
		return "+" + thousands(by)
	case by < 0:
		return "−" + thousands(-by)
	}
	return "±0"
}

func (p *pages) causes(ctx context.Context, owner string, page *healthPage) error {
	causes, err := p.Store.Causes(ctx, owner)
	for _, c := range causes {
		page.Causes = append(page.Causes, causeRow{
			Says: c.Reason.Explanation(), Href: listAddress("reason:"+string(c.Reason), ""), Mark: answerMark(c.Reason.Status()).Name,
			Links: thousands(c.Links), Share: percent(int64(c.Links), int64(causes[0].Links)),
		})
	}
	return err
}

func (p *pages) hosts(ctx context.Context, owner string, page *healthPage) error {
	now := p.Now()
	troubled, err := p.Store.TroubledHosts(ctx, owner, hostsShown)
	if err != nil {
		return err
	}
	for _, h := range troubled {
		shown := hostRow{Host: h.Host, Href: listAddress("host:"+h.Host, ""), Mark: markSite, Says: plural(h.Links, "One of your links fails there.", "%s of your links fail there.")}
		if h.Paused {
			shown.Mark, shown.Until = mark{"checking", "paused"}, moment(h.PausedUntil, now)
		}
		page.Hosts = append(page.Hosts, shown)
	}
	took, err := p.Store.Latencies(ctx, owner, latencySample)
	for i, l := range took {
		page.Sampled += l.Links
		if i < slowestShown {
			page.Latencies = append(page.Latencies, latencyRow{
				Host: l.Host, Href: listAddress("host:"+l.Host, ""), Links: thousands(l.Links),
				Median: milliseconds(l.MedianMS), Slowest: milliseconds(l.SlowestMS), Share: percent(l.MedianMS, took[0].MedianMS),
			})
		}
	}
	return err
}

// milliseconds is how long something took.
func milliseconds(n int64) string { return thousands(int(n)) + " ms" }

// percent is the share of part in whole, at least one, so that there is something to see.
func percent(part, whole int64) int {
	if whole <= 0 {
		return 1
	}
	return int(max(1, 100*part/whole))
}

// queue is what waits. Who cannot ask the broker does not know how many dead letters there are, and shows the rest.
func (p *pages) queue(ctx context.Context, _ string, page *healthPage) error {
	backlog, err := p.Store.Backlog(ctx)
	if err != nil {
		return err
	}
	due, err := p.Store.Due(ctx, mostDue+1)
	if err != nil {
		return err
	}
	page.Queue = queue{Due: thousands(due), Outstanding: thousands(backlog.Added.Outstanding + backlog.Due.Outstanding)}
	if due > mostDue {
		page.Queue.Due = "more than " + thousands(mostDue)
	}
	oldest := backlog.Added.OldestDue
	if other := backlog.Due.OldestDue; oldest.IsZero() || !other.IsZero() && other.Before(oldest) {
		oldest = other
	}
	page.Queue.Oldest = moment(oldest, p.Now())
	if p.DeadLetters == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, brokerTimeout)
	defer cancel()
	counts, err := p.DeadLetters.Count(ctx)
	if err != nil {
		p.Logger.WarnContext(ctx, "count dead letters", "error", err)
		return nil
	}
	var dead uint64
	for _, n := range counts {
		dead += n
	}
	page.Queue.Dead = thousands(int(dead))
	return nil
}

// brokerTimeout is how long the page waits for a broker that is away.
const brokerTimeout = 2 * time.Second

// parts are how everything is that Linkwell stands on, as GET /readyz tells it, and what follows from that.
func (p *pages) parts(ctx context.Context) (parts []part, outages []outage) {
	for _, known := range p.Parts {
		shown := part{Name: partName(known.Name), Mark: mark{"valid", "ok"}}
		if err := known.Check(ctx); err != nil {
			shown.Mark, shown.Says = mark{"invalid", "not ok"}, sentence(err.Error())
			outages = append(outages, outage{outageOf(known.Name), shown.Says})
		}
		parts = append(parts, shown)
	}
	return parts, outages
}

// partName is what people call a part.
func partName(part string) string {
	switch part {
	case "store":
		return "Database"
	case "broker":
		return "Message broker"
	case "gateway":
		return "Gateway to the functions"
	case "sight":
		return "View of the web"
	}
	return part
}

// outageOf is what it means to people that a part is away.
func outageOf(part string) string {
	switch part {
	case "sight":
		return "Linkwell cannot see the web just now"
	case "store":
		return "Nothing can be saved just now"
	}
	return "Checks have to wait just now"
}

// sentence is half a sentence as a whole one.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:] + "."
}
