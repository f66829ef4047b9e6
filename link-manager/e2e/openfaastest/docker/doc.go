// Package docker is the docker client on the PATH, against the daemon that the environment names.
package docker
