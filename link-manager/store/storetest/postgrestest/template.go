package postgrestest

import (
	"context"
	"sync"
	"testing"
)

// Template is a database that others are copies of, because to copy one takes less time than to fill it.
type Template struct {
	// Fill fills the empty database at the URL, once, and leaves no connection open.
	Fill func(ctx context.Context, url string) error

	once sync.Once
	name string
	err  error
}

// URL is like the function URL, but the database is a copy of the template.
func (m *Template) URL(t testing.TB) string {
	t.Helper()
	server := serverURL(t)
	m.once.Do(func() {
		m.name = newName()
		if m.err = execute(server, `CREATE DATABASE `+m.name); m.err != nil {
			return
		}
		shared.Lock()
		shared.atStop = append(shared.atStop, func() { _ = execute(server, `DROP DATABASE `+m.name+` WITH (FORCE)`) })
		shared.Unlock()
		m.err = m.Fill(t.Context(), onServer(t, server, m.name))
	})
	if m.err != nil {
		t.Fatalf("fill the template: %v", m.err)
	}
	return create(t, server, m.name)
}
