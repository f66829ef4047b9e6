// Package imports brings files of bookmarks into the store. An upload is kept there in pieces, and worked on by whichever
// link manager is free: a batch of links and how far the file is read are committed together, so that an import goes on
// where it was, whoever died.
package imports

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/linkwell/linkwell/link-manager/bookmarks"
	"github.com/linkwell/linkwell/link-manager/store"
)

// Inbox is what receiving asks of the store.
type Inbox interface {
	StartImport(ctx context.Context, owner string, draft store.ImportDraft) (store.Import, error)
	AppendImport(ctx context.Context, owner, id string, number int, content []byte) error
	SubmitImport(ctx context.Context, owner, id string) (store.Import, error)
	DeleteImport(ctx context.Context, owner, id string) error
}

// ErrEmpty means that there is nothing in an upload.
var ErrEmpty = errors.New("the file is empty")

const (
	// MaxBytes is the longest file, pictures included: some 100,000 bookmarks with all their icons.
	MaxBytes = 256 << 20
	// chunkBytes is how much of a file one transaction keeps.
	chunkBytes = 256 << 10
)

// Receive keeps the file that it reads, and hands it over as an import. An empty draft.Format is detected. If it fails
// nothing is left: with ErrEmpty, bookmarks.ErrFormat, store.ErrManyImports, or as file or store do.
func Receive(ctx context.Context, inbox Inbox, owner string, draft store.ImportDraft, file io.Reader) (store.Import, error) {
	begin := bufio.NewReaderSize(file, 64<<10)
	if _, err := begin.Peek(1); errors.Is(err, io.EOF) {
		return store.Import{}, ErrEmpty
	} else if err != nil {
		return store.Import{}, fmt.Errorf("read upload: %w", err)
	}
	if draft.Format == "" {
		format, err := bookmarks.Detect(begin)
		if err != nil {
			return store.Import{}, fmt.Errorf("read upload: %w", err)
		}
		draft.Format = format
	}
	file = begin
	if draft.Format == bookmarks.Netscape {
		file = bookmarks.WithoutIcons(begin)
	}
	started, err := inbox.StartImport(ctx, owner, draft)
	if err != nil {
		return store.Import{}, err
	}
	if err := keep(ctx, inbox, owner, started.ID, file); err != nil {
		return store.Import{}, errors.Join(err, inbox.DeleteImport(context.WithoutCancel(ctx), owner, started.ID))
	}
	return inbox.SubmitImport(ctx, owner, started.ID)
}

// keep keeps the file in pieces.
func keep(ctx context.Context, inbox Inbox, owner, id string, file io.Reader) error {
	chunk := make([]byte, chunkBytes)
	for number := 0; ; number++ {
		n, err := io.ReadFull(file, chunk)
		if n > 0 {
			if err := inbox.AppendImport(ctx, owner, id, number, chunk[:n]); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
			return nil
		case err != nil:
			return fmt.Errorf("read upload: %w", err)
		}
	}
}
