package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/gsdf"
)

// displayFile is where the last check of the monitor is kept (N22).
func (env *environment) displayFile() string { return filepath.Join(env.Home, "display-check.json") }

// display is the last check of the monitor; the zero value where there is none that
// can be read. It is read at each case: a check counts from then on.
func (env *environment) display() viewer.Display {
	b, err := os.ReadFile(env.displayFile())
	var c displayCheck
	if err != nil || json.Unmarshal(b, &c) != nil {
		return viewer.Display{}
	}
	out := viewer.Display{Monitor: c.Monitor, Checked: c.At, Megapixels: c.Megapixels}
	for _, floor := range gsdf.Floors {
		for _, r := range c.Results {
			if r.ID == displayID(floor.Use) && r.Status == "pass" {
				out.Passed = append(out.Passed, floor.Use)
			}
		}
	}
	return out
}

// displayID names the finding about a use.
func displayID(use string) string {
	return "gsdf." + strings.ReplaceAll(strings.ToLower(use), ", ", "-")
}
