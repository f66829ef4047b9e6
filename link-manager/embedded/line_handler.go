package embedded

import (
	"bytes"
	"context"
	"log/slog"
	"slices"
)

// lineHandler makes a line of a function's log of each record: level, message and attributes in slog's text form, without
// the time, which a line has anyway.
type lineHandler struct {
	logs     *Logs
	function string
	// steps are the WithAttrs and WithGroup calls so far, in order.
	steps []func(slog.Handler) slog.Handler
}

var _ slog.Handler = (*lineHandler)(nil)

// Enabled leaves out debugging: it would push what matters out of the ring.
func (h *lineHandler) Enabled(_ context.Context, level slog.Level) bool {
	return level >= slog.LevelInfo
}

// Handle adds the line.
func (h *lineHandler) Handle(ctx context.Context, record slog.Record) error {
	var line bytes.Buffer
	var text slog.Handler = slog.NewTextHandler(&line, &slog.HandlerOptions{ReplaceAttr: withoutTime})
	for _, step := range h.steps {
		text = step(text)
	}
	if err := text.Handle(ctx, record); err != nil {
		return err
	}
	function := h.function
	if called, ok := ctx.Value(functionKey{}).(string); ok {
		function = called
	}
	h.logs.add(function, string(bytes.TrimSuffix(line.Bytes(), []byte("\n"))))
	return nil
}

// WithAttrs returns a handler whose lines all have attributes.
func (h *lineHandler) WithAttrs(attributes []slog.Attr) slog.Handler {
	return h.with(func(text slog.Handler) slog.Handler { return text.WithAttrs(attributes) })
}

// WithGroup returns a handler that puts what follows into a group.
func (h *lineHandler) WithGroup(name string) slog.Handler {
	return h.with(func(text slog.Handler) slog.Handler { return text.WithGroup(name) })
}

// with returns a copy of h with one more step.
func (h *lineHandler) with(step func(slog.Handler) slog.Handler) *lineHandler {
	return &lineHandler{logs: h.logs, function: h.function, steps: append(slices.Clip(h.steps), step)}
}

// withoutTime drops a record's time.
func withoutTime(groups []string, attribute slog.Attr) slog.Attr {
	if len(groups) == 0 && attribute.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return attribute
}
