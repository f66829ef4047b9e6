package imports

import (
	"context"
	"io"
)

// content reads the file of an import piece by piece, of which it holds one.
type content struct {
	ctx   context.Context //nolint:containedctx // io.Reader has none, and this one lives as long as its call
	store Store
	id    string
	next  int
	rest  []byte
	// read is how much was read.
	read int64
}

// Read implements io.Reader. It fails as the store does.
func (c *content) Read(p []byte) (int, error) {
	if len(c.rest) == 0 {
		chunk, ok, err := c.store.ImportChunk(c.ctx, c.id, c.next)
		if err != nil {
			return 0, err
		}
		if !ok {
			return 0, io.EOF
		}
		c.next++
		c.rest = chunk
	}
	n := copy(p, c.rest)
	c.rest = c.rest[n:]
	c.read += int64(n)
	return n, nil
}
