// Package process runs other programs for tests: some to their end, some beside the test.
package process
