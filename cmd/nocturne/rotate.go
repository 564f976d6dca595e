package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/nocturne/nocturne/cache/access"
	"github.com/nocturne/nocturne/cache/disk"
	"github.com/nocturne/nocturne/cache/store"
	"github.com/spf13/cobra"
)

func rotateCommand(env *environment) *cobra.Command {
	return &cobra.Command{
		Use: "rotate", Short: "Give the reader a new key and seal every study's key under it", Args: noArgs,
		Long: "For a reader's key that may be known to somebody. Images are not written again: each study has a\n" +
			"key of its own, which is sealed under the new reader's key, and then the old one is thrown away.\n" +
			"Every other nocturne of this home has to end first. What was cut short goes on when it is called\n" +
			"again; nothing is lost meanwhile. Exit 0: the old key is gone; 1: it is not.",
		RunE: func(c *cobra.Command, _ []string) error { return env.rotate(c.Context()) },
	}
}

// rotated is what `rotate --json` prints.
type rotated struct {
	Studies int `json:"studies"`
	Damaged int `json:"damaged"`
}

func (env *environment) rotate(ctx context.Context) error {
	env.closeRing()
	var done store.Rewrapped
	o := env.askingOnce()
	err := access.Rotate(env.Home, o, func(again func([]byte, string) ([]byte, error)) (err error) {
		done, err = store.Rewrap(disk.OS, filepath.Join(env.Home, "cache"), again)
		return err
	})
	if err == nil {
		err = env.changed(ctx, o, "the reader's key was changed")
	}
	if err != nil {
		return err
	}
	if env.JSON {
		return env.printJSON(rotated(done))
	}
	fmt.Fprintf(env.Out, "The reader has a new key. Studies whose key is sealed under it: %d.\n", done.Studies-done.Damaged)
	if done.Damaged > 0 {
		fmt.Fprintf(env.Out, "Studies whose key was damaged already, to be fetched again: %d.\n", done.Damaged)
	}
	return nil
}
