package screen

import (
	"encoding/binary"
	"os"
	"strconv"
	"sync"
)

// More X requests (X Protocol, appendix B).
const (
	opConfigureWindow = 12
	opChangeProperty  = 18
	opSendEvent       = 25
	opQueryTree       = 15
	opSetInputFocus   = 42
	opGetInputFocus   = 43
	atomWindow        = 33
)

// front brings the window to the front and gives the focus back to where it came
// from. The engine has no call for either. Each errand is a connection of its own,
// a few milliseconds long; where something is refused, nothing happens.
type front struct {
	mu     sync.Mutex
	before uint32 // guarded by mu: the window that had the focus before ours
}

// take raises our window and gives it the focus; it remembers who had it.
func (f *front) take() {
	f.errand(func(e *errand) {
		ours := ours(e.x, e.root, e.pidKey)
		if ours == 0 {
			return
		}
		if had := e.focused(); had != 0 && had != ours {
			f.before = had
		}
		e.activate(ours)
	})
}

// giveBack returns the focus to the window that had it before take, or to the
// terminal's window where it named itself (WINDOWID).
func (f *front) giveBack() {
	f.errand(func(e *errand) {
		to := f.before
		if to == 0 {
			id, err := strconv.ParseUint(os.Getenv("WINDOWID"), 10, 32)
			if err != nil {
				return
			}
			to = uint32(id)
		}
		e.activate(to)
	})
}

// shy asks window managers not to give a window the focus when it is shown
// (EWMH _NET_WM_USER_TIME of 0).
func (f *front) shy() {
	f.errand(func(e *errand) {
		ours, key := ours(e.x, e.root, e.pidKey), e.atom("_NET_WM_USER_TIME")
		if ours == 0 || key == 0 {
			return
		}
		q := request(opChangeProperty, 0, 28)
		binary.NativeEndian.PutUint32(q[4:], ours)
		binary.NativeEndian.PutUint32(q[8:], key)
		binary.NativeEndian.PutUint32(q[12:], atomCardinal)
		q[16] = 32
		binary.NativeEndian.PutUint32(q[20:], 1)
		e.x.write(opChangeProperty, q, true)
		e.x.lib.flush(e.x.conn)
	})
}

// errand is one short connection.
type errand struct {
	x      *xcb
	root   uint32
	pidKey uint32
}

func (f *front) errand(do func(*errand)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	x, err := dialX("")
	if err != nil {
		return
	}
	defer x.close()
	root, ok := x.root()
	if !ok {
		return
	}
	e := &errand{x: x, root: root}
	if e.pidKey = e.atom("_NET_WM_PID"); e.pidKey != 0 {
		do(e)
		_, _ = x.ask(opGetInputFocus, request(opGetInputFocus, 0, 4)) // all that went before has arrived
	}
}

func (e *errand) atom(name string) uint32 {
	r, err := e.x.ask(opInternAtom, named8(opInternAtom, name))
	if err != nil {
		return 0
	}
	return binary.NativeEndian.Uint32(r[8:])
}

func children(x *xcb, of uint32) []uint32 {
	q := request(opQueryTree, 0, 8)
	binary.NativeEndian.PutUint32(q[4:], of)
	r, err := x.ask(opQueryTree, q)
	if err != nil {
		return nil
	}
	var out []uint32
	for list := r[32:]; len(list) >= 4; list = list[4:] {
		out = append(out, binary.NativeEndian.Uint32(list))
	}
	return out
}

// managed reports whether a window manager answers for focus and stacking (EWMH).
func (e *errand) managed() bool {
	return property(e.x, e.root, e.atom("_NET_SUPPORTING_WM_CHECK"), atomWindow) != 0
}

// focused is the window that has the focus.
func (e *errand) focused() uint32 {
	if e.managed() {
		return property(e.x, e.root, e.atom("_NET_ACTIVE_WINDOW"), atomWindow)
	}
	r, err := e.x.ask(opGetInputFocus, request(opGetInputFocus, 0, 4))
	if err != nil {
		return 0
	}
	if w := binary.NativeEndian.Uint32(r[8:]); w > 1 { // not None, not PointerRoot
		return w
	}
	return 0
}

// activate raises a window and gives it the focus: through the window manager
// where there is one, as a pager does, so that it is not taken for a theft.
func (e *errand) activate(window uint32) {
	if e.managed() {
		q := request(opSendEvent, 0, 44)
		binary.NativeEndian.PutUint32(q[4:], e.root)
		binary.NativeEndian.PutUint32(q[8:], 1<<19|1<<20) // substructure notify and redirect
		q[12], q[13] = 33, 32                             // ClientMessage of 32-bit data
		binary.NativeEndian.PutUint32(q[16:], window)
		binary.NativeEndian.PutUint32(q[20:], e.atom("_NET_ACTIVE_WINDOW"))
		binary.NativeEndian.PutUint32(q[24:], 2) // source indication: pager
		e.x.write(opSendEvent, q, true)
		e.x.lib.flush(e.x.conn)
		return
	}
	raise := request(opConfigureWindow, 0, 16)
	binary.NativeEndian.PutUint32(raise[4:], window)
	binary.NativeEndian.PutUint16(raise[8:], 1<<6) // stack mode: above
	e.x.write(opConfigureWindow, raise, true)
	focus := request(opSetInputFocus, 2, 12) // revert to the parent
	binary.NativeEndian.PutUint32(focus[4:], window)
	e.x.write(opSetInputFocus, focus, true)
	e.x.lib.flush(e.x.conn)
}
