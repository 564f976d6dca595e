package load

import "github.com/nocturne/nocturne/cache/pixel"

// keep takes what was decoded, or why nothing was. A frame read ahead that makes the
// rest too large is not kept. The caller holds mu.
func (l *FileLoader) keep(key string, image *pixel.Image, err error) {
	delete(l.busy, key)
	if old := l.frames[key]; old != nil { // a preview
		l.bytes -= old.bytes
		delete(l.frames, key)
	}
	d := &decoded{image: image, err: err, bytes: 64}
	if image != nil {
		d.bytes += size(image)
	}
	l.tick++
	d.used = l.tick
	l.frames[key], l.bytes, l.pixels = d, l.bytes+d.bytes, true
	if l.bytes <= l.limit || l.evict(true) {
		return
	}
	if l.full = true; l.onScreen(key) {
		l.evict(false)
		return
	}
	l.bytes -= d.bytes // read ahead one too many
	delete(l.frames, key)
}

func (l *FileLoader) onScreen(key string) bool {
	for _, f := range l.now {
		if f.Key() == key {
			return true
		}
	}
	return false
}

// evict drops the frames used longest ago until the rest is below the bound, and
// reports whether it is. What is wanted now stays, and what is wanted soon if so
// asked.
func (l *FileLoader) evict(keepSoon bool) bool {
	stay := map[string]bool{}
	for _, f := range l.now {
		stay[f.Key()] = true
	}
	for _, f := range l.soon {
		stay[f.Key()] = stay[f.Key()] || keepSoon
	}
	for l.bytes >= l.limit {
		oldest := ""
		for k, d := range l.frames {
			if !stay[k] && (oldest == "" || d.used < l.frames[oldest].used) {
				oldest = k
			}
		}
		if oldest == "" {
			return false
		}
		l.bytes -= l.frames[oldest].bytes
		delete(l.frames, oldest)
	}
	return true
}
