package ul

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/nocturne/nocturne/cache/dicom"
)

// writer builds a PDU. The first thing that does not fit is kept as err.
type writer struct {
	b   []byte
	err error
}

func (w *writer) fail(what string) {
	if w.err == nil {
		w.err = errors.New(what)
	}
}

// item writes an item whose length is found out.
func (w *writer) item(kind byte, body func()) {
	w.b = append(w.b, kind, 0, 0, 0)
	start := len(w.b)
	body()
	n := len(w.b) - start
	if n > 0xFFFF {
		w.fail("an item is longer than its length can say")
	}
	binary.BigEndian.PutUint16(w.b[start-2:], uint16(n))
}

func (w *writer) text(kind byte, s string) {
	w.item(kind, func() { w.b = append(w.b, s...) })
}

func (w *writer) uid(kind byte, u dicom.UID) {
	w.checkUID(u)
	w.text(kind, string(u))
}

func (w *writer) checkUID(u dicom.UID) {
	if !dicom.ValidUID(string(u)) {
		w.fail("a UID of the association is none")
	}
}

func (w *writer) word(n uint16) { w.b = binary.BigEndian.AppendUint16(w.b, n) }

// field is bytes after their length in two.
func (w *writer) field(b []byte) {
	if len(b) > 0xFFFF {
		w.fail("a field is longer than its length can say")
	}
	w.word(uint16(len(b)))
	w.b = append(w.b, b...)
}

// title is an AE title in 16 characters (PS3.8 9.3.2, PS3.5 6.2).
func (w *writer) title(s string) {
	if !validTitle(s) {
		w.fail("an AE title is 1 to 16 characters of ASCII without backslash")
		return
	}
	w.b = fmt.Appendf(w.b, "%-16s", s)
}

func validTitle(s string) bool {
	blank := true
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' || s[i] == '\\' {
			return false
		}
		blank = blank && s[i] == ' '
	}
	return len(s) <= 16 && !blank
}

func (w *writer) start(kind byte, called, calling string) {
	w.b = appendHeader(w.b, kind, 0)
	w.b = append(w.b, 0, 1, 0, 0)
	w.title(called)
	w.title(calling)
	w.b = append(w.b, make([]byte, 32)...)
	w.text(itemApplication, applicationContext)
}

func (w *writer) done() ([]byte, error) {
	n := len(w.b) - headBytes
	if n > mostAssociate {
		w.fail("the association asks for too much")
	}
	binary.BigEndian.PutUint32(w.b[2:], uint32(n))
	return w.b, w.err
}
