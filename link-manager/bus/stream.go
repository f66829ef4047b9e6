package bus

import (
	"cmp"
	"context"
	"fmt"
	"strings"
)

// StreamOf returns the first of the named streams that keeps events of the subject, which may be a pattern: one that has a
// subject in common with it. It fails, naming them, if none does.
func (b *Bus) StreamOf(ctx context.Context, subject string, streams []string) (string, error) {
	var missing error
	for _, name := range streams {
		stream, err := b.js.Stream(ctx, name)
		if err != nil {
			missing = cmp.Or(missing, fmt.Errorf("look at stream %s: %w", name, err))
			continue
		}
		for _, kept := range stream.CachedInfo().Config.Subjects {
			if Overlap(kept, subject) {
				return name, nil
			}
		}
	}
	return "", cmp.Or(missing, fmt.Errorf("no stream of %s keeps the subject %q", strings.Join(streams, ", "), subject))
}

// Overlap reports whether two NATS subject patterns, in which * stands for one token and > for one or more at the end, have a
// subject in common.
func Overlap(a, b string) bool {
	left, right := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(left), len(right)) {
		switch l, r := left[i], right[i]; {
		case l == ">" || r == ">":
			return true
		case l != "*" && r != "*" && l != r:
			return false
		}
	}
	return len(left) == len(right)
}
