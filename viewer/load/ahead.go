package load

import "github.com/nocturne/nocturne/viewer"

// Prepared is what one Loader read and decoded of a case for another Loader to begin
// with. It holds no key.
type Prepared struct {
	headers map[string]Header          // by SOP Instance UID
	frames  map[string][]preparedFrame // by SOP Instance UID
}

type preparedFrame struct {
	key string // Frame.Key
	*decoded
}

// NewAheadLoader is a FileLoader that reads for another one, with one worker: see Hand.
func NewAheadLoader(limit int64, wake func()) *FileLoader {
	l := NewFileLoader(1, limit, wake)
	l.headed = map[string]Header{}
	return l
}

// Hand gives away all that was read and decoded since the last Forget, and forgets it.
func (l *FileLoader) Hand() Prepared {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := Prepared{headers: l.headed, frames: map[string][]preparedFrame{}}
	for sop := range l.headed {
		for i := 0; ; i++ { // frames of an object: those near one another are decoded together
			key := (Frame{Object: viewer.Object{SOPUID: sop}, Index: i}).Key()
			d := l.frames[key]
			if d == nil && i > 0 {
				break
			}
			if d != nil && d.image != nil && !d.preview() {
				p.frames[sop] = append(p.frames[sop], preparedFrame{key, d})
			}
		}
	}
	l.forget()
	return p
}

// Accept begins a case with what another Loader prepared: objects that are asked for by
// Read and were prepared arrive at once, their frames are here. What is not asked for is
// never shown; Forget drops all of it.
func (l *FileLoader) Accept(p Prepared) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.given = p
}

// same tells whether two name one file of one instance. Keys are copies of one another.
func same(a, b viewer.Object) bool {
	return a.StudyUID == b.StudyUID && a.SeriesUID == b.SeriesUID && a.SOPUID == b.SOPUID && a.Path == b.Path
}

// fromGiven takes an object that was prepared. l.mu is held.
func (l *FileLoader) fromGiven(o viewer.Object) bool {
	h, ok := l.given.headers[o.SOPUID]
	if !ok || h.Err != nil || !same(h.Object, o) {
		return false
	}
	l.arrived = append(l.arrived, Header{Object: o, File: h.File})
	for _, f := range l.given.frames[o.SOPUID] {
		if l.frames[f.key] == nil && l.bytes+f.bytes <= l.limit {
			l.tick++
			f.used = l.tick
			l.frames[f.key], l.bytes, l.pixels = f.decoded, l.bytes+f.bytes, true
		}
	}
	delete(l.given.headers, o.SOPUID)
	delete(l.given.frames, o.SOPUID)
	return true
}
