package doctor

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/nats-io/nats.go"

	"github.com/linkwell/linkwell/link-checker/event"
)

// quietly has a connection keep to itself what the broker denies, which LastError tells too.
var quietly = nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {})

// denied reports whether the broker denies what do does with the subject. It answers nobody who publishes, but says so on
// the connection before it answers the next ping.
func denied(conn *nats.Conn, subject string, do func() error) (bool, error) {
	if err := errors.Join(do(), conn.FlushTimeout(patience)); err != nil {
		return false, err
	}
	err := conn.LastError()
	return errors.Is(err, nats.ErrPermissionViolation) && strings.Contains(err.Error(), strconv.Quote(subject)), nil
}

// rights tries what the link manager must be allowed to do, in ways that do nothing: an event for a stream that is another
// is not kept, and a request that cannot be read is refused.
func (e *examination) rights(conn *nats.Conn) {
	const about = "broker"
	const remedy = "Give the user the rights of link-manager/bus/permissions.conf, for MANAGER or MANAGER_WITH_CONNECTOR."
	var missing []string
	try := func(what, subject string, do func() error) {
		switch no, err := denied(conn, subject, do); {
		case err != nil:
			e.wrong(about, fmt.Sprintf("it is not known whether our user may %s %s: %v", what, subject, err), "Look at the broker's log, and try again.")
		case no:
			missing = append(missing, what+" "+subject)
		}
	}
	for _, subject := range []string{event.SubjectAdded, event.SubjectDue} {
		try("publish", subject, func() error {
			return conn.PublishMsg(&nats.Msg{Subject: subject, Header: nats.Header{nats.ExpectedStreamHdr: {"none"}}})
		})
	}
	subjects := []string{"$JS.API.CONSUMER.CREATE." + event.StreamChecked + ".link-manager." + event.SubjectChecked}
	for _, stream := range []string{event.StreamRequests, event.StreamChecked, event.StreamDead} {
		subjects = append(subjects, "$JS.API.STREAM.CREATE."+stream, "$JS.API.STREAM.UPDATE."+stream)
	}
	inbox := conn.NewInbox()
	for _, subject := range subjects {
		try("publish", subject, func() error { return conn.PublishRequest(subject, inbox, []byte("?")) })
	}
	for _, subject := range []string{"link.changed", inbox} {
		try("hear", subject, func() error {
			_, err := conn.SubscribeSync(subject)
			return err
		})
	}
	if len(missing) > 0 {
		e.wrong(about, "our user may not "+strings.Join(missing, ", nor "), remedy)
	} else {
		e.fine(about, "our user may do what the link manager must")
	}
	const names = "$JS.API.STREAM.NAMES"
	switch no, err := denied(conn, names, func() error { return conn.PublishRequest(names, inbox, []byte("?")) }); {
	case err == nil && no:
		e.fine(about, "our user may not do what it need not")
	case err == nil:
		e.advise(about, "our user may do more than it must: whoever is let in like us can forge answers, and delete what waits", remedy)
	}
}
