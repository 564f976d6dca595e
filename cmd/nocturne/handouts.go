package main

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/nocturne/nocturne/cache/disk"
)

// handouts is the folder of the reports that a reader asked for as a PDF, to be printed
// or read out: the only plain words about a patient in the home, and only while the
// terminal runs.
func (env *environment) handouts() string { return filepath.Join(env.Home, "handout") }

// wipeHandouts takes them away: when the terminal ends, and when it starts, for one that
// was killed: that of a second one of the same home goes too.
func (env *environment) wipeHandouts() error {
	files, err := filepath.Glob(filepath.Join(env.handouts(), "report-*.pdf"))
	for _, f := range files {
		err = errors.Join(err, disk.Wipe(disk.OS, f))
	}
	_ = os.Remove(env.handouts()) // where nothing else lies in it
	return err
}
