package deadletter

import (
	"context"
	"fmt"

	"github.com/linkwell/linkwell/link-checker/event"
)

// Count returns how many letters there are of each function. It is one question to the broker, however many there are.
func (l *Letters) Count(ctx context.Context) (map[string]uint64, error) {
	subjects, err := l.Bus.Subjects(ctx, event.StreamDead, event.SubjectDead+".>")
	if err != nil {
		return nil, fmt.Errorf("count dead letters: %w: %w", ErrBroker, err)
	}
	counts := make(map[string]uint64, len(subjects))
	for subject, n := range subjects {
		counts[functionOf(subject)] += n
	}
	return counts, nil
}
