//go:build !unix

package probetest

// blackholeBehaviours are none: only Unix lets a program have a queue of no connections.
var blackholeBehaviours []Behaviour
