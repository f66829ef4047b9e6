// Package provider is what an OpenFaaS gateway has behind it: it runs deployed images with docker, within the limits of
// Community Edition, and calls them. It stands in for faas-netes in tests.
package provider
