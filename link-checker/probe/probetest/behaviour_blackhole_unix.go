//go:build unix

package probetest

import "github.com/linkwell/linkwell/link-checker/check"

// blackholeBehaviours neither take a connection nor refuse it.
var blackholeBehaviours = []Behaviour{
	{Case: 53, Name: "takes no connection", Hangs: true, Want: finds(check.TimeoutConnect, 0), url: func(w *Web) string { return "http://" + newBlackhole(w.t, w.host) + "/page" }},
}
