package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/linkwell/linkwell/link-manager/serve"
	"github.com/linkwell/linkwell/link-manager/store"
)

// backupCommand copies the database of a link manager that may be running.
type backupCommand struct {
	serve.Database `embed:""`
	File           string `arg:"" type:"path" help:"The copy to write: a database in one file. One that is there is replaced when the new one is whole."`
}

// Run writes the copy whole or not at all.
func (c *backupCommand) Run(ctx context.Context, s streams) error {
	if c.DatabaseURL != "" {
		return usageError{errors.New("the data is in PostgreSQL (DATABASE_URL): back it up with pg_dump, which reads one moment too")}
	}
	if info, err := os.Stat(c.File); err == nil && !info.Mode().IsRegular() {
		return usageError{fmt.Errorf("%s is no regular file; name one to write the copy to", c.File)}
	}
	path := c.SQLiteFile()
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return usageError{fmt.Errorf("there is no database in %s; --data-dir or DATA_DIR names the folder that has it", c.DataDir)}
	}
	part, err := os.CreateTemp(filepath.Dir(c.File), filepath.Base(c.File)+".*.part")
	if err != nil {
		return fmt.Errorf("write the backup: %w", err)
	}
	links, err := store.Backup(ctx, path, part.Name())
	if err = errors.Join(err, part.Close()); err == nil {
		err = os.Rename(part.Name(), c.File)
	}
	if err != nil {
		return errors.Join(err, os.Remove(part.Name()))
	}
	_, err = fmt.Fprintf(s.out, "%s has %d links.\n", c.File, links)
	return err
}
