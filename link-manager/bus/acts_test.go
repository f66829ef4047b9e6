package bus_test

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/nats-io/nats.go"

	"github.com/linkwell/linkwell/link-checker/event"
	"github.com/linkwell/linkwell/link-manager/bus/brokertest"
)

// acts is everything that somebody on the broker could try: "publish SUBJECT", "subscribe SUBJECT".
func acts() []string {
	var acts []string
	publish := func(format string, a ...any) { acts = append(acts, "publish "+fmt.Sprintf(format, a...)) }
	for _, subject := range []string{
		event.SubjectAdded, event.SubjectDue, event.SubjectChecked, event.SubjectDead + ".link-checker", "link.changed", "link", "link.other", otherSubject,
		"_INBOX.a.b", "_INBOX_manager.a.b", "_INBOX_connector.a.b", "_INBOX_checker.a.b", "_R_.a", "_GR_.a", "$KV.a.b", "$O.a.b", "$MQTT.a",
		"$SYS.REQ.SERVER.PING", "$SYS.REQ.ACCOUNT.LINKWELL.CONNZ", "$SYS.REQ.ACCOUNT.PING.CONNZ", "$SYS.REQ.USER.INFO", "$SYS.REQ.CLAIMS.UPDATE", "$SYS.ACCOUNT.LINKWELL.DISCONNECT",
		"$JS.API.INFO", "$JS.API.STREAM.NAMES", "$JS.API.STREAM.LIST", "$JS.API.META.LEADER.STEPDOWN", "$JS.API.SERVER.REMOVE",
		"$JS.API.ACCOUNT.PURGE.LINKWELL", "$JS.API.STREAM.TEMPLATE.CREATE.a", "$JS.API", "$JS.a.API.STREAM.DELETE.LINK_REQUESTS", "$JSC.CI.a",
	} {
		publish("%s", subject)
	}
	for stream, subject := range map[string]string{
		event.StreamRequests: event.SubjectAdded, event.StreamChecked: event.SubjectChecked, event.StreamDead: event.SubjectDead + ".>", otherStream: otherSubject,
	} {
		for _, verb := range []string{"CREATE", "UPDATE", "DELETE", "PURGE", "INFO", "SNAPSHOT", "RESTORE", "MSG.GET", "MSG.DELETE", "LEADER.STEPDOWN", "PEER.REMOVE"} {
			publish("$JS.API.STREAM.%s.%s", verb, stream)
		}
		publish("$JS.API.DIRECT.GET.%s", stream)
		publish("$JS.API.DIRECT.GET.%s.%s", stream, subject)
		publish("$JS.EVENT.ADVISORY.STREAM.DELETED.%s", stream)
		publish("$JS.FC.%s.a.b", stream)
		for _, verb := range []string{"CREATE", "LIST", "NAMES"} {
			publish("$JS.API.CONSUMER.%s.%s", verb, stream)
		}
		for _, consumer := range []string{"link-manager", function, "mallory"} {
			for _, verb := range []string{"CREATE", "DURABLE.CREATE", "INFO", "DELETE", "PAUSE", "UNPIN", "RESET", "MSG.NEXT", "LEADER.STEPDOWN"} {
				publish("$JS.API.CONSUMER.%s.%s.%s", verb, stream, consumer)
			}
			publish("$JS.API.CONSUMER.CREATE.%s.%s.%s", stream, consumer, subject)
			publish("$JS.ACK.%s.%s.1.1.1.1.0", stream, consumer)
		}
	}
	for _, subject := range []string{
		">", "*", "*.>", "*.*", "link.>", "link.*", event.SubjectAdded, event.SubjectDue, event.SubjectChecked, event.SubjectDead + ".>", "link.changed", otherSubject,
		"_INBOX.>", "_INBOX_manager.>", "_INBOX_connector.>", "_INBOX_checker.>", "_INBOX_manager.a.b", "_INBOX_connector.a.b", "_INBOX_checker.a.b", "*.a.b",
		"_R_.>", "_GR_.>", "$KV.>", "$MQTT.>", "$SYS.>", "$SYS.ACCOUNT.>", "$SYS.REQ.>", "$JS.>", "$JS.API.>", "$JS.ACK.>", "$JS.EVENT.>", "$JS.FC.>", "$JSC.>",
	} {
		acts = append(acts, "subscribe "+subject)
		if !strings.HasPrefix(subject, "_INBOX_") {
			acts = append(acts, "share "+subject)
		}
	}
	slices.Sort(acts)
	return acts
}

// may is what each user must be able to do; path.Match's * stands for anything.
var may = func() map[string][]string {
	manager := []string{
		"publish link.added", "publish link.due", "publish link.changed", "subscribe link.changed", "share link.changed",
		"subscribe _INBOX_manager.>", "subscribe _INBOX_manager.a.b",
		"publish $JS.API.STREAM.CREATE.LINK_*", "publish $JS.API.STREAM.UPDATE.LINK_*", "publish $JS.API.STREAM.INFO.LINK_*",
		"publish $JS.API.CONSUMER.CREATE.LINK_CHECKED.link-manager.link.checked", "publish $JS.API.CONSUMER.INFO.LINK_CHECKED.link-manager",
		"publish $JS.API.CONSUMER.MSG.NEXT.LINK_CHECKED.link-manager", "publish $JS.ACK.LINK_CHECKED.link-manager.*",
		"publish $JS.API.CONSUMER.CREATE.LINK_DEAD.*", "publish $JS.API.CONSUMER.INFO.LINK_DEAD.*", "publish $JS.API.CONSUMER.DELETE.LINK_DEAD.*",
		"publish $JS.API.CONSUMER.MSG.NEXT.LINK_DEAD.*", "publish $JS.ACK.LINK_DEAD.*",
		"publish $JS.API.STREAM.MSG.GET.LINK_DEAD", "publish $JS.API.STREAM.MSG.DELETE.LINK_DEAD",
		"publish $JS.API.DIRECT.GET.LINK_DEAD", "publish $JS.API.DIRECT.GET.LINK_DEAD.*",
	}
	events := []string{
		"publish link.dead.link-checker", "publish $JS.API.STREAM.INFO.LINK_REQUESTS",
		"publish $JS.API.CONSUMER.CREATE.LINK_REQUESTS.*", "publish $JS.API.CONSUMER.INFO.LINK_REQUESTS.*",
		"publish $JS.API.CONSUMER.MSG.NEXT.LINK_REQUESTS.*", "publish $JS.ACK.LINK_REQUESTS.*",
	}
	return map[string][]string{
		brokertest.Manager:              manager,
		brokertest.Connector:            slices.Concat(events, []string{"subscribe _INBOX_connector.>", "subscribe _INBOX_connector.a.b"}),
		brokertest.Checker:              {"publish link.checked", "subscribe _INBOX_checker.>", "subscribe _INBOX_checker.a.b"},
		brokertest.ManagerWithConnector: slices.Concat(manager, events),
	}
}()

func mayDo(user, act string) bool {
	return slices.ContainsFunc(may[user], func(pattern string) bool {
		matched, err := path.Match(pattern, act)
		return err == nil && matched
	})
}

// errAllowed means that the broker had nothing against an act.
var errAllowed = errors.New("allowed")

// try does an act, and returns nil if the broker refuses it: by its word, since a publish that is denied looks like one that
// nobody answers.
func try(conn *nats.Conn, inbox, act string) error {
	verb, subject, _ := strings.Cut(act, " ")
	denied := "Publish to " + strconv.Quote(subject)
	var err error
	switch verb {
	case "publish":
		err = conn.PublishRequest(subject, inbox+".answer", nil)
	case "subscribe":
		denied = "Subscription to " + strconv.Quote(subject)
		_, err = conn.SubscribeSync(subject)
	case "share":
		denied = "Subscription to " + strconv.Quote(subject) + ` using queue "all"`
		_, err = conn.QueueSubscribeSync(subject, "all")
	}
	if err != nil {
		return err
	}
	// The refusal comes before the answer to a later ping.
	if err := conn.Flush(); err != nil {
		return err
	}
	if last := conn.LastError(); !errors.Is(last, nats.ErrPermissionViolation) || !strings.HasSuffix(last.Error(), denied) {
		return errAllowed
	}
	return nil
}
