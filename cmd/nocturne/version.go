package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version is the release, set by -ldflags "-X main.version=…".
var version = "0.1.0-dev"

func versionCommand(env *environment) *cobra.Command {
	var sbom bool
	c := &cobra.Command{
		Use: "version", Short: "Print the version", Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			if sbom {
				b, err := billOfMaterials()
				if err != nil {
					return err
				}
				return env.printJSON(b)
			}
			v := buildVersion()
			if env.JSON {
				return env.printJSON(v)
			}
			fmt.Fprintf(env.Out, "nocturne %s (%s, %s, %s)\n", v.Version, v.Revision, v.Go, v.Platform)
			return nil
		},
	}
	c.Flags().BoolVar(&sbom, "sbom", false, "print what this program is made of (CycloneDX JSON)")
	return c
}

type versionInfo struct {
	Version  string `json:"version"`
	Revision string `json:"revision"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func buildVersion() versionInfo {
	v := versionInfo{Version: version, Revision: "unknown revision", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" && len(s.Value) >= 12 {
				v.Revision = s.Value[:12]
			}
		}
	}
	return v
}
