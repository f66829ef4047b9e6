package pages

import (
	"fmt"
	"net/url"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// question is a case as people see it: the links of one host about which there is the same to decide.
type question struct {
	store.Case
	Topic store.Topic
	// Alone says that the page is of this topic alone, to which a decision leads back.
	Alone bool
	Mark  mark
	// Says is what there is to decide, after the name of the host.
	Says string
	// Whole says that it can be decided for all of its links at once.
	Whole bool
	Acts  []act
	Rows  []askedRow
	// More is how many links are not shown, and All where all of them are listed.
	More int
	All  string
}

// askedRow is a link that there is something to decide about.
type askedRow struct {
	row
	MovedTo, Archive string
	Acts             []act
}

// act is a decision: what the form sends, and what the button says.
type act struct{ Do, Word, Class string }

// The decisions. Keep and reopen are remembered for the question; the others change the link.
const (
	doFine   = "fine"
	doKeep   = "keep"
	doMute   = "mute"
	doUse    = "use"
	doDelete = "delete"
)

// actsOn are the decisions that there are about links of a topic: about one, and about all of a host.
var actsOn = map[store.Topic]struct{ one, all []act }{
	store.AboutHosts: {all: []act{{doKeep, "Wait for it", "primary"}, {doMute, "Do not check them", ""}, {doDelete, "Delete all", "danger"}}},
	store.AboutDead: {
		one: []act{{doKeep, "Keep it", ""}, {doFine, "This link is fine", ""}, {doMute, "Do not check", ""}, {doDelete, "Delete", "danger"}},
		all: []act{{doKeep, "Keep all", ""}, {doFine, "All are fine", ""}, {doMute, "Do not check them", ""}, {doDelete, "Delete all", "danger"}},
	},
	store.AboutMoved: {
		one: []act{{doUse, "Use the new address", "primary"}, {doKeep, "Keep the old one", ""}, {doDelete, "Delete", "danger"}},
		all: []act{{doUse, "Use the new addresses", "primary"}, {doKeep, "Keep the old ones", ""}, {doDelete, "Delete all", "danger"}},
	},
	store.AboutDoubtful: {
		one: []act{{doKeep, "This link is fine", ""}, {doDelete, "Delete", "danger"}},
		all: []act{{doKeep, "All are fine", ""}, {doDelete, "Delete all", "danger"}},
	},
}

func newQuestion(t store.Topic, c store.Case, links []store.Asked, now time.Time) question {
	q := question{
		Case: c, Topic: t, Mark: questionMark(t), Says: says(t, c), Whole: t == store.AboutHosts || c.Links > 1, Acts: actsOn[t].all,
		More: max(c.Links-len(links), 0), All: listAddress("host:"+c.Host+" "+listQuery[t], ""),
	}
	for _, asked := range links {
		r := askedRow{row: newRow(asked.Link, now, "/"), MovedTo: asked.MovedTo, Archive: archived(asked.Link), Acts: actsOn[t].one}
		switch t {
		case store.AboutMoved:
			r.Mark, r.Why, r.Hint = q.Mark, "", ""
		case store.AboutDoubtful:
			r.Mark, r.Why, r.Hint = q.Mark, check.Note(c.Question).Explanation(), ""
		case store.AboutHosts, store.AboutDead:
			r.Failing = moment(asked.FailingSince, now)
		}
		q.Rows = append(q.Rows, r)
	}
	return q
}

// listQuery finds the links of a topic in the list, as far as it can.
var listQuery = map[store.Topic]string{store.AboutHosts: "is:failing", store.AboutDead: "is:invalid", store.AboutMoved: "is:moved"}

var markMoved, markDoubtful, markSite = mark{"moved", "moved"}, mark{"unknown", "doubtful"}, mark{"failing", "failing"}

func questionMark(t store.Topic) mark {
	switch t {
	case store.AboutMoved:
		return markMoved
	case store.AboutDoubtful:
		return markDoubtful
	case store.AboutHosts:
		return markSite
	case store.AboutDead:
	}
	return markInvalid
}

// says is what there is to decide about the links of a case.
func says(t store.Topic, c store.Case) string {
	switch t {
	case store.AboutHosts:
		return fmt.Sprintf("%s of your links there fail.", thousands(c.Links))
	case store.AboutMoved:
		return fmt.Sprintf("%s links moved%s.", thousands(c.Links), whereTo(c))
	case store.AboutDoubtful:
		return fmt.Sprintf("%s links may not be what you saved.", thousands(c.Links))
	case store.AboutDead:
	}
	return fmt.Sprintf("%s links are no longer there.", thousands(c.Links))
}

func whereTo(c store.Case) string {
	switch host, _ := c.Question.MovedTo(); host {
	case "":
		return ""
	case c.Host:
		return " to other addresses of the same site"
	default:
		return " to " + host
	}
}

// archived is where the copy of a page is that was archived when it was saved, or near to that.
func archived(l link.Link) string {
	return "https://web.archive.org/web/" + l.CreatedAt.UTC().Format("20060102") + "/" + l.URL
}

// told is what the address of the page says was just decided, and the path that takes it back.
func told(query url.Values) (notice, undo string) {
	n, err := number(query.Get("n"))
	did, known := decided[query.Get("did")]
	if err != nil || !known {
		return "", ""
	}
	notice = plural(n, did[0], did[1])
	if left, err := number(query.Get("left")); err == nil && left > 0 {
		notice += " " + plural(left, "One was left as it is: you have its new address already, or it cannot be saved.", "%s were left as they are: you have their new addresses already, or they cannot be saved.")
	}
	if stay, err := number(query.Get("stay")); err == nil && stay > 0 {
		notice += " " + plural(stay, "One stays in the trash: you have saved the same again.", "%s stay in the trash: you have saved the same again.")
	}
	back := url.Values{"topic": {query.Get("topic")}}
	switch query.Get("did") {
	case doKeep:
		back.Set("at", query.Get("at"))
	case doDelete:
		back.Set("act", query.Get("act"))
	default:
		return notice, ""
	}
	if n == 0 {
		return notice, ""
	}
	return notice, "/decide/undo?" + back.Encode()
}

// decided is what is said about one link and about several of which something was decided.
var decided = map[string][2]string{
	doFine:   {"The link counts as fine.", "%s links count as fine."},
	doKeep:   {"The link stays as it is. You are asked again when something new happens.", "%s links stay as they are. You are asked again when something new happens."},
	doMute:   {"The link is not checked any more.", "%s links are not checked any more."},
	doUse:    {"The link has its new address, which is checked now.", "%s links have their new addresses, which are checked now."},
	doDelete: {"The link is in the trash for 30 days.", "%s links are in the trash for 30 days."},
	"undone": {"It is as it was.", "%s links are as they were."},
}
