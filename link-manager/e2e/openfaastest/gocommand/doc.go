// Package gocommand is the go command on the PATH.
package gocommand
