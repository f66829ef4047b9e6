package api

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"github.com/linkwell/linkwell/link-manager/live"
	"github.com/linkwell/linkwell/link-manager/store"
)

// Changes is what the API asks of the store about what happened to links.
type Changes interface {
	// NumberChanges returns the number of the last change that can be read.
	NumberChanges(ctx context.Context) (int64, error)
	OldestChange(ctx context.Context) (int64, error)
	Changes(ctx context.Context, owner string, after int64, limit int) ([]store.Change, error)
}

// LinkEvent is the data of the event link: what happened to one link.
type LinkEvent struct {
	Kind           store.ChangeKind `json:"kind" enum:"added,edited,checked,deleted" doc:"What happened"`
	LinkID         string           `json:"link_id" format:"uuid"`
	PreviousStatus *string          `json:"previous_status" enum:"pending,valid,invalid" doc:"With checked, what the status was, if it changed"`
	At             time.Time        `json:"at"`
	Link           *Link            `json:"link" doc:"The link as it is now; null if it is gone"`
}

// TransformSchema tells programs that link can be null, which huma does not know of objects.
func (LinkEvent) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	s.Properties["link"] = orNullSchema(s.Properties["link"])
	return s
}

const (
	// eventsAtOnce is how many changes are sent one by one. Who is further behind is told to read anew.
	eventsAtOnce = 500
	// heartbeat is how often a line is sent while nothing happens, so that both sides notice a connection that was lost.
	heartbeat = 15 * time.Second
)

type eventsInput struct {
	LastEventID string `header:"Last-Event-ID" doc:"The id of the last event that arrived; the stream begins after it. Without it, with what happens from now on"`
}

// eventRoutes documents the stream as what it is, which huma cannot find out from a type.
func (a *api) eventRoutes(v1 huma.API) {
	operation := operation[eventsInput](http.MethodGet, "/v1/events", scopeRead, "stream-events", "What happens to links, as it happens (Server-Sent Events)", http.StatusOK)
	operation.Description = "An event called link for each change, with an id to go on from. An event called reset means that too much happened " +
		"to be told one by one, or that the id is too old or unknown: read the links anew. Lines that begin with a colon only show that the connection lives."
	operation.Responses = map[string]*huma.Response{"200": {
		Description: "A stream that ends when either side hangs up",
		Content: map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{
			Type:        huma.TypeString,
			Description: "The data of each event called link is a LinkEvent.",
		}}},
	}}
	v1.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[LinkEvent](), true, "LinkEvent")
	huma.Register(v1, operation, a.streamEvents)
}

// streamEvents sends what happens to the owner's links until either side hangs up, or this process stops.
func (a *api) streamEvents(ctx context.Context, input *eventsInput) (*huma.StreamResponse, error) {
	owner := a.Owner(ctx)
	begin, known, err := a.beginning(ctx, input.LastEventID)
	if err != nil {
		return nil, a.problem(ctx, "stream events", err)
	}
	if !a.streams.Begin(owner) {
		return nil, newKind(http.StatusTooManyRequests, "too-many-streams", fmt.Sprintf("there are %d streams open already, the most allowed; close one first", live.StreamsPerOwner))
	}
	return &huma.StreamResponse{Body: func(response huma.Context) {
		defer a.streams.End(owner)
		_, w := humachi.Unwrap(response)
		stream := &eventStream{Stream: live.NewStream(w, strconv.FormatInt(begin, 10)), last: begin}
		if !known {
			stream.reset()
		}
		a.followEvents(response.Context(), owner, stream)
	}}, nil
}

// beginning is the change that the stream begins after, and false if what came before it is not known.
func (a *api) beginning(ctx context.Context, lastEventID string) (begin int64, known bool, err error) {
	last, err := a.Store.NumberChanges(ctx)
	if err != nil || lastEventID == "" {
		return last, true, err
	}
	oldest, err := a.Store.OldestChange(ctx)
	if err != nil {
		return 0, false, err
	}
	if oldest == 0 {
		oldest = last + 1
	}
	if begin, err := strconv.ParseInt(lastEventID, 10, 64); err == nil && oldest-1 <= begin && begin <= last {
		return begin, true, nil
	}
	return last, false, nil
}

// followEvents writes what happens from now on, for as long as the owner may read it.
func (a *api) followEvents(ctx context.Context, owner string, stream *eventStream) {
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for stream.Err() == nil && StillMay(ctx, scopeRead) {
		changed := a.Changed() // before looking, so that nothing falls between
		if err := a.sendChanges(ctx, owner, stream); err != nil {
			if ctx.Err() == nil {
				a.Logger.ErrorContext(ctx, "stream events", "error", err)
			}
			return // the client comes again
		}
		select {
		case <-changed:
		case <-beat.C:
			stream.Comment("still here")
		case <-ctx.Done():
			return
		case <-a.Stopping:
			return
		}
	}
}

// sendChanges sends what there is to be told, or that it is too much.
func (a *api) sendChanges(ctx context.Context, owner string, stream *eventStream) error {
	changes, err := a.Store.Changes(ctx, owner, stream.last, eventsAtOnce+1)
	if err != nil {
		return err
	}
	if len(changes) > eventsAtOnce {
		if stream.last, err = a.Store.NumberChanges(ctx); err != nil {
			return err
		}
		stream.reset()
		return nil
	}
	for _, c := range changes {
		stream.link(c)
	}
	return stream.Err()
}

// eventStream tells changes, and knows how far it is.
type eventStream struct {
	*live.Stream
	last int64
}

// reset has the client read anew; its id lets it go on from here.
func (s *eventStream) reset() { s.Send(strconv.FormatInt(s.last, 10), "reset", struct{}{}) }

func (s *eventStream) link(c store.Change) {
	event := LinkEvent{Kind: c.Kind, LinkID: c.LinkID, PreviousStatus: orNull(string(c.PreviousStatus)), At: c.At.UTC()}
	if c.Link != nil {
		view := newLink(*c.Link)
		event.Link = &view
	}
	s.Send(strconv.FormatInt(c.Number, 10), "link", event)
	s.last = c.Number
}
