// Package compat has programs made for other link managers work with Linkwell: each of their APIs is a package below.
package compat

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/linkwell/linkwell/link-manager/api"
	"github.com/linkwell/linkwell/link-manager/compat/linkding"
	"github.com/linkwell/linkwell/link-manager/compat/pinboard"
)

// Store is what these APIs ask of the store.
type Store interface {
	linkding.Store
	pinboard.Store
}

// Names are the APIs that New knows.
func Names() []string { return []string{"linkding", "pinboard"} }

// Parse reads the names of APIs as people write them, with spaces around them. It fails with a sentence if one is not among
// Names.
func Parse(texts []string) (names []string, err error) {
	for _, text := range texts {
		switch name := strings.ToLower(strings.TrimSpace(text)); {
		case name == "":
		case slices.Contains(Names(), name):
			names = append(names, name)
		default:
			return nil, fmt.Errorf("%q is not known; it may be %s, both with a comma between them, or empty", name, strings.Join(Names(), " or "))
		}
	}
	return names, nil
}

// New returns the APIs with these names; now is the clock, nil means time.Now.
func New(names []string, s Store, now func() time.Time) []api.Mount {
	if now == nil {
		now = time.Now
	}
	var mounts []api.Mount
	if slices.Contains(names, "linkding") {
		mounts = append(mounts, linkding.New(s, now))
	}
	if slices.Contains(names, "pinboard") {
		mounts = append(mounts, pinboard.New(s, now))
	}
	return mounts
}
