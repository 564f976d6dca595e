package ul

import (
	"encoding/binary"
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
	if name != "" && !validTitle(name) {
		w.fail("a version name is at most 16 characters of ASCII")
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
