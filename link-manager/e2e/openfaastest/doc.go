// Package openfaastest is a whole OpenFaaS on one Linux machine for tests, as real as it can be without a container
// registry of the world: the real gateway, the real faas-cli, Prometheus, docker, a registry on loopback, and a provider
// that runs deployed images with docker. Only of-watchdog and the other base images of our template are stand-ins, unless
// LINKWELL_WATCHDOG names the real one. It is built with the tag openfaas.
package openfaastest
