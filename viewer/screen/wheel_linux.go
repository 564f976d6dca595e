package screen

import (
	"encoding/binary"
	"errors"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// X requests and atoms (X Protocol, appendix B; XI2 protocol, section 5).
const (
	opQueryExtension = 98
	opQueryPointer   = 38
	opGetProperty    = 20
	opInternAtom     = 16
	xiSelectEvents   = 46
	xiQueryVersion   = 47
	xiRawButtonPress = 15
	xiAllMasters     = 1
	genericEvent     = 35
	atomCardinal     = 6
)

// wheel listens for wheel notches beside the engine. The engine takes a notch
// against the direction of the one before, within 100 ms, for noise and drops it
// (Ebitengine 2.10, internal/ui handleScroll); scrolling to and fro is how a
// reader searches (N9), so every notch must arrive. Raw button presses of the X
// Input Extension reach every client that asks, whoever has the focus or a grab;
// those with the pointer over our own window count.
type wheel struct {
	x      *xcb
	root   uint32
	opcode uint8  // of the input extension
	pidKey uint32 // the atom _NET_WM_PID
	window uint32 // ours, once seen under the pointer; owned by the listening goroutine
	wake   func()
	quit   [2]int // pipe: closing the writing end stops the goroutine
	done   chan struct{}

	mu      sync.Mutex
	notches []int // guarded by mu: +1 towards the reader (wheel down), −1 away, in order
}

// openWheel starts listening. wake is called from another goroutine after each
// notch. An error means that only the engine's own wheel is left.
func openWheel(wake func()) (*wheel, error) {
	x, err := dialX()
	if err != nil {
		return nil, err
	}
	w := &wheel{x: x, wake: wake, done: make(chan struct{})}
	if err := w.subscribe(); err != nil {
		x.close()
		return nil, err
	}
	if err := unix.Pipe2(w.quit[:], unix.O_CLOEXEC); err != nil {
		x.close()
		return nil, err
	}
	go w.listen()
	return w, nil
}

// subscribe asks for raw button presses of all master pointers.
func (w *wheel) subscribe() error {
	root, ok := w.x.root()
	if !ok {
		return errors.New("X server without a screen")
	}
	w.root = root
	ext, err := w.x.ask(opQueryExtension, named(opQueryExtension, "XInputExtension"))
	if err != nil || ext[8] == 0 {
		return errors.New("X server without the input extension")
	}
	w.opcode = ext[9]
	version := request(w.opcode, xiQueryVersion, 8)
	binary.NativeEndian.PutUint16(version[4:], 2)
	binary.NativeEndian.PutUint16(version[6:], 2)
	v, err := w.x.ask(w.opcode, version)
	if err != nil || binary.NativeEndian.Uint16(v[8:]) < 2 {
		return errors.New("X server without version 2 of the input extension")
	}
	atom, err := w.x.ask(opInternAtom, named(opInternAtom, "_NET_WM_PID"))
	if err != nil {
		return err
	}
	w.pidKey = binary.NativeEndian.Uint32(atom[8:])
	sel := request(w.opcode, xiSelectEvents, 20)
	binary.NativeEndian.PutUint32(sel[4:], root)
	binary.NativeEndian.PutUint16(sel[8:], 1) // one mask
	binary.NativeEndian.PutUint16(sel[12:], xiAllMasters)
	binary.NativeEndian.PutUint16(sel[14:], 1) // of one word
	binary.NativeEndian.PutUint32(sel[16:], 1<<xiRawButtonPress)
	w.x.write(w.opcode, sel, true)
	w.x.lib.flush(w.x.conn)
	return nil
}

// request is a request of n bytes with its two opcode bytes and length set.
func request(major, minor uint8, n int) []byte {
	b := make([]byte, n)
	b[0], b[1] = major, minor
	binary.NativeEndian.PutUint16(b[2:], uint16(n/4))
	return b
}

// named is a request whose argument is a name: QueryExtension, InternAtom.
func named(major uint8, name string) []byte {
	b := request(major, 0, 8+(len(name)+3)/4*4)
	binary.NativeEndian.PutUint16(b[4:], uint16(len(name)))
	copy(b[8:], name)
	return b
}

// listen reads events until Close or until the connection breaks. Only this
// goroutine touches the connection.
func (w *wheel) listen() {
	defer close(w.done)
	defer w.x.close()
	defer unix.Close(w.quit[0])
	fds := []unix.PollFd{{Fd: w.x.lib.descriptor(w.x.conn), Events: unix.POLLIN}, {Fd: int32(w.quit[0]), Events: unix.POLLIN}}
	for {
		for e, ok := w.x.event(); ok; e, ok = w.x.event() {
			w.take(e)
		}
		if w.x.lib.hasError(w.x.conn) != 0 {
			return
		}
		if _, err := unix.Poll(fds, -1); err != nil && err != unix.EINTR || fds[1].Revents != 0 {
			return
		}
	}
}

// take counts one event if it is a notch over our window: buttons 4 and 5 are a
// wheel's up and down.
func (w *wheel) take(e [32]byte) {
	if e[0]&0x7f != genericEvent || e[1] != w.opcode || binary.NativeEndian.Uint16(e[8:]) != xiRawButtonPress {
		return
	}
	button := binary.NativeEndian.Uint32(e[16:])
	if button != 4 && button != 5 || !w.over() {
		return
	}
	w.mu.Lock()
	if len(w.notches) < maxNotches {
		w.notches = append(w.notches, int(button)*2-9)
	}
	w.mu.Unlock()
	w.wake()
}

// maxNotches bounds what is kept while the window is not drawing.
const maxNotches = 4096

// over walks from the root to the window under the pointer and reports whether
// ours is among those passed. Ours is known by its _NET_WM_PID.
func (w *wheel) over() bool {
	q := request(opQueryPointer, 0, 8)
	for at, depth := w.root, 0; at != 0 && depth < 16; depth++ {
		if at != w.root && (at == w.window || w.window == 0 && w.isOurs(at)) {
			w.window = at
			return true
		}
		binary.NativeEndian.PutUint32(q[4:], at)
		reply, err := w.x.ask(opQueryPointer, q)
		if err != nil || reply[1] == 0 { // gone meanwhile, or another screen
			return false
		}
		at = binary.NativeEndian.Uint32(reply[12:])
	}
	return false
}

func (w *wheel) isOurs(window uint32) bool {
	q := request(opGetProperty, 0, 24)
	binary.NativeEndian.PutUint32(q[4:], window)
	binary.NativeEndian.PutUint32(q[8:], w.pidKey)
	binary.NativeEndian.PutUint32(q[12:], atomCardinal)
	binary.NativeEndian.PutUint32(q[20:], 1)
	r, err := w.x.ask(opGetProperty, q)
	return err == nil && len(r) >= 36 && r[1] == 32 && binary.NativeEndian.Uint32(r[32:]) == uint32(os.Getpid())
}

// read returns the notches since the last call, oldest first.
func (w *wheel) read() []int {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := w.notches
	w.notches = nil
	return out
}

// Close stops listening and waits for it.
func (w *wheel) Close() {
	unix.Close(w.quit[1])
	<-w.done
}
