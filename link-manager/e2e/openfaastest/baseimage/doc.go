// Package baseimage makes the images that template/golang-http/Dockerfile starts from, under their public names, out of
// what is on this machine: Go and its module cache, Debian's busybox-static, the system's certificates, and a watchdog.
// With them docker builds functions without any registry and without a network.
package baseimage
