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
	path := c.SQLiteFile()
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return usageError{fmt.Errorf("there is no database in %s; --data-dir or DATA_DIR names the folder that has it", c.DataDir)}
	}
	if err := c.apart(); err != nil {
		return err
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

// apart fails with a usageError if the copy would take the place of something that is no copy: the database itself, which a
// running link manager would go on writing to where nobody finds it, or anything else in its folder; a link, a device.
func (c *backupCommand) apart() error {
	if info, err := os.Lstat(c.File); err == nil && !info.Mode().IsRegular() {
		return usageError{fmt.Errorf("%s is no regular file; name one to write the copy to", c.File)}
	}
	data, err := os.Stat(c.DataDir)
	if err != nil {
		return fmt.Errorf("look at the data folder: %w", err)
	}
	folder, err := os.Stat(filepath.Dir(c.File))
	if err != nil {
		return usageError{fmt.Errorf("%s cannot be written: %w", c.File, err)}
	}
	if os.SameFile(data, folder) {
		return usageError{fmt.Errorf("%s is in the folder of the database; name a file in another one", c.File)}
	}
	return nil
}
