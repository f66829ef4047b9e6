package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/linkwell/linkwell/link-manager/client"
)

// progress is an import in a line: what is known of it so far.
func progress(i client.Import) string {
	var b strings.Builder
	if i.Bytes > 0 && i.FinishedAt == nil {
		fmt.Fprintf(&b, "%3d %%  ", 100*i.BytesRead/i.Bytes)
	}
	fmt.Fprintf(&b, "%d done: %d new, %d merged, %d unchanged, %d skipped, %d failed", i.Done, i.Added, i.Merged, i.Unchanged, i.Skipped, i.Failed)
	return b.String()
}

// importPoll is how often is asked how far an import is.
const importPoll = 500 * time.Millisecond
