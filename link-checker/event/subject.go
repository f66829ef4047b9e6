// Package event is the contract between the link manager, the connector and the functions: the subjects, the bodies, the
// headers and the streams. Golden files in testdata hold its bytes; both sides' tests read them.
package event

// The subjects events travel on. A function asks for one in its `topic` annotation.
const (
	// SubjectAdded carries requests to check what a person waits for: a new link, "check now".
	SubjectAdded = "link.added"
	// SubjectDue carries requests nobody waits for: routine re-checks and imports.
	SubjectDue = "link.due"
	// SubjectChecked carries answers.
	SubjectChecked = "link.checked"
	// SubjectDead, followed by a dot and the function's name with its dots replaced, carries events that a function
	// could not handle.
	SubjectDead = "link.dead"
)

// The CloudEvents types of the bodies, which carry the contract's version.
const (
	TypeAdded   = "linkwell.link.added.v1"
	TypeDue     = "linkwell.link.due.v1"
	TypeChecked = "linkwell.link.checked.v1"
)

// RequestType is the CloudEvents type of a Request on subject.
func RequestType(subject string) string {
	if subject == SubjectDue {
		return TypeDue
	}
	return TypeAdded
}
