package main

import (
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/disk"
	"github.com/nocturne/nocturne/worklist/ahead"
	"github.com/nocturne/nocturne/worklist/feed"
)

// fetchAhead makes what fetches cases before they are opened. It fetches nothing until
// it is run.
func (h *house) fetchAhead(env *environment) {
	var sites []feed.Site
	for _, name := range slices.Sorted(maps.Keys(h.sites)) {
		sites = append(sites, h.sites[name].Site.Site)
	}
	room := &diskRoom{cache: filepath.Join(env.Home, "cache"), most: int64(h.config.Limits.CacheGB) * 1e9, left: int64(h.config.Limits.FreeGB) * 1e9}
	h.room.Ahead = ahead.New(ahead.Options{
		Engine: h.room.Fetch, Sites: sites, Mode: ahead.Mode(h.config.Policy.Prefetch), Priors: h.config.Policy.PrefetchPriors,
		Room: room.Room, Held: func(study dicom.UID) int { return len(h.room.Objects(string(study))) }, Now: time.Now,
	})
	for name, o := range h.sites {
		if l := env.known(o.config).Ahead; l != nil {
			h.room.Ahead.Recall(name, *l)
		}
	}
}

// diskRoom is how much may still be fetched ahead: what the disk has, less what is left
// free for others, and no more than the cache may hold.
type diskRoom struct {
	cache string
	most  int64 // bytes of the cache; 0: no bound of its own
	left  int64 // bytes that stay free

	mu     sync.Mutex
	used   int64     // guarded by mu
	looked time.Time // guarded by mu
}

// lookAgain is how long the size of the cache is believed: to add it up takes a second
// where there are a hundred thousand files.
const lookAgain = time.Minute

// Room is how many bytes may still be kept, and why no more.
func (d *diskRoom) Room() (bytes int64, why string) {
	free, err := disk.Free(d.cache)
	if err != nil {
		return 0, "the disk cannot be looked at"
	}
	bytes, why = free-d.left, "no space on the disk"
	if d.most > 0 {
		if left := d.most - d.size(); left < bytes {
			bytes, why = left, "no space (limits.cache_gb)"
		}
	}
	return bytes, why
}

// size is what the cache holds, in bytes.
func (d *diskRoom) size() int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	if time.Since(d.looked) < lookAgain {
		return d.used
	}
	d.used, d.looked = 0, time.Now()
	_ = filepath.WalkDir(d.cache, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return nil // what cannot be read is not counted
		}
		if info, err := e.Info(); err == nil {
			d.used += info.Size()
		}
		return nil
	})
	return d.used
}

// forecasts is how good each site's forecasts were since a time; sites without any are
// left out.
func (h *house) forecasts(since time.Time) map[string]ahead.Accuracy {
	out := map[string]ahead.Accuracy{}
	for name := range h.sites {
		if l, ok := h.room.Ahead.Learned(name); ok {
			if a := l.Of(since); a.Forecasts > 0 {
				out[name] = a
			}
		}
	}
	return out
}

// forecastLines are the same to be read.
func forecastLines(of map[string]ahead.Accuracy) (out []string) {
	for _, name := range slices.Sorted(maps.Keys(of)) {
		out = append(out, fmt.Sprintf("forecasts of %s: %v", name, of[name]))
	}
	return out
}

// thisNight is how far back "this night" goes.
const thisNight = 12 * time.Hour

// forecastCheck is the doctor's line.
func (h *house) forecastCheck() check {
	if lines := forecastLines(h.forecasts(time.Now().Add(-thisNight))); len(lines) > 0 {
		return check{"forecasts", "ok", "of this night: " + strings.ReplaceAll(strings.Join(lines, "; "), "forecasts of ", "")}
	}
	return check{"forecasts", "ok", "none was made in the last 12 h"}
}
