package demo

import (
	"bytes"
	"container/list"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/seal"
)

// content is where an object's Part 10 bytes come from. One field is used.
type content struct {
	path   string    // a file, served as it lies on disk
	key    *seal.Key // that the file is sealed with; nil: it is not
	size   int64     // of the file when its header was read
	mod    time.Time
	bytes  []byte // held in memory
	render func() ([]byte, error)
}

var errFileChanged = errors.New("the file changed since its header was read")

// size is the object's length when it is known without making it, or -1.
func (in *instance) size() int64 {
	switch {
	case in.content.path != "":
		return in.content.size
	case in.content.bytes != nil:
		return int64(len(in.content.bytes))
	}
	return -1
}

// body is an object or a part of one as a stream.
type body interface {
	io.ReadSeeker
	io.Closer
}

type memory struct{ *bytes.Reader }

func (memory) Close() error { return nil }

func inMemory(b []byte) body { return memory{bytes.NewReader(b)} }

// open gives the object's bytes as a stream.
func (a *Archive) open(in *instance) (body, error) {
	if in.content.path == "" {
		b, err := a.bytes(in)
		return inMemory(b), err
	}
	return in.openStored()
}

// bytes gives the object whole. The caller must not change it.
func (a *Archive) bytes(in *instance) ([]byte, error) {
	switch {
	case in.content.path != "":
		f, err := in.openStored()
		if err != nil {
			return nil, err
		}
		defer f.Close()
		b := make([]byte, in.content.size)
		if _, err := io.ReadFull(f, b); err != nil {
			return nil, fmt.Errorf("read object: %w", err)
		}
		return b, nil
	case in.content.bytes != nil:
		return in.content.bytes, nil
	}
	return a.pixels.get(in.sop, in.content.render)
}

// etag is a strong validator: it changes when the bytes do. "" when they cannot
// be had.
func (a *Archive) etag(in *instance) string {
	if in.content.path != "" {
		h := sha256.Sum256([]byte(string(in.sop) + strconv.FormatInt(in.content.size, 10) + in.content.mod.UTC().String()))
		return `"` + hex.EncodeToString(h[:16]) + `"`
	}
	if tag := in.tag.Load(); tag != nil {
		return *tag
	}
	b, err := a.bytes(in)
	if err != nil {
		return ""
	}
	h := sha256.Sum256(b)
	tag := `"` + hex.EncodeToString(h[:16]) + `"`
	in.tag.Store(&tag)
	return tag
}

// explicit gives the object in Explicit VR Little Endian: re-encoded when it is
// stored uncompressed in another syntax.
func (a *Archive) explicit(in *instance) (body, error) {
	b, err := a.bytes(in)
	if err != nil {
		return nil, err
	}
	f, err := dicom.Parse(b)
	if err != nil {
		return nil, fmt.Errorf("re-encode object: %w", err)
	}
	out, err := dicom.Bytes(f.Dataset, f.Pixel.Native)
	if err != nil {
		return nil, fmt.Errorf("re-encode object: %w", err)
	}
	return inMemory(out), nil
}

// part10 makes the file of a source's instance.
func part10(h *dicom.Dataset, pixels func() ([]byte, error)) ([]byte, error) {
	var native []byte
	if pixels != nil {
		var err error
		if native, err = pixels(); err != nil {
			return nil, fmt.Errorf("make pixels: %w", err)
		}
	}
	b, err := dicom.Bytes(h, native)
	if err != nil {
		return nil, fmt.Errorf("make object: %w", err)
	}
	return b, nil
}

// renderLimit bounds the objects kept after they were made: 512 CT slices.
const renderLimit = 256 << 20

// renderCache keeps the most recently used objects up to limit bytes. Two who
// ask for the same object at once wait for one making of it.
type renderCache struct {
	mu    sync.Mutex
	limit int64
	size  int64                       // guarded by mu
	items map[dicom.UID]*list.Element // guarded by mu; of *rendered
	used  *list.List                  // guarded by mu; most recent first
}

type rendered struct {
	sop   dicom.UID
	ready chan struct{} // closed when bytes and err are set
	bytes []byte
	err   error
}

func newRenderCache(limit int64) *renderCache {
	return &renderCache{limit: limit, items: map[dicom.UID]*list.Element{}, used: list.New()}
}

func (c *renderCache) get(sop dicom.UID, render func() ([]byte, error)) ([]byte, error) {
	c.mu.Lock()
	if el := c.items[sop]; el != nil {
		c.used.MoveToFront(el)
		r := el.Value.(*rendered)
		c.mu.Unlock()
		<-r.ready
		return r.bytes, r.err
	}
	r := &rendered{sop: sop, ready: make(chan struct{})}
	el := c.used.PushFront(r)
	c.items[sop] = el
	c.mu.Unlock()

	b, err := safely(render)
	c.mu.Lock()
	defer c.mu.Unlock()
	r.bytes, r.err = b, err
	close(r.ready)
	if err != nil {
		c.drop(el)
		return nil, err
	}
	c.size += int64(len(b))
	c.evict(el)
	return b, nil
}

// safely turns a panic into an error: those who wait for the object must hear.
func safely(render func() ([]byte, error)) (b []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			b, err = nil, fmt.Errorf("make object: panic: %v", r)
		}
	}()
	return render()
}

// evict drops the least recently used that are ready, but never keep.
func (c *renderCache) evict(keep *list.Element) {
	for el := c.used.Back(); el != nil && c.size > c.limit; {
		prev := el.Prev()
		if r := el.Value.(*rendered); el != keep && r.bytes != nil {
			c.size -= int64(len(r.bytes))
			c.drop(el)
		}
		el = prev
	}
}

func (c *renderCache) drop(el *list.Element) {
	c.used.Remove(el)
	delete(c.items, el.Value.(*rendered).sop)
}
