package postgrestest

import "syscall"

// endingWithUs is account for a child that gets a signal when we end, even by a crash or a test's time limit.
func endingWithUs(account *syscall.SysProcAttr) *syscall.SysProcAttr {
	with := *account
	with.Pdeathsig = syscall.SIGINT
	return &with
}
