package main

import (
	"io/fs"
	"os"
	"path/filepath"

	"github.com/nocturne/nocturne/assets"
	"github.com/nocturne/nocturne/ui/reading"
)

// macros reads the phrases that come with the program and the reader's own, which
// stand in macros/ of the home.
func (env *environment) macros() ([]reading.Macro, error) {
	own, err := fs.Sub(assets.Macros, "macros")
	if err != nil {
		return nil, err
	}
	return reading.Macros(own, os.DirFS(filepath.Join(env.Home, "macros")))
}
