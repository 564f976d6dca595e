package ul

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Items of the associate PDUs (PS3.8 9.3.2, 9.3.3, D.1; PS3.7 D.3.3).
const (
	itemApplication     byte = 0x10
	itemContextRQ       byte = 0x20
	itemContextAC       byte = 0x21
	itemAbstract        byte = 0x30
	itemTransfer        byte = 0x40
	itemUser            byte = 0x50
	itemMaximum         byte = 0x51
	itemImplementation  byte = 0x52
	itemAsync           byte = 0x53
	itemRole            byte = 0x54
	itemVersion         byte = 0x55
	itemExtended        byte = 0x56
	itemIdentity        byte = 0x58
	itemIdentityAnswers byte = 0x59
)

// associateBytes are those before the first item: the protocol version, two
// titles of 16 and 34 that are reserved.
const associateBytes = 68

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

// pdu is the A-ASSOCIATE-RQ, with our defaults where r says nothing.
func (r *Request) pdu() ([]byte, error) {
	var w writer
	w.start(pduRQ, r.CalledAE, r.CallingAE)
	w.contexts(r.Contexts)
	w.item(itemUser, func() {
		w.common(r.MaxPDU, r.Invoked, r.Performed, r.Implementation, r.Version)
		w.roles(r.Contexts)
		w.extended(r.Extended)
		if id := r.Identity; id != nil {
			w.identity(id)
		}
	})
	return w.done()
}

func (w *writer) contexts(all []Context) {
	var seen [256]bool
	if len(all) == 0 || len(all) > mostContexts {
		w.fail("an association has 1 to 128 presentation contexts")
	}
	for _, c := range all {
		if c.ID%2 == 0 || seen[c.ID] || len(c.Transfers) == 0 {
			w.fail("a presentation context has an odd number of its own and a transfer syntax")
		}
		seen[c.ID] = true
		w.item(itemContextRQ, func() {
			w.b = append(w.b, c.ID, 0, 0, 0)
			w.uid(itemAbstract, c.Abstract)
			for _, t := range c.Transfers {
				w.uid(itemTransfer, t)
			}
		})
	}
}

func (w *writer) common(most uint32, invoked, performed uint16, class dicom.UID, name string) {
	w.item(itemMaximum, func() { w.b = binary.BigEndian.AppendUint32(w.b, most) })
	w.uid(itemImplementation, class)
	if invoked != 1 || performed != 1 {
		w.item(itemAsync, func() { w.word(invoked); w.word(performed) })
	}
	if len(name) > 16 {
		name = name[:16]
	}
	w.text(itemVersion, name)
}

func (w *writer) roles(all []Context) {
	done := map[dicom.UID]bool{}
	for _, c := range all {
		if (c.SCU || c.SCP) && !done[c.Abstract] {
			done[c.Abstract] = true
			w.role(c.Abstract, c.SCU, c.SCP)
		}
	}
}

func (w *writer) role(class dicom.UID, scu, scp bool) {
	w.checkUID(class)
	w.item(itemRole, func() {
		w.field([]byte(class))
		w.b = append(w.b, bit(scu), bit(scp))
	})
}

func bit(b bool) byte {
	if b {
		return 1
	}
	return 0
}

func (w *writer) extended(all map[dicom.UID][]byte) {
	for _, class := range slices.Sorted(maps.Keys(all)) {
		w.checkUID(class)
		w.item(itemExtended, func() {
			w.field([]byte(class))
			w.b = append(w.b, all[class]...)
		})
	}
}

func (w *writer) identity(id *Identity) {
	w.item(itemIdentity, func() {
		w.b = append(w.b, id.Type, bit(id.WantResponse))
		w.field(id.Primary)
		w.field(id.Secondary)
	})
}

// pdu is the A-ASSOCIATE-AC that answers r.
func (a *Answer) pdu(r *Request) ([]byte, error) {
	var w writer
	w.start(pduAC, orBlank(r.CalledAE), orBlank(r.CallingAE))
	for _, c := range r.Contexts {
		i := slices.IndexFunc(a.Contexts, func(k Accepted) bool { return k.ID == c.ID })
		result, transfer := AbstractNotSupported, c.Transfers[0] // not significant when refused, and wanted all the same
		if i >= 0 {
			result, transfer = Acceptance, a.Contexts[i].Transfer
		} else if why, ok := a.Refused[c.ID]; ok && why != Acceptance {
			result = why
		}
		w.item(itemContextAC, func() {
			w.b = append(w.b, c.ID, 0, byte(result), 0)
			w.text(itemTransfer, string(transfer))
		})
	}
	w.item(itemUser, func() {
		w.common(a.MaxPDU, a.Invoked, a.Performed, a.Implementation, a.Version)
		w.answerRoles(r.Contexts, a.Contexts)
		w.extended(a.Extended)
		if r.Identity != nil && r.Identity.WantResponse {
			w.item(itemIdentityAnswers, func() { w.field(a.Response) })
		}
	})
	return w.done()
}

func (w *writer) answerRoles(asked []Context, given []Accepted) {
	done := map[dicom.UID]bool{}
	for _, c := range asked {
		i := slices.IndexFunc(given, func(k Accepted) bool { return k.ID == c.ID })
		if i >= 0 && (c.SCU || c.SCP) && !done[c.Abstract] {
			done[c.Abstract] = true
			w.role(c.Abstract, given[i].SCU, given[i].SCP)
		}
	}
}

// orBlank returns to a peer the title it sent, where that was one.
func orBlank(s string) string {
	if validTitle(s) {
		return s
	}
	return "UNKNOWN"
}
