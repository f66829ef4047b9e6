package store

import (
	"errors"
	"slices"

	"github.com/linkwell/linkwell/link-manager/link"
)

// Expect says which revisions of a link somebody means who changes it. Nil is any.
type Expect []int64

// ErrChanged means that the link is not what was expected: its owner changed it meanwhile.
var ErrChanged = errors.New("the link was changed meanwhile")

func (e Expect) of(l link.Link) error {
	if e == nil || slices.Contains(e, l.Revision) {
		return nil
	}
	return ErrChanged
}
