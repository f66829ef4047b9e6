package doctor

import (
	"context"
	"fmt"

	"github.com/linkwell/linkwell/link-manager/store"
)

// database looks whether links can be kept.
func (e *examination) database(ctx context.Context) {
	const about = "database"
	ctx, cancel := context.WithTimeout(ctx, 2*patience)
	defer cancel()
	asked := e.Now()
	found, err := store.Examine(ctx, e.Database)
	if err != nil {
		remedy := "DATA_DIR must name the folder with linkwell.db, which this user may read and write."
		if e.Database.URL != "" {
			remedy = "DATABASE_URL must name the server, database, user and password as this machine reaches it; psql with the same URL says more."
		}
		e.wrong(about, err.Error(), remedy)
		return
	}
	if !found.Now.IsZero() {
		e.clock("the database server", found.Now, asked, e.Now())
	}
	switch {
	case found.ReadOnly:
		e.wrong(about, "the database server takes no writes", "Name the primary in DATABASE_URL: this is a replica, or default_transaction_read_only is set for this user.")
	case found.Schema > found.Known:
		e.wrong(about, fmt.Sprintf("the database was written by a newer Linkwell (schema %d; this one knows %d)", found.Schema, found.Known),
			"Run that version, or restore the backup from before the upgrade.")
	case found.Schema < found.Known:
		e.advise(about, fmt.Sprintf("the database has schema %d, and this Linkwell knows %d", found.Schema, found.Known),
			"The link manager brings it up to date when it starts. Back it up first, and stop older link managers.")
	default:
		e.fine(about, fmt.Sprintf("it can be used, and has the newest schema (%d)", found.Schema))
	}
}
