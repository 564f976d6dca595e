package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/nocturne/nocturne/worklist/pacs"
)

// aeTitle names this home as a subscriber of worklist events: no two desks share one,
// and a desk has the same every night, so that subscriptions do not pile up.
func (env *environment) aeTitle() string {
	host, _ := os.Hostname()
	home, err := filepath.Abs(env.Home)
	if err != nil {
		home = env.Home
	}
	sum := sha256.Sum256([]byte(host + "\x00" + home))
	return fmt.Sprintf("NOCT-%X", sum[:4])
}

// watchers is a site's archive where it may tell of changes.
func watchers(a pacs.Archive) []pacs.Watcher {
	if w, ok := pacs.As[pacs.Watcher](a); ok {
		return []pacs.Watcher{w}
	}
	return nil
}

// watchPatience is how long the doctor waits for a site to say that it is listening.
const watchPatience = 5 * time.Second

// watchCheck says how changes at a site are learnt: told by events or from its log of
// changes, or asked for every so often.
func watchCheck(ctx context.Context, name string, all []pacs.Watcher, poll time.Duration) check {
	name += " watching"
	asked := fmt.Sprintf("asked every %v", poll)
	if len(all) == 0 {
		return check{name, "ok", asked}
	}
	ctx, cancel := context.WithTimeout(ctx, watchPatience)
	defer cancel()
	how := ""
	err := all[0].Watch(ctx, func(pacs.Change) {
		if l, ok := all[0].(pacs.Listening); ok && how == "" {
			how = l.Listening()
		}
		cancel()
	})
	switch {
	case how == "events":
		return check{name, "ok", "told by events (WebSocket)"}
	case how != "":
		return check{name, "ok", "told by the archive's log of changes"}
	case errors.Is(err, pacs.ErrNoWatch):
		return check{name, "ok", asked + ": the site does not tell of changes"}
	}
	return check{name, "warn", asked + ": " + sentence(err)}
}
