package main

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime/debug"
)

// sbom is what we tell in a CycloneDX document (specification 1.6): what the program is made of, by its package URLs.
type sbom struct {
	Format     string          `json:"bomFormat"`
	Version    string          `json:"specVersion"`
	Revision   int             `json:"version"`
	Metadata   sbomMetadata    `json:"metadata"`
	Components []sbomComponent `json:"components"`
}

type sbomMetadata struct {
	Component sbomComponent `json:"component"`
}

type sbomComponent struct {
	Type       string         `json:"type"`
	Name       string         `json:"name"`
	Version    string         `json:"version"`
	PackageURL string         `json:"purl"`
	Properties []sbomProperty `json:"properties,omitempty"`
}

type sbomProperty struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// writeSBOM writes the modules that Go recorded in the program, with the sums that go.sum has of them, and Go itself.
func writeSBOM(w io.Writer, build *debug.BuildInfo) error {
	document := sbom{Format: "CycloneDX", Version: "1.6", Revision: 1}
	document.Metadata.Component = component("application", build.Main.Path, versionOf(build), "")
	document.Components = append(document.Components, component("library", "std", build.GoVersion, ""))
	for _, module := range build.Deps {
		if module.Replace != nil {
			module = module.Replace
		}
		document.Components = append(document.Components, component("library", module.Path, module.Version, module.Sum))
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(document); err != nil {
		return fmt.Errorf("print the modules: %w", err)
	}
	return nil
}

func component(kind, path, version, sum string) sbomComponent {
	c := sbomComponent{Type: kind, Name: path, Version: version, PackageURL: "pkg:golang/" + path + "@" + version}
	if sum != "" {
		c.Properties = []sbomProperty{{"go.sum", sum}}
	}
	return c
}
