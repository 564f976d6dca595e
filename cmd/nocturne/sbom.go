package main

import (
	"cmp"
	"errors"
	"runtime/debug"
	"slices"
	"strings"
)

// bom is a software bill of materials in CycloneDX 1.6 JSON (ECMA-424). It is made of
// what the linker wrote into this very program, so it cannot name another build's
// modules. It holds no time and no random number: the same program gives the same bytes.
type bom struct {
	Format       string         `json:"bomFormat"`
	SpecVersion  string         `json:"specVersion"`
	Version      int            `json:"version"`
	Metadata     bomMetadata    `json:"metadata"`
	Components   []bomComponent `json:"components"`
	Dependencies []bomEdge      `json:"dependencies"`
}

type bomMetadata struct {
	Component bomComponent `json:"component"`
}

// bomComponent is a module. Its hash is the one that go.sum pins (h1: SHA-256 over the
// list of its files' hashes), which is no hash of one file: it stands as a property.
type bomComponent struct {
	Type       string        `json:"type"`
	Ref        string        `json:"bom-ref"`
	Name       string        `json:"name"`
	Version    string        `json:"version"`
	Scope      string        `json:"scope,omitempty"`
	PURL       string        `json:"purl,omitempty"`
	Properties []bomProperty `json:"properties,omitempty"`
}

type bomProperty struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type bomEdge struct {
	Ref       string   `json:"ref"`
	DependsOn []string `json:"dependsOn"`
}

// billOfMaterials is that of this program.
func billOfMaterials() (bom, error) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return bom{}, errors.New("this program was linked without its list of modules")
	}
	return billOf(info), nil
}

func billOf(info *debug.BuildInfo) bom {
	main := component("application", info.Main.Path, buildVersion().Version, "")
	b := bom{Format: "CycloneDX", SpecVersion: "1.6", Version: 1, Metadata: bomMetadata{main}}
	b.Components = append(b.Components, component("library", "std", strings.TrimPrefix(info.GoVersion, "go"), ""))
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		b.Components = append(b.Components, component("library", m.Path, m.Version, m.Sum))
	}
	slices.SortFunc(b.Components, func(x, y bomComponent) int { return cmp.Compare(x.Ref, y.Ref) })
	edge := bomEdge{Ref: main.Ref}
	for _, c := range b.Components {
		edge.DependsOn = append(edge.DependsOn, c.Ref)
	}
	b.Dependencies = []bomEdge{edge}
	return b
}

// component names a module by its package URL (ECMA-427, type golang).
func component(kind, path, version, sum string) bomComponent {
	purl := "pkg:golang/" + path + "@" + strings.ReplaceAll(version, "+", "%2B")
	c := bomComponent{Type: kind, Ref: purl, Name: path, Version: version, PURL: purl}
	if kind == "library" {
		c.Scope = "required"
	}
	if sum != "" {
		c.Properties = []bomProperty{{"go.sum", sum}}
	}
	return c
}
