package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/nocturne/nocturne/cache/access"
	"github.com/nocturne/nocturne/cache/medium"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/worklist/feed"
)

// mediumFolder is where a home keeps what lasts as long as a medium is open: what a
// ZIP holds, marks, where the reader was.
func (env *environment) mediumFolder() string { return filepath.Join(env.Home, "medium") }

// sweepMedia removes what a crash left of media that were open.
func (env *environment) sweepMedia() { medium.Sweep(env.mediumFolder()) }

// openMedium puts a house together in which a medium is the only site. Its state is
// a folder of its own that goes with it: what was brought never stands beside what is
// assigned, and no network is asked.
func (env *environment) openMedium(ctx context.Context, name string, m *medium.Medium) (h *house, done func() error, err error) {
	config, err := loadConfig(env.Home)
	if err != nil {
		fmt.Fprintf(env.Err, "nocturne: %s; the defaults are used\n", sentence(err))
		config = defaultConfig()
	}
	config.Sites = nil
	folder, remove, err := medium.NewFolder(env.mediumFolder())
	if err != nil {
		return nil, nil, err
	}
	inside := *env
	inside.Home, inside.preset, inside.keys, inside.outer = folder, &config, access.InMemory(), env
	if h, err = inside.open(ctx); err != nil {
		inside.closeRing()
		return nil, nil, errors.Join(err, remove())
	}
	site := reading.MediumSite(name, m)
	h.room.Sites[name], h.room.Display = site, env.display
	h.feed = feed.New([]feed.Site{site.Site}, feed.Options{})
	return h, func() error {
		err := h.Close()
		inside.closeRing()
		return errors.Join(err, remove())
	}, nil
}
