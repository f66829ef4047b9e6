package bookmarks

import "errors"

// isItemError reports whether a reader goes on after err.
func isItemError(err error) bool {
	var problem *ItemError
	return errors.As(err, &problem)
}
