package connector_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/linkwell/linkwell/link-checker/event"
)

// The body holds a URL that somebody saved, and the answer may repeat it; letters are listed, logged and told to the
// broker's operators.
func TestTheReasonOfALetterTellsNoBodyAndNoURL(t *testing.T) {
	const secret = "s3cr3t"
	g := newGateway(t, map[string]string{"link-checker": "link.added"}, func(w http.ResponseWriter, c call) {
		accept(w, c)
		w.Header().Set("X-Why", c.body)
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte("cannot read " + c.body))
	})
	r := start(t, g.URL)
	r.publish("id1", `{"url":"https://user:`+secret+`@example.com/?token=`+secret+`"}`, event.Attributes{})
	letter := r.dead(1)
	for name, values := range letter.Header {
		if strings.Contains(strings.Join(values, " "), secret) {
			t.Errorf("%s is %q", name, values)
		}
	}
	if reason := letter.Header.Get("Linkwell-Dead-Reason"); reason != "the function answered 400" {
		t.Errorf("reason is %q", reason)
	}
}

func TestAnEventForOneFunctionIsBroughtToNoOther(t *testing.T) {
	g := newGateway(t, map[string]string{"link-checker": "link.added", "archiver": "link.added"}, accept)
	r := start(t, g.URL)
	header := event.Attributes{ID: "id1", Type: event.TypeAdded}.Header()
	header[event.HeaderOnly] = []string{"archiver.openfaas-fn"}
	if err := r.bus.Publish(t.Context(), event.SubjectAdded, header, []byte("again")); err != nil {
		t.Fatal(err)
	}
	r.publish("id2", "for both", event.Attributes{})
	eventually(t, "all is settled", func() bool { return r.outcomes.of("ack") == 3 && r.outcomes.of("skipped") == 1 })
	for _, c := range g.seen() {
		if c.body == "again" && c.function != "archiver.openfaas-fn" {
			t.Errorf("%s was called", c.function)
		}
	}
	eventually(t, "nothing is pending", func() bool {
		return r.pending(durable) == 0 && r.pending("archiver_openfaas-fn__link_added") == 0
	})
}
