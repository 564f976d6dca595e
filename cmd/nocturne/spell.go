package main

import (
	"context"
	"path/filepath"

	"github.com/nocturne/nocturne/ui/spell"
)

// spell starts the system's hunspell; the reader's own words are sealed in the home. What
// lies in words.txt is taken over.
func (env *environment) spell(ctx context.Context) (*spell.Speller, error) {
	ring, err := env.ring()
	if err != nil {
		return nil, err
	}
	return spell.Start(ctx, spell.Options{Personal: spell.Own{
		Path: filepath.Join(env.Home, "words"), Key: ring.Key("files"), Plain: filepath.Join(env.Home, "words.txt")}})
}
