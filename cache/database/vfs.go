package database

import (
	"strconv"
	"sync"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/util/vfsutil"
	"github.com/ncruces/go-sqlite3/vfs"
	"lukechampine.com/adiantum"
	"lukechampine.com/adiantum/hbsh"

	"github.com/nocturne/nocturne/cache/seal"
)

// layer is an SQLite VFS that enciphers on its way to the one beneath. The key comes
// from the ring by a number in the file's name: no name, statement or log ever holds it.
type layer struct{ vfs.VFS }

// ring holds the keys of the databases that are open.
var ring struct {
	sync.Mutex // guards the rest
	next       int
	keys       map[string]seal.Key
	layers     map[string]bool // by the name of the VFS beneath: it is registered
}

// lend puts a key in the ring and makes sure that there is a layer on the VFS beneath;
// give takes the key out again.
func lend(key seal.Key, beneath string) (layerName, number string, give func()) {
	ring.Lock()
	defer ring.Unlock()
	if ring.keys == nil {
		ring.keys, ring.layers = map[string]seal.Key{}, map[string]bool{}
	}
	layerName = "sealed" + beneath
	if !ring.layers[beneath] {
		vfs.Register(layerName, layer{vfs.Find(beneath)})
		ring.layers[beneath] = true
	}
	ring.next++
	number = strconv.Itoa(ring.next)
	ring.keys[number] = key
	return layerName, number, func() {
		ring.Lock()
		defer ring.Unlock()
		delete(ring.keys, number)
	}
}

func lent(number string) (seal.Key, bool) {
	ring.Lock()
	defer ring.Unlock()
	key, ok := ring.keys[number]
	return key, ok
}

// Open implements vfs.VFS; SQLite asks OpenFilename.
func (l layer) Open(string, vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	return nil, 0, sqlite3.CANTOPEN
}

// OpenFilename implements vfs.VFSFilename. A file without a name is temporary: its key
// is nobody's.
func (l layer) OpenFilename(name *vfs.Filename, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	key := seal.NewKey()
	if name != nil {
		var ok bool
		if key, ok = lent(name.URIParameter("ring")); !ok {
			return nil, flags, sqlite3.CANTOPEN
		}
	}
	f, flags, err := vfsutil.WrapOpenFilename(l.VFS, name, flags)
	if err != nil || flags&(vfs.OPEN_SUPER_JOURNAL|vfs.OPEN_MEMORY) != 0 { // names of files only; nothing on a disk
		return f, flags, err
	}
	log := flags&vfs.OPEN_WAL != 0
	return &file{File: f, cipher: cipherOf(key, log), log: log}, flags, nil
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
