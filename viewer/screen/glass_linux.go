package screen

import (
	"encoding/binary"
	"errors"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// More X requests (X Protocol, appendix B; MIT-SHM protocol).
const (
	opGetGeometry = 14
	opCreateGC    = 55
	opFreeGC      = 60
	shmAttach     = 1
	shmDetach     = 2
	shmPutImage   = 3
)

// glass puts a canvas into our window by way of memory shared with the X server
// (MIT-SHM), past the engine: where GL is software, its present alone costs more than
// a picture. It is a connection of its own, owned by the game's goroutine.
//
// It is refused where the server is not on this machine, or has pixels of another
// form than 32 bits of blue, green, red; then the engine presents.
type glass struct {
	x      *xcb
	shm    uint8 // opcode of MIT-SHM
	window uint32
	gc     uint32
	depth  uint8
	seg    uint32 // the server's name of mem; 0 while there is none
	mem    []byte
	w, h   int
}

// openGlass finds the window of this process, which must exist.
func openGlass() (*glass, error) {
	x, err := dialX("")
	if err != nil {
		return nil, err
	}
	g := &glass{x: x}
	if err := g.open(); err != nil {
		g.Close()
		return nil, err
	}
	return g, nil
}

func (g *glass) open() error {
	root, ok := g.x.root()
	e := &errand{x: g.x, root: root}
	if g.window = ours(g.x, root, e.atom("_NET_WM_PID")); !ok || g.window == 0 {
		return errors.New("the X server does not know the window")
	}
	r, err := g.x.ask(opQueryExtension, named8(opQueryExtension, "MIT-SHM"))
	if err != nil || r[8] == 0 {
		return errors.New("the X server shares no memory")
	}
	g.shm = r[9]
	geometry := request(opGetGeometry, 0, 8)
	binary.NativeEndian.PutUint32(geometry[4:], g.window)
	if r, err = g.x.ask(opGetGeometry, geometry); err != nil {
		return err
	}
	if g.depth = r[1]; !g.x.plain(g.depth) {
		return errors.New("pixels of the X server are not of 32 bits")
	}
	g.gc = g.x.lib.newID(g.x.conn)
	gc := request(opCreateGC, 0, 16)
	binary.NativeEndian.PutUint32(gc[4:], g.gc)
	binary.NativeEndian.PutUint32(gc[8:], g.window)
	g.x.write(opCreateGC, gc, true)
	return g.settle()
}

// settle waits until the server has done all that was asked, and gives its first
// complaint.
func (g *glass) settle() error {
	if _, err := g.x.ask(opGetInputFocus, request(opGetInputFocus, 0, 4)); err != nil {
		return err
	}
	for ev, ok := g.x.event(); ok; ev, ok = g.x.event() {
		if ev[0] == 0 { // an error (X Protocol, 1)
			return errors.New("the X server refused request " + strconv.Itoa(int(ev[10])) + " with error " + strconv.Itoa(int(ev[1])))
		}
	}
	return nil
}

// memory is the shared memory for a picture of w by h, black when it is new.
func (g *glass) memory(w, h int) ([]byte, error) {
	if g.mem != nil && g.w == w && g.h == h {
		return g.mem, nil
	}
	g.drop()
	id, err := unix.SysvShmGet(unix.IPC_PRIVATE, 4*w*h, unix.IPC_CREAT|0o600)
	if err != nil {
		return nil, os.NewSyscallError("shmget", err)
	}
	// Once both ends have it, the memory goes with the last of them.
	defer func() { _, _ = unix.SysvShmCtl(id, unix.IPC_RMID, nil) }()
	if g.mem, err = unix.SysvShmAttach(id, 0, 0); err != nil {
		return nil, os.NewSyscallError("shmat", err)
	}
	g.seg, g.w, g.h = g.x.lib.newID(g.x.conn), w, h
	attach := request(g.shm, shmAttach, 16)
	binary.NativeEndian.PutUint32(attach[4:], g.seg)
	binary.NativeEndian.PutUint32(attach[8:], uint32(id))
	attach[12] = 1 // the server only reads
	g.x.write(g.shm, attach, true)
	if err := g.settle(); err != nil {
		g.seg = 0
		g.drop()
		return nil, err
	}
	return g.mem[:4*w*h], nil
}

// drop overwrites the memory and gives it back.
func (g *glass) drop() {
	if g.mem == nil {
		return
	}
	if g.seg != 0 {
		detach := request(g.shm, shmDetach, 8)
		binary.NativeEndian.PutUint32(detach[4:], g.seg)
		g.x.write(g.shm, detach, true)
		_ = g.settle()
	}
	clear(g.mem)
	_ = unix.SysvShmDetach(g.mem)
	g.mem, g.seg = nil, 0
}

// put shows the memory and returns when the server has read it.
func (g *glass) put() error {
	q := request(g.shm, shmPutImage, 40)
	binary.NativeEndian.PutUint32(q[4:], g.window)
	binary.NativeEndian.PutUint32(q[8:], g.gc)
	for at, v := range map[int]int{12: g.w, 14: g.h, 20: g.w, 22: g.h} { // whole image, part shown
		binary.NativeEndian.PutUint16(q[at:], uint16(v))
	}
	q[28], q[29] = g.depth, 2 // ZPixmap
	binary.NativeEndian.PutUint32(q[32:], g.seg)
	g.x.write(g.shm, q, true)
	return g.settle()
}

// Close gives everything back.
func (g *glass) Close() {
	g.drop()
	g.x.close()
}

// plain reports whether pixels of a depth are 32 bits of blue, green, red and one
// unused byte, in this order in memory (X Protocol, connection setup).
func (x *xcb) plain(depth uint8) bool {
	s := x.setup()
	if len(s) < 40 || s[30] != 0 { // image byte order: least significant first
		return false
	}
	at := 40 + (int(binary.NativeEndian.Uint16(s[24:]))+3)/4*4
	wide := false
	for n := int(s[29]); n > 0 && at+8 <= len(s); n, at = n-1, at+8 {
		wide = wide || s[at] == depth && s[at+1] == 32
	}
	if at+40 > len(s) {
		return false
	}
	depths := int(s[at+39])
	for at += 40; depths > 0 && at+8 <= len(s); depths-- {
		of, n := s[at], int(binary.NativeEndian.Uint16(s[at+2:]))
		for at += 8; n > 0 && at+24 <= len(s); n, at = n-1, at+24 {
			const trueColor = 4
			if of == depth && s[at+4] == trueColor && binary.NativeEndian.Uint32(s[at+8:]) != 0xff0000 {
				wide = false
			}
		}
	}
	return wide
}
