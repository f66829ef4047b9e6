package disktest

import (
	"errors"
	"fmt"
	"syscall"
)

func mount(folder, options string) error {
	if err := syscall.Mount("tmpfs", folder, "tmpfs", syscall.MS_NOSUID|syscall.MS_NODEV, options); err != nil {
		return fmt.Errorf("mount a small disk on %s: %w", folder, err)
	}
	return nil
}

// unmount takes the disk away even if a file on it is still open.
func unmount(folder string) error { return syscall.Unmount(folder, syscall.MNT_DETACH) }

func full(err error) bool { return errors.Is(err, syscall.ENOSPC) }
