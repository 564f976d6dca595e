package database

import (
	"path/filepath"
	"strconv"
	"sync"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/util/vfsutil"
	"github.com/ncruces/go-sqlite3/vfs"
	"lukechampine.com/adiantum"
	"lukechampine.com/adiantum/hbsh"

	"github.com/nocturne/nocturne/cache/disk"
	"github.com/nocturne/nocturne/cache/seal"
)

// layer is an SQLite VFS that enciphers on its way to the one beneath. The key comes
// from the ring by a number in the file's name: no name, statement or log ever holds it.
type layer struct{ vfs.VFS }

// ring holds the keys of the databases that are open.
var ring struct {
	sync.Mutex // guards the rest
	next       int
	lent       map[string]lent
	layers     map[string]bool // by the name of the VFS beneath: it is registered
}

// lent is what an open database needs of the ring.
type lent struct {
	key seal.Key
	on  disk.FS
}

// lend puts a key in the ring and makes sure that there is a layer on the VFS beneath;
// give takes the key out again.
func lend(key seal.Key, d Disk) (layerName, number string, give func()) {
	ring.Lock()
	defer ring.Unlock()
	if ring.lent == nil {
		ring.lent, ring.layers = map[string]lent{}, map[string]bool{}
	}
	layerName = "sealed" + d.VFS
	if !ring.layers[d.VFS] {
		vfs.Register(layerName, layer{vfs.Find(d.VFS)})
		ring.layers[d.VFS] = true
	}
	ring.next++
	number = strconv.Itoa(ring.next)
	ring.lent[number] = lent{key, d.Files()}
	return layerName, number, func() {
		ring.Lock()
		defer ring.Unlock()
		delete(ring.lent, number)
	}
}

func ask(number string) (lent, bool) {
	ring.Lock()
	defer ring.Unlock()
	l, ok := ring.lent[number]
	return l, ok
}

// Open implements vfs.VFS; SQLite asks OpenFilename.
func (l layer) Open(string, vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	return nil, 0, sqlite3.CANTOPEN
}

// OpenFilename implements vfs.VFSFilename. A file without a name is temporary: its key
// is nobody's.
func (l layer) OpenFilename(name *vfs.Filename, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	its, ok := lent{key: seal.NewKey()}, true
	if name != nil {
		if its, ok = ask(name.URIParameter("ring")); !ok {
			return nil, flags, sqlite3.CANTOPEN
		}
	}
	f, out, err := vfsutil.WrapOpenFilename(l.VFS, name, flags)
	if err != nil || out&(vfs.OPEN_SUPER_JOURNAL|vfs.OPEN_MEMORY) != 0 { // names of files only; nothing on a disk
		return f, out, err
	}
	sealed := &file{File: f, log: flags&vfs.OPEN_WAL != 0}
	sealed.cipher = cipherOf(its.key, sealed.log)
	if name != nil && flags&vfs.OPEN_CREATE != 0 {
		dir := filepath.Dir(name.String())
		sealed.named = func() error { return its.on.SyncDir(dir) }
	}
	return sealed, out, nil
}

// cipherOf is the cipher of a database or of its log: two, so that equal pages at equal
// places differ.
func cipherOf(key seal.Key, log bool) *hbsh.HBSH {
	use := "pages"
	if log {
		use = "log"
	}
	k := key.Derive("database", use)
	return adiantum.New(k[:]) // keeps the slice
}
