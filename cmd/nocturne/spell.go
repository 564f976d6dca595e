package main

import (
	"context"
	"path/filepath"

	"github.com/nocturne/nocturne/ui/spell"
)

// spell starts the system's hunspell; the reader's own words are in words.txt of the
// home.
func (env *environment) spell(ctx context.Context) (*spell.Speller, error) {
	return spell.Start(ctx, spell.Options{Personal: filepath.Join(env.Home, "words.txt")})
}
