package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/pressly/goose/v3"
)

// ErrNewerSchema means that the database has migrations this program does not know: going on could lose what only the
// newer version understands.
var ErrNewerSchema = errors.New("the database was written by a newer Linkwell")

// ErrOlderSchema means that the process that has the database open is an older one: to migrate it under its feet could
// have it fail.
var ErrOlderSchema = errors.New("the database is used by an older Linkwell, which is running")

// migrate brings the schema up to date, unless another process has the database open. It fails with ErrNewerSchema or
// ErrOlderSchema, and changes nothing, if it cannot be used as it is.
func (s *Store) migrate(ctx context.Context, beside bool) error {
	options := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	if s.dialect.migrationLock != nil {
		options = append(options, goose.WithSessionLocker(s.dialect.migrationLock))
	}
	provider, err := goose.NewProvider(s.dialect.goose, s.writer, s.dialect.migrations, options...)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	sources := provider.ListSources()
	known := sources[len(sources)-1].Version
	have, err := provider.GetDBVersion(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("read the schema's version: %w", err)
	case have > known:
		return fmt.Errorf("%w (schema %d; this one knows %d); run that version again, or restore the backup from before the upgrade", ErrNewerSchema, have, known)
	case have == known:
		return nil
	case beside:
		return fmt.Errorf("%w (schema %d; this one knows %d); use the program of that version, or stop it first", ErrOlderSchema, have, known)
	}
	applied, err := provider.Up(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	for _, migration := range applied {
		s.log.Info("migrated the database", "migration", migration.Source.Path, "duration", migration.Duration)
	}
	return nil
}
