package embedded

import (
	"fmt"
	"log/slog"
	"sync/atomic"

	"github.com/nats-io/nats-server/v2/server"
)

// brokerLog hands what nats-server says to slog. What the server calls fatal is an error here and is remembered: its own
// logger would end the process.
type brokerLog struct {
	logger *slog.Logger
	first  atomic.Pointer[error]
}

var _ server.Logger = (*brokerLog)(nil)

// Noticef is debug here: a notice is what a server process prints about itself.
func (l *brokerLog) Noticef(format string, values ...any) { l.logger.Debug(said(format, values)) }
func (l *brokerLog) Warnf(format string, values ...any)   { l.logger.Warn(said(format, values)) }
func (l *brokerLog) Errorf(format string, values ...any)  { l.logger.Error(said(format, values)) }

// Debugf and Tracef are switched off in the server.
func (l *brokerLog) Debugf(string, ...any) {}
func (l *brokerLog) Tracef(string, ...any) {}

// Fatalf remembers the first reason the server gave for not going on.
func (l *brokerLog) Fatalf(format string, values ...any) {
	err := fmt.Errorf(format, values...)
	l.first.CompareAndSwap(nil, &err)
	l.logger.Error(said(format, values))
}

// fatal is the first reason the server gave for not going on, or nil.
func (l *brokerLog) fatal() error {
	if err := l.first.Load(); err != nil {
		return *err
	}
	return nil
}

func said(format string, values []any) string {
	return "nats-server: " + fmt.Sprintf(format, values...)
}
