//go:build unix && !linux

package postgrestest

import "syscall"

// endingWithUs is account as it is: only Linux can tell a child that we ended. Stop still ends it.
func endingWithUs(account *syscall.SysProcAttr) *syscall.SysProcAttr { return account }
