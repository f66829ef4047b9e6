package main

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"
)

// version and commit are set by whoever builds a release or an image (-ldflags "-X main.version=… -X main.commit=…"). Where
// nobody did, Go's own record of the build says what it knows.
var version, commit string

type versionCommand struct {
	SBOM bool `name:"sbom" help:"Print the modules it was built from, as a CycloneDX document in JSON."`
}

// Run prints the version, the commit and Go's version on one line, for people and for who reports a fault.
func (c *versionCommand) Run(s streams) error {
	build, ok := debug.ReadBuildInfo()
	if !ok {
		build = &debug.BuildInfo{}
	}
	if c.SBOM {
		return writeSBOM(s.out, build)
	}
	_, err := fmt.Fprintln(s.out, describeBuild(build))
	return err
}

// describeBuild is like "link-manager v1.2.3 (commit 0123abcd, go1.26.8 linux/amd64)"; what is not known is left out. A
// commit that the code was changed after is told.
func describeBuild(build *debug.BuildInfo) string {
	return fmt.Sprintf("link-manager %s (commit %s, %s %s/%s)", versionOf(build), commitOf(build), cmp.Or(build.GoVersion, runtime.Version()), runtime.GOOS, runtime.GOARCH)
}

// versionOf is the release; a build from a working copy is devel.
func versionOf(build *debug.BuildInfo) string {
	recorded := build.Main.Version
	if recorded == "(devel)" {
		recorded = ""
	}
	return cmp.Or(version, recorded, "devel")
}

func commitOf(build *debug.BuildInfo) string {
	settings := map[string]string{}
	for _, s := range build.Settings {
		settings[s.Key] = s.Value
	}
	recorded := settings["vcs.revision"]
	if recorded != "" && settings["vcs.modified"] == "true" {
		recorded += ", changed since"
	}
	return cmp.Or(commit, recorded, "unknown")
}
