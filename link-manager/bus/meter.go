package bus

// Meter counts what goes over a bus.
type Meter interface {
	// Fetched is told of one event that the broker delivered, and to which consumer.
	Fetched(stream, consumer string)
	// Handled is told what became of that event, ack, retry or drop, and which delivery of it this was, from 1.
	Handled(stream, consumer, disposition string, delivery uint64)
	// PublishFailed is told what the broker did not take, and why in a word: timeout, canceled, no_stream, refused,
	// unreachable.
	PublishFailed(subject, class string)
}

// unmetered counts nothing.
type unmetered struct{}

func (unmetered) Fetched(string, string)                 {}
func (unmetered) Handled(string, string, string, uint64) {}
func (unmetered) PublishFailed(string, string)           {}
