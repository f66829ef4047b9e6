package bus

// Meter counts what goes over a bus.
type Meter interface {
	// Fetched is told of one event that the broker delivered, and to which consumer.
	Fetched(stream, consumer string)
	// PublishFailed is told what the broker did not take, and why in a word: timeout, canceled, no_stream, refused,
	// unreachable.
	PublishFailed(subject, class string)
}

// unmetered counts nothing.
type unmetered struct{}

func (unmetered) Fetched(string, string)       {}
func (unmetered) PublishFailed(string, string) {}
