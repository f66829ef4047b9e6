package connector

import "log/slog"

// notices are warnings that are given when they begin or change, and not again at each lookup.
type notices struct {
	logger *slog.Logger
	// given are those of the lookup before, and again those of this one, by what they are about.
	given, again map[any]string
}

// begin starts a lookup's notices.
func (n *notices) begin() { n.again = make(map[any]string) }

// warn gives a notice about something, unless the lookup before gave the same. Attributes are as for slog.
func (n *notices) warn(about any, text string, attributes ...any) {
	n.again[about] = text
	if n.given[about] != text {
		n.logger.Warn(text, attributes...)
	}
}

// end forgets what this lookup gave no notice about.
func (n *notices) end() { n.given = n.again }
