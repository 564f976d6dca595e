package screen

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"sync"
	"unsafe"

	"github.com/ebitengine/purego"
)

// xcb is a connection to the X server of our own beside the engine's, through
// libxcb, on which libX11 itself stands and which is therefore there whenever a
// window is. It knows only what the wheel needs. Protocol errors are replies here
// and harm nobody; with Xlib they would end the process.
type xcb struct {
	lib  *libxcb
	conn unsafe.Pointer
}

// libxcb holds the functions of libxcb.so.1 this package calls.
type libxcb struct {
	connect    func(display *byte, screen *int32) unsafe.Pointer
	hasError   func(conn unsafe.Pointer) int32
	disconnect func(conn unsafe.Pointer)
	descriptor func(conn unsafe.Pointer) int32
	flush      func(conn unsafe.Pointer) int32
	poll       func(conn unsafe.Pointer) unsafe.Pointer
	setup      func(conn unsafe.Pointer) unsafe.Pointer
	send       func(conn unsafe.Pointer, flags int32, vector *iovec, request *protocolRequest) uint32
	wait       func(conn unsafe.Pointer, sequence uint32, err *unsafe.Pointer) unsafe.Pointer
	free       func(p unsafe.Pointer)
	newID      func(conn unsafe.Pointer) uint32
}

// iovec and protocolRequest are C's struct iovec and xcb_protocol_request_t.
type iovec struct {
	base   unsafe.Pointer
	length uintptr
}

type protocolRequest struct {
	count  uintptr
	_      unsafe.Pointer // extension: requests here carry their opcode
	opcode uint8
	void   uint8
}

// loadXCB binds the library once per process.
var loadXCB = sync.OnceValues(func() (lib *libxcb, err error) {
	defer func() { // RegisterLibFunc panics when a symbol is missing
		if r := recover(); r != nil {
			lib, err = nil, fmt.Errorf("bind libxcb: %v", r)
		}
	}()
	handle, err := purego.Dlopen("libxcb.so.1", purego.RTLD_LAZY|purego.RTLD_GLOBAL)
	if err != nil {
		return nil, fmt.Errorf("load libxcb: %w", err)
	}
	lib = &libxcb{}
	for name, fn := range map[string]any{
		"xcb_connect": &lib.connect, "xcb_connection_has_error": &lib.hasError, "xcb_disconnect": &lib.disconnect,
		"xcb_get_file_descriptor": &lib.descriptor, "xcb_flush": &lib.flush, "xcb_poll_for_event": &lib.poll,
		"xcb_get_setup": &lib.setup, "xcb_send_request": &lib.send, "xcb_wait_for_reply": &lib.wait, "free": &lib.free,
		"xcb_generate_id": &lib.newID,
	} {
		purego.RegisterLibFunc(fn, handle, name)
	}
	return lib, nil
})

// dialX connects to a display; "" is that of the environment.
func dialX(display string) (*xcb, error) {
	lib, err := loadXCB()
	if err != nil {
		return nil, err
	}
	var name *byte
	if display != "" {
		name = unsafe.SliceData(append([]byte(display), 0))
	}
	x := &xcb{lib: lib, conn: lib.connect(name, nil)}
	if x.conn == nil || lib.hasError(x.conn) != 0 {
		x.close()
		return nil, errors.New("connect to the X server")
	}
	return x, nil
}

func (x *xcb) close() {
	if x.conn != nil {
		x.lib.disconnect(x.conn)
		x.conn = nil
	}
}

// write queues a request. body is the whole request in the byte order of this
// machine; libxcb fills in the opcode and the length. It returns the sequence number.
func (x *xcb) write(opcode uint8, body []byte, void bool) uint32 {
	// libxcb writes into the two entries before the one it is given.
	vector := [4]iovec{2: {base: unsafe.Pointer(&body[0]), length: uintptr(len(body))}}
	request := protocolRequest{count: 1, opcode: opcode}
	flags := int32(1) // XCB_REQUEST_CHECKED: an error comes back from wait
	if void {
		request.void, flags = 1, 0
	}
	return x.lib.send(x.conn, flags, &vector[2], &request)
}

// maxReply bounds what is read of a reply: a tree of 16,000 windows.
const maxReply = 64 << 10

// ask sends a request and returns its reply, or an error where the server
// refused. Replies longer than maxReply are cut.
func (x *xcb) ask(opcode uint8, body []byte) ([]byte, error) {
	sequence := x.write(opcode, body, false)
	var refused unsafe.Pointer
	reply := x.lib.wait(x.conn, sequence, &refused)
	if refused != nil {
		x.lib.free(refused)
	}
	if reply == nil {
		return nil, fmt.Errorf("request %d was refused by the X server", opcode)
	}
	defer x.lib.free(reply)
	head := unsafe.Slice((*byte)(reply), 32)
	n := 32 + 4*int(binary.NativeEndian.Uint32(head[4:]))
	return append([]byte(nil), unsafe.Slice((*byte)(reply), min(n, maxReply))...), nil
}

// event returns the first 32 bytes of the next event that has arrived.
func (x *xcb) event() ([32]byte, bool) {
	e := x.lib.poll(x.conn)
	if e == nil {
		return [32]byte{}, false
	}
	defer x.lib.free(e)
	return *(*[32]byte)(e), true
}

// setup is what the server said of itself when we connected (X Protocol, connection
// setup); empty where it is too short to say anything.
func (x *xcb) setup() []byte {
	s := x.lib.setup(x.conn)
	if s == nil {
		return nil
	}
	n := 8 + 4*int(binary.NativeEndian.Uint16(unsafe.Slice((*byte)(s), 8)[6:]))
	if n < 40 {
		return nil
	}
	return unsafe.Slice((*byte)(s), n)
}

// root is the root window of the first screen.
func (x *xcb) root() (uint32, bool) {
	s := x.setup()
	if s == nil {
		return 0, false
	}
	screen := 40 + (int(binary.NativeEndian.Uint16(s[24:]))+3)/4*4 + 8*int(s[29])
	if s[28] == 0 || screen+4 > len(s) {
		return 0, false
	}
	return binary.NativeEndian.Uint32(s[screen:]), true
}

// keycodes are the first and last code of the keyboard.
func (x *xcb) keycodes() (low, high uint8, ok bool) {
	s := x.setup()
	if s == nil {
		return 0, 0, false
	}
	return s[34], s[35], s[35] >= s[34]
}

// request is a request of n bytes with its two opcode bytes and length set.
func request(major, minor uint8, n int) []byte {
	b := make([]byte, n)
	b[0], b[1] = major, minor
	binary.NativeEndian.PutUint16(b[2:], uint16(n/4))
	return b
}

// named8 is a request whose argument is a name: QueryExtension, InternAtom.
func named8(major uint8, name string) []byte {
	b := request(major, 0, 8+(len(name)+3)/4*4)
	binary.NativeEndian.PutUint16(b[4:], uint16(len(name)))
	copy(b[8:], name)
	return b
}

// property reads the first 32-bit value of a window's property; 0 where there is none.
func property(x *xcb, window, key, kind uint32) uint32 {
	q := request(opGetProperty, 0, 24)
	binary.NativeEndian.PutUint32(q[4:], window)
	binary.NativeEndian.PutUint32(q[8:], key)
	binary.NativeEndian.PutUint32(q[12:], kind)
	binary.NativeEndian.PutUint32(q[20:], 1)
	r, err := x.ask(opGetProperty, q)
	if err != nil || len(r) < 36 || r[1] != 32 {
		return 0
	}
	return binary.NativeEndian.Uint32(r[32:])
}

// maxDepth is how deep below the root a window manager may put a client.
const maxDepth = 4

// ours looks for the window of this process, level by level: it is a child of the
// root while it is hidden, and of a frame where a window manager has put it.
func ours(x *xcb, root, pidKey uint32) uint32 {
	level := []uint32{root}
	for range maxDepth {
		var below []uint32
		for _, w := range level {
			below = append(below, children(x, w)...)
		}
		for _, w := range below {
			if property(x, w, pidKey, atomCardinal) == uint32(os.Getpid()) {
				return w
			}
		}
		level = below
	}
	return 0
}
