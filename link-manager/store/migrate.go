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

// migrate brings the schema up to date. It fails with ErrNewerSchema, and changes nothing, if it is ahead already.
func (s *Store) migrate(ctx context.Context) error {
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
		return fmt.Errorf("%w (schema %d; this one knows %d)", ErrNewerSchema, have, known)
	case have == known:
		return nil
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
