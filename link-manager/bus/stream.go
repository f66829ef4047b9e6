package bus

import (
	"context"
	"fmt"
	"strings"
)

// StreamOf returns which of the named streams keeps the subject. It fails, naming them, if none does.
func (b *Bus) StreamOf(ctx context.Context, subject string, streams []string) (string, error) {
	for _, name := range streams {
		stream, err := b.js.Stream(ctx, name)
		if err != nil {
			return "", fmt.Errorf("look at stream %s: %w", name, err)
		}
		for _, pattern := range stream.CachedInfo().Config.Subjects {
			if matches(pattern, subject) {
				return name, nil
			}
		}
	}
	return "", fmt.Errorf("no stream of %s keeps the subject %q", strings.Join(streams, ", "), subject)
}

// matches reports whether a NATS subject pattern, in which * stands for one token and > for the rest, covers subject.
func matches(pattern, subject string) bool {
	want, got := strings.Split(pattern, "."), strings.Split(subject, ".")
	for i, token := range want {
		switch {
		case token == ">":
			return len(got) > i
		case i >= len(got) || (token != "*" && token != got[i]):
			return false
		}
	}
	return len(want) == len(got)
}
