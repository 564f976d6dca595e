package disktest

import (
	"maps"
	"math/rand/v2"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// inode is a file or, with names, a folder.
type inode struct {
	names map[string]*inode // of a folder, as they are now

	// What the disk held when it was filled.
	data  []byte
	began map[string]*inode
}

func folder() *inode { return &inode{names: map[string]*inode{}} }

// begin takes what a folder holds now, and all below, for what was always there.
func (i *inode) begin() {
	i.began = maps.Clone(i.names)
	for _, n := range i.names {
		n.begin()
	}
}

// parentOf finds the folder of a path's last name; nil when there is none.
func (i *inode) parentOf(rel string) (*inode, string) {
	parts := strings.Split(filepath.ToSlash(rel), "/")
	for _, p := range parts[:len(parts)-1] {
		if i = i.names[p]; i == nil || i.names == nil {
			return nil, ""
		}
	}
	return i, parts[len(parts)-1]
}

// change is one operation: bytes written or cut off, or names set.
type change struct {
	file  *inode
	off   int64
	b     []byte
	cut   bool // to the length off
	names []naming

	durable bool
	doomed  bool // a Sync failed: no later one helps
}

// naming sets, or with nil removes, a name in a folder.
type naming struct {
	in   *inode
	name string
	of   *inode
}

func (n naming) apply() { set(n.in.names, n) }

func set(names map[string]*inode, n naming) {
	if n.of == nil {
		delete(names, n.name)
	} else {
		names[n.name] = n.of
	}
}

// note writes a change down. Callers hold mu.
func (d *Disk) note(c *change) { d.log = append(d.log, c) }

// Image is what a disk holds: the path of every file with its bytes, and of every folder
// with nil.
type Image map[string]any

func (im Image) paths() []string { return slices.Sorted(maps.Keys(im)) }

// after is what the disk holds once what is not durable went the way of the kind.
func (d *Disk) after(k Kind, seed uint64) Image {
	d.mu.Lock()
	defer d.mu.Unlock()
	r := &replay{map[*inode][]byte{}, map[*inode]map[string]*inode{}}
	fate := k.fate(d.log, rand.New(rand.NewPCG(seed, uint64(k))))
	for i, c := range d.log {
		for _, c := range fate(i, c) {
			r.do(c)
		}
	}
	im := Image{}
	r.collect(im, d.root, "")
	return im
}

// replay makes the disk anew from its changes.
type replay struct {
	data  map[*inode][]byte
	names map[*inode]map[string]*inode
}

func (r *replay) in(folder *inode) map[string]*inode {
	if r.names[folder] == nil {
		r.names[folder] = maps.Clone(folder.began)
	}
	if r.names[folder] == nil {
		r.names[folder] = map[string]*inode{}
	}
	return r.names[folder]
}

func (r *replay) do(c *change) {
	for _, n := range c.names {
		set(r.in(n.in), n)
	}
	if c.file == nil {
		return
	}
	b, ok := r.data[c.file]
	if !ok {
		b = slices.Clone(c.file.data)
	}
	end := c.off + int64(len(c.b))
	if grow := end - int64(len(b)); grow > 0 {
		b = append(b, make([]byte, grow)...)
	}
	if c.cut {
		b = b[:c.off]
	}
	copy(b[c.off:], c.b)
	r.data[c.file] = b
}

func (r *replay) collect(im Image, of *inode, at string) {
	for name, n := range r.in(of) {
		p := path.Join(at, name)
		if n.names != nil {
			im[p] = nil
			r.collect(im, n, p)
			continue
		}
		b, ok := r.data[n]
		if !ok {
			b = n.data
		}
		im[p] = append([]byte{}, b...)
	}
}
