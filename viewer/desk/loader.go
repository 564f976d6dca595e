package desk

import (
	"errors"
	"io/fs"
	"strconv"
	"sync"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer"
)

// Frame names the pixels of one frame of one object.
type Frame struct {
	Object viewer.Object
	Index  int // from 0
}

func (f Frame) key() string { return f.Object.SOPUID + "/" + strconv.Itoa(f.Index) }

// Header is one object's header, or why there is none.
type Header struct {
	Object viewer.Object
	File   *dicom.File
	Err    error
}

// Loader reads objects and decodes frames, off the Desk's thread if it likes.
// Calls return at once. What it gives is never of a case before the last Forget.
type Loader interface {
	// Read asks for headers, which come from Arrived in any order.
	Read(objects []viewer.Object)
	// Want asks for frames, the most urgent first, and replaces what was wanted
	// before: now is on screen, soon may be.
	Want(now, soon []Frame)
	// Arrived gives the headers since the last call, and whether any frame came.
	Arrived() (headers []Header, pixels bool)
	// Image gives a frame that is here, or why it never will be. Nil and nil: not
	// yet, or no longer. A Preview may come before the frame itself.
	Image(f Frame) (*pixel.Image, error)
	// Reading is how many headers were asked for and did not yet arrive.
	Reading() int
	// Held is what of decoded frames is kept.
	Held() Perf
	// Decoded reports which frames, by Frame.key, are here, not as previews.
	Decoded(keys []string) []bool
	// Bound sets how many bytes of decoded frames are kept.
	Bound(bytes int64)
	// Forget drops everything: another case.
	Forget()
	// Close forgets and ends all work; it waits for what is being read.
	Close()
}

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
	full    bool // what is wanted soon does not fit: nothing is read ahead until the next Want
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
	l.headers = append(l.headers, objects...)
	l.unread += len(objects)
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
func (l *FileLoader) Held() Perf {
	l.mu.Lock()
	defer l.mu.Unlock()
	return Perf{Frames: len(l.frames), Bytes: l.bytes, Limit: l.limit}
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
	d := l.frames[f.key()]
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
		k := f.key()
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

// do works with mu released and keeps the result unless the case is another now.
func (l *FileLoader) do(j job) {
	if j.header != nil {
		l.mu.Unlock()
		f, err := dicom.ReadHeader(j.header.Path)
		l.mu.Lock()
		if j.epoch == l.epoch {
			l.unread--
			l.arrived = append(l.arrived, Header{Object: *j.header, File: f, Err: err})
		}
		return
	}
	o := l.files.take(j.frame.Object.Path)
	first := l.frames[j.frame.key()] == nil && l.onScreen(j.frame.key())
	l.mu.Unlock()
	o, image, err := decode(j.frame, o, first)
	l.mu.Lock()
	l.files.giveBack(o, j.epoch == l.epoch)
	if j.epoch != l.epoch {
		return
	}
	l.keep(j.frame.key(), image, err)
}

// decode gives a frame; of a large one that is to be seen at once, and can be read in
// part, first a preview. A file that is not open is opened: of one with many frames
// only those asked for are ever read.
func decode(f Frame, o *opened, first bool) (*opened, *pixel.Image, error) {
	if o == nil {
		file, err := dicom.Open(f.Object.Path)
		if err != nil {
			return nil, nil, err
		}
		o = &opened{path: f.Object.Path, file: file, users: 1}
	}
	if first && previewed(o.file) {
		if image, err := pixel.DecodeReduced(o.file, f.Index, previewLevels); err == nil {
			return o, uptake(o.file, image), nil
		}
	}
	image, err := pixel.Decode(o.file, f.Index)
	if err == nil {
		image = uptake(o.file, image)
	}
	return o, image, err
}

// A preview is made of frames of more than 4 megapixels, an eighth as wide and high: a
// mammogram in JPEG 2000 is seen within 50 ms.
const largeFrame, previewLevels = 4 << 20, 3

// previewed reports whether a preview of a file's frames is worth making: they are
// large and come in a codestream that holds smaller ones.
func previewed(f *dicom.File) bool {
	_, inPart := pixel.Decoders[f.TransferSyntax].(pixel.Reducer)
	return inPart && f.Dataset.IntOr(dicom.Rows, 0)*f.Dataset.IntOr(dicom.Columns, 0) > largeFrame
}

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
		if f.key() == key {
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
		stay[f.key()] = true
	}
	for _, f := range l.soon {
		stay[f.key()] = stay[f.key()] || keepSoon
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

// why says in a sentence why an object cannot be shown. It quotes no value.
func why(err error) string {
	var unsupported *dicom.UnsupportedError
	var invalid *dicom.InvalidError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "this image is no longer in the cache"
	case errors.As(err, &unsupported):
		return "cannot be shown: " + unsupported.What + " is not supported"
	case errors.As(err, &invalid):
		return "cannot be shown: " + invalid.Reason
	}
	return "this image cannot be read"
}
