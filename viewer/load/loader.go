package load

import (
	"sync"

	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/seal"
	"github.com/nocturne/nocturne/viewer"
)

// FileLoader reads from the cache's files. Decoded frames are kept up to a bound
// in bytes, least recently shown first to go; what is wanted now always stays.
//
// A CT slice of 512² is 0.5 MiB decoded: 512 MiB hold a thousand.
type FileLoader struct {
	limit int64
	wake  func()
	wg    sync.WaitGroup

	mu      sync.Mutex // guards all below
	work    *sync.Cond
	epoch   int // rises by one on Forget: work of an older one is thrown away
	headers []viewer.Object
	unread  int // of headers, also those a worker holds
	arrived []Header
	pixels  bool
	now     []Frame
	soon    []Frame
	busy    map[string]bool
	frames  map[string]*decoded
	bytes   int64
	tick    int64
	files   files
	closed  bool
	inline  bool
	headed  map[string]Header // of one that reads for another: what arrived; else nil
	given   Prepared          // by another Loader
	full    bool              // what is wanted soon does not fit: nothing is read ahead until the next Want
}

type decoded struct {
	image *pixel.Image
	err   error
	bytes int64
	used  int64
}

func (d *decoded) preview() bool { return d.image != nil && d.image.Preview != nil }

// NewFileLoader reads with a number of workers and keeps limit bytes of decoded
// frames. wake is called, from a worker, whenever something arrived. With no
// workers everything is read within Arrived and nothing ahead: for tests and
// one-shot pictures.
func NewFileLoader(workers int, limit int64, wake func()) *FileLoader {
	l := &FileLoader{limit: limit, wake: wake, busy: map[string]bool{}, frames: map[string]*decoded{}, inline: workers == 0}
	l.work = sync.NewCond(&l.mu)
	for range workers {
		l.wg.Go(l.serve)
	}
	return l
}

// Read implements Loader.
func (l *FileLoader) Read(objects []viewer.Object) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, o := range objects {
		if !l.fromGiven(o) {
			l.headers = append(l.headers, o)
			l.unread++
		}
	}
	l.work.Broadcast()
}

// Want implements Loader.
func (l *FileLoader) Want(now, soon []Frame) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now, l.soon, l.full = now, soon, false
	l.work.Broadcast()
}

// Reading implements Loader.
func (l *FileLoader) Reading() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.unread + len(l.arrived)
}

// Held implements Loader.
func (l *FileLoader) Held() Held {
	l.mu.Lock()
	defer l.mu.Unlock()
	return Held{Frames: len(l.frames), Bytes: l.bytes, Limit: l.limit}
}

// Decoded implements Loader.
func (l *FileLoader) Decoded(keys []string) []bool {
	out := make([]bool, len(keys))
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, k := range keys {
		f := l.frames[k]
		out[i] = f != nil && f.image != nil && !f.preview()
	}
	return out
}

// Bound implements Loader.
func (l *FileLoader) Bound(bytes int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.limit = bytes; l.bytes > l.limit {
		l.evict(false)
	}
	l.full = false
	l.work.Broadcast()
}

// Arrived implements Loader.
func (l *FileLoader) Arrived() ([]Header, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.inline {
		job, ok := l.next(false)
		if !ok {
			break
		}
		l.do(job)
	}
	headers, pixels := l.arrived, l.pixels
	l.arrived, l.pixels = nil, false
	return headers, pixels
}

// Image implements Loader.
func (l *FileLoader) Image(f Frame) (*pixel.Image, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	d := l.frames[f.Key()]
	if d == nil {
		return nil, nil
	}
	l.tick++
	d.used = l.tick
	return d.image, d.err
}

// Forget implements Loader.
func (l *FileLoader) Forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.forget()
}

func (l *FileLoader) forget() {
	l.epoch++
	l.headers, l.arrived, l.now, l.soon = nil, nil, nil, nil
	l.files.forget()
	l.given = Prepared{}
	if l.headed != nil {
		l.headed = map[string]Header{}
	}
	l.unread, l.pixels, l.bytes = 0, false, 0
	l.busy, l.frames = map[string]bool{}, map[string]*decoded{}
}

// Close implements Loader.
func (l *FileLoader) Close() {
	l.mu.Lock()
	l.forget()
	l.closed = true
	l.work.Broadcast()
	l.mu.Unlock()
	l.wg.Wait()
}

// job is a header to read, or a frame to decode.
type job struct {
	epoch  int
	header *viewer.Object
	frame  Frame
}

// next picks what is most urgent: what is on screen, then headers, then what may
// be on screen soon. The caller holds mu.
func (l *FileLoader) next(ahead bool) (job, bool) {
	if f, ok := l.missing(l.now); ok {
		return job{epoch: l.epoch, frame: f}, true
	}
	if len(l.headers) > 0 {
		o := l.headers[0]
		l.headers = l.headers[1:]
		return job{epoch: l.epoch, header: &o}, true
	}
	if ahead && !l.full && (l.bytes < l.limit || l.evict(true)) {
		if f, ok := l.missing(l.soon); ok {
			return job{epoch: l.epoch, frame: f}, true
		}
	}
	return job{}, false
}

func (l *FileLoader) missing(frames []Frame) (Frame, bool) {
	for _, f := range frames {
		k := f.Key()
		if (l.frames[k] == nil || l.frames[k].preview()) && !l.busy[k] {
			l.busy[k] = true
			return f, true
		}
	}
	return Frame{}, false
}

func (l *FileLoader) serve() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		j, ok := l.next(true)
		switch {
		case l.closed:
			return
		case !ok:
			l.work.Wait()
			continue
		}
		if l.do(j); l.wake != nil {
			l.mu.Unlock()
			l.wake()
			l.mu.Lock()
		}
	}
}

// mine is a job's object with a copy of its key, because whoever gave the key may clear
// it as soon as Forget returned. It is called with mu held.
func mine(j job) (o viewer.Object, own *seal.Key) {
	if o = j.frame.Object; j.header != nil {
		o = *j.header
	}
	own = new(seal.Key)
	if o.Key != nil {
		*own = *o.Key
		o.Key = own
	}
	return o, own
}

// do works with mu released and keeps the result unless the case is another now.
func (l *FileLoader) do(j job) {
	read, own := mine(j)
	defer own.Zero()
	if j.header != nil {
		l.mu.Unlock()
		f, err := read.Header()
		l.mu.Lock()
		if j.epoch == l.epoch {
			l.unread--
			l.arrived = append(l.arrived, Header{Object: *j.header, File: f, Err: err})
			if l.headed != nil {
				l.headed[j.header.SOPUID] = Header{Object: viewer.Object{StudyUID: j.header.StudyUID, SeriesUID: j.header.SeriesUID, SOPUID: j.header.SOPUID, Path: j.header.Path}, File: f, Err: err}
			}
		}
		return
	}
	o := l.files.take(j.frame.Object.Path)
	first := l.frames[j.frame.Key()] == nil && l.onScreen(j.frame.Key())
	l.mu.Unlock()
	o, image, err := decode(read, j.frame.Index, o, first)
	l.mu.Lock()
	l.files.giveBack(o, j.epoch == l.epoch)
	if j.epoch != l.epoch {
		return
	}
	l.keep(j.frame.Key(), image, err)
}
