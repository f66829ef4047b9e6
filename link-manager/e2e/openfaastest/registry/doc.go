// Package registry is Debian's docker-registry on loopback, the only place images of tests are pushed to and pulled from.
package registry
