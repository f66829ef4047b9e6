package deadletter

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/linkwell/linkwell/link-checker/event"
)

// Redriven is what redriving a letter did.
type Redriven string

const (
	// Due means that it was a request to check a link, and the link is to be checked now. The request itself has expired, or soon
	// will; a new one goes to every function that wants the topic.
	Due Redriven = "due"
	// NobodyWaits means that it was a request to check a link that nobody keeps any more.
	NobodyWaits Redriven = "nobody_waits"
	// Republished means that it was another event, and its function gets it again, and no other function.
	Republished Redriven = "republished"
)

// Redrive has the event of a letter handled again, and then deletes the letter. A function that still cannot handle it
// leaves a new letter. It fails with ErrNotFound, ErrNoWayBack, ErrBroker or the store's error, and then the letter stays,
// unless somebody else has taken it meanwhile. To redrive a letter twice at the same time does no more than once.
func (l *Letters) Redrive(ctx context.Context, id uint64) (Redriven, error) {
	letter, err := l.Get(ctx, id)
	if err != nil {
		return "", err
	}
	redriven, err := l.again(ctx, letter)
	if err != nil {
		return "", fmt.Errorf("redrive dead letter %d: %w", id, err)
	}
	// Only now: a letter that is lost before its effect is kept would be an event lost.
	if err := l.Purge(ctx, id); err != nil && !errors.Is(err, ErrNotFound) {
		return "", err
	}
	return redriven, nil
}

func (l *Letters) again(ctx context.Context, letter Letter) (Redriven, error) {
	request, ours := letter.Request()
	if !ours {
		return Republished, l.republish(ctx, letter)
	}
	kept, err := l.Targets.DueNow(ctx, request.URL, request.CheckID)
	switch {
	case err != nil:
		return "", err
	case !kept:
		return NobodyWaits, nil
	}
	return Due, nil
}

// republish publishes the event where it was, for the one function. The stream must keep the subject: a letter is
// somebody's word, and could name a subject that is a command to the broker.
func (l *Letters) republish(ctx context.Context, letter Letter) error {
	if letter.Function == "" || letter.Subject == "" || letter.Stream == "" {
		return fmt.Errorf("%w: it does not say which function, subject and stream its event had", ErrNoWayBack)
	}
	if letter.LeftOut {
		return fmt.Errorf("%w: it was too large to be kept in a letter; if stream %s still has it, it is number %d there", ErrNoWayBack, letter.Stream, letter.Sequence)
	}
	if _, err := l.Bus.StreamOf(ctx, letter.Subject, []string{letter.Stream}); err != nil {
		return fmt.Errorf("%w: %w", ErrNoWayBack, err)
	}
	if err := l.Bus.Publish(ctx, letter.Subject, letter.againHeader(), letter.Body); err != nil {
		return fmt.Errorf("%w: %w", ErrBroker, err)
	}
	return nil
}

// redrivenMark is between an event's first id and the letter it was redriven from.
const redrivenMark = "/redriven/"

// againHeader is the event's header for its next life: a new id, which is the same for each try to redrive this letter;
// nothing that JetStream would act on; no time of expiry, because somebody wants the event now.
func (l Letter) againHeader() map[string][]string {
	header := make(map[string][]string, len(l.Header)+2)
	for name, values := range l.Header {
		if !isJetStreams(name) && !strings.EqualFold(name, event.HeaderExpiryTime) {
			header[name] = values
		}
	}
	first, _, _ := strings.Cut(l.EventID, redrivenMark)
	header[event.HeaderMessageID] = []string{fmt.Sprintf("%s%s%s/%d", first, redrivenMark, token(l.Function), l.ID)}
	header[event.HeaderOnly] = []string{l.Function}
	return header
}
