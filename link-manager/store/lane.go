package store

import "github.com/linkwell/linkwell/link-checker/event"

// Lane is the queue a target waits in.
type Lane string

const (
	// LaneAdded is for what a person waits for: a new link, "check now".
	LaneAdded Lane = "added"
	// LaneDue is for what nobody waits for.
	LaneDue Lane = "due"
)

// Lanes lists both lanes, the more urgent first.
func Lanes() []Lane { return []Lane{LaneAdded, LaneDue} }

// Subject is where the lane's requests are published.
func (l Lane) Subject() string {
	if l == LaneDue {
		return event.SubjectDue
	}
	return event.SubjectAdded
}
