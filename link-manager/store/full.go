package store

import (
	"errors"
	"fmt"
)

// ErrDiskFull means that the database's disk has no room for what was to be written. Nothing of it is left, and it can be
// tried again once there is room.
var ErrDiskFull = errors.New("the disk of the database is full")

// explain makes an error of the driver ErrDiskFull too, if it is one.
func (d dialect) explain(err error) error {
	if err != nil && d.full(err) {
		return fmt.Errorf("%w: %w", ErrDiskFull, err)
	}
	return err
}
