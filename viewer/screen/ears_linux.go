package screen

import (
	"encoding/binary"
	"errors"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// X requests, events and atoms (X Protocol, appendix B; XI2 protocol; XKB protocol).
const (
	opChangeAttributes = 2
	opInternAtom       = 16
	opGetProperty      = 20
	opQueryPointer     = 38
	opQueryExtension   = 98
	opKeyboardMapping  = 101
	xiSelectEvents     = 46
	xiQueryVersion     = 47
	xiRawButtonPress   = 15
	xiAllMasters       = 1
	xkbUseExtension    = 0
	xkbPerClientFlags  = 21
	keyPress           = 2
	keyRelease         = 3
	focusOut           = 10
	expose             = 12
	mappingNotify      = 34
	genericEvent       = 35
	atomCardinal       = 6
)

// ears hear what the engine loses. They are a second connection to the X server.
//
// The engine takes a wheel notch against the direction of the one before, within
// 100 ms, for noise and drops it (Ebitengine 2.10, internal/ui handleScroll);
// scrolling to and fro is how a reader searches (N9). Raw button presses of the X
// Input Extension reach every client that asks, whoever has the focus or a grab;
// those with the pointer over our own window are its notches.
//
// The engine also tells only which keys went down since the last tick: neither in
// which order nor how often, so that a slow frame swaps or swallows keys. Key
// events of our window come here one by one, with their times. Characters are still
// the engine's, which knows the layout and the input method. And where nothing
// composes windows, the engine does not paint again what was uncovered.
type ears struct {
	x      *xcb
	root   uint32
	xi     uint8  // opcode of the input extension
	pidKey uint32 // the atom _NET_WM_PID
	window uint32 // ours; owned by the listening goroutine after open
	keymap keymap // owned by the listening goroutine after open
	held   map[uint8]bool
	wake   func()
	quit   [2]int // pipe: closing the writing end stops the goroutine
	done   chan struct{}

	mu      sync.Mutex
	notches []notch    // guarded by mu, in order
	keys    []keyEvent // guarded by mu
	exposed bool       // guarded by mu: the window was uncovered
}

// maxHeard bounds what is kept while the window does not tick.
const maxHeard = 4096

// openEars starts listening to the window of this process, which must exist. wake
// is called from another goroutine after whatever is heard. An error means that
// there is only what the engine tells.
func openEars(wake func()) (*ears, error) {
	x, err := dialX("")
	if err != nil {
		return nil, err
	}
	e := &ears{x: x, wake: wake, held: map[uint8]bool{}, done: make(chan struct{})}
	if err := errors.Join(e.subscribe(), unix.Pipe2(e.quit[:], unix.O_CLOEXEC)); err != nil {
		x.close()
		return nil, err
	}
	go e.listen()
	return e, nil
}

// subscribe asks for raw button presses of all master pointers and for the keys of
// our window.
func (e *ears) subscribe() error {
	root, ok := e.x.root()
	if !ok {
		return errors.New("the X server has no screen")
	}
	e.root = root
	atom, err := e.x.ask(opInternAtom, named8(opInternAtom, "_NET_WM_PID"))
	if err != nil {
		return err
	}
	e.pidKey = binary.NativeEndian.Uint32(atom[8:])
	if e.window = ours(e.x, root, e.pidKey); e.window == 0 {
		return errors.New("the X server does not know the window")
	}
	if err := e.selectButtons(); err != nil {
		return err
	}
	return e.selectKeys()
}

func (e *ears) extension(name string) (opcode uint8, err error) {
	r, err := e.x.ask(opQueryExtension, named8(opQueryExtension, name))
	if err != nil || r[8] == 0 {
		return 0, errors.New("the X server has no extension " + name)
	}
	return r[9], nil
}

func (e *ears) selectButtons() (err error) {
	if e.xi, err = e.extension("XInputExtension"); err != nil {
		return err
	}
	version := request(e.xi, xiQueryVersion, 8)
	binary.NativeEndian.PutUint16(version[4:], 2)
	binary.NativeEndian.PutUint16(version[6:], 2)
	v, err := e.x.ask(e.xi, version)
	if err != nil || binary.NativeEndian.Uint16(v[8:]) < 2 {
		return errors.New("the X server has no version 2 of the input extension")
	}
	sel := request(e.xi, xiSelectEvents, 20)
	binary.NativeEndian.PutUint32(sel[4:], e.root)
	binary.NativeEndian.PutUint16(sel[8:], 1) // one mask
	binary.NativeEndian.PutUint16(sel[12:], xiAllMasters)
	binary.NativeEndian.PutUint16(sel[14:], 1) // of one word
	binary.NativeEndian.PutUint32(sel[16:], 1<<xiRawButtonPress)
	e.x.write(e.xi, sel, true)
	return nil
}

// selectKeys asks for keys and loss of focus, and for key ends that are real: the
// auto-repeat then comes as presses alone (XKB detectable auto-repeat).
func (e *ears) selectKeys() error {
	xkb, err := e.extension("XKEYBOARD")
	if err != nil {
		return err
	}
	use := request(xkb, xkbUseExtension, 8)
	binary.NativeEndian.PutUint16(use[4:], 1)
	if _, err := e.x.ask(xkb, use); err != nil {
		return err
	}
	flags := request(xkb, xkbPerClientFlags, 28)
	binary.NativeEndian.PutUint16(flags[4:], 0x100) // the core keyboard
	binary.NativeEndian.PutUint32(flags[8:], 1)
	binary.NativeEndian.PutUint32(flags[12:], 1)
	if _, err := e.x.ask(xkb, flags); err != nil {
		return err
	}
	if e.keymap, err = readKeymap(e.x); err != nil {
		return err
	}
	sel := request(opChangeAttributes, 0, 16)
	binary.NativeEndian.PutUint32(sel[4:], e.window)
	binary.NativeEndian.PutUint32(sel[8:], 1<<11)                  // the event mask, for this client alone
	binary.NativeEndian.PutUint32(sel[12:], 1<<0|1<<1|1<<15|1<<21) // keys, exposure, focus
	e.x.write(opChangeAttributes, sel, true)
	e.x.lib.flush(e.x.conn)
	return nil
}

// listen reads events until Close or until the connection breaks. Only this
// goroutine touches the connection.
func (e *ears) listen() {
	defer close(e.done)
	defer e.x.close()
	defer unix.Close(e.quit[0])
	fds := []unix.PollFd{{Fd: e.x.lib.descriptor(e.x.conn), Events: unix.POLLIN}, {Fd: int32(e.quit[0]), Events: unix.POLLIN}}
	for {
		for ev, ok := e.x.event(); ok; ev, ok = e.x.event() {
			e.take(ev)
		}
		if e.x.lib.hasError(e.x.conn) != 0 {
			return
		}
		if _, err := unix.Poll(fds, -1); err != nil && err != unix.EINTR || fds[1].Revents != 0 {
			return
		}
	}
}

func (e *ears) take(ev [32]byte) {
	switch ev[0] & 0x7f {
	case genericEvent:
		if ev[1] == e.xi && binary.NativeEndian.Uint16(ev[8:]) == xiRawButtonPress {
			e.button(binary.NativeEndian.Uint32(ev[16:]))
		}
	case keyPress, keyRelease:
		e.key(ev[1], binary.NativeEndian.Uint16(ev[28:]), ev[0]&0x7f == keyRelease)
	case expose:
		e.mu.Lock()
		e.exposed = true
		e.mu.Unlock()
		e.wake()
	case focusOut:
		for code := range e.held {
			e.key(code, 0, true)
		}
	case mappingNotify:
		if m, err := readKeymap(e.x); err == nil {
			e.keymap = m
		}
	}
}

// button counts a notch over our window: buttons 4 and 5 are a wheel's up and down.
func (e *ears) button(n uint32) {
	if n != 4 && n != 5 || !e.over() {
		return
	}
	e.mu.Lock()
	if len(e.notches) < maxHeard {
		e.notches = append(e.notches, notch{int(n)*2 - 9, time.Now()})
	}
	e.mu.Unlock()
	e.wake()
}

// key notes a key, but not its auto-repeat.
func (e *ears) key(code uint8, state uint16, up bool) {
	if e.held[code] != up {
		return
	}
	if e.held[code] = !up; up {
		delete(e.held, code)
	}
	k, ok := e.keymap.event(code, state)
	if !ok {
		return
	}
	k.up, k.at = up, time.Now()
	e.mu.Lock()
	if len(e.keys) < maxHeard {
		e.keys = append(e.keys, k)
	}
	e.mu.Unlock()
	e.wake()
}

// over walks from the root to the window under the pointer and reports whether
// ours is among those passed.
func (e *ears) over() bool {
	q := request(opQueryPointer, 0, 8)
	for at, depth := e.root, 0; at != 0 && depth < 16; depth++ {
		if at == e.window {
			return true
		}
		binary.NativeEndian.PutUint32(q[4:], at)
		reply, err := e.x.ask(opQueryPointer, q)
		if err != nil || reply[1] == 0 { // gone meanwhile, or another screen
			return false
		}
		at = binary.NativeEndian.Uint32(reply[12:])
	}
	return false
}

// read returns what was heard since the last call, oldest first.
func (e *ears) read() (notches []notch, keys []keyEvent, exposed bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	notches, keys, exposed = e.notches, e.keys, e.exposed
	e.notches, e.keys, e.exposed = nil, nil, false
	return notches, keys, exposed
}

// Close stops listening and waits for it.
func (e *ears) Close() {
	unix.Close(e.quit[1])
	<-e.done
}
