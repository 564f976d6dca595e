package dicom

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
)

// dictionaryText lists the data elements of PS3.6: a group, then elements with
// their value representations. It is asked for every element of implicit VR, which
// the module's map answers slowly, and for an unknown tag with a formatted error; a
// test holds it against that map.
//
//go:embed dictionary.txt
var dictionaryText string

// entry is what the dictionary has of a tag; codes are of vrNames, 0 for none.
type entry struct {
	tag         Tag
	first, last vrCode // of the value representations that it names
}

// dictionary is an open hash table of 128 KB, three places to a tag.
type dictionary [dictionaryPlaces]entry

const (
	dictionaryBits   = 14
	dictionaryPlaces = 1 << dictionaryBits
)

func (t Tag) slot() uint32 { return uint32(t) * 2654435769 >> (32 - dictionaryBits) }

var dict = sync.OnceValue(func() *dictionary {
	d := new(dictionary)
	for line := range strings.Lines(dictionaryText) {
		fields := strings.Fields(line)
		group, _ := strconv.ParseUint(fields[0], 16, 16)
		for _, f := range fields[1:] {
			element, _ := strconv.ParseUint(f[:4], 16, 16)
			vr := f[4:]
			d.put(entry{Tag(group<<16 | element), codeOf(VR(vr[:2])), codeOf(VR(vr[len(vr)-2:]))})
		}
	}
	return d
})

func (d *dictionary) put(e entry) {
	for i := e.tag.slot(); ; i = (i + 1) % dictionaryPlaces {
		if d[i].first == 0 {
			d[i] = e
			return
		}
	}
}

// find returns the entry of a public tag; one with code 0 for an unknown tag.
func (d *dictionary) find(t Tag) entry {
	if hi := t.Group() >> 8; hi == 0x60 || hi == 0x50 {
		t &= 0xFF00FFFF // repeating groups, PS3.5 7.6
	}
	for i := t.slot(); ; i = (i + 1) % dictionaryPlaces {
		if e := d[i]; e.tag == t || e.first == 0 {
			return e
		}
	}
}

// codes are the value representations of t, vrUN where it has none.
func (t Tag) codes() (first, last vrCode) {
	switch {
	case t.Element() == 0:
		return vrUL, vrUL // group length
	case t.Private():
		if t.Element() >= 0x10 && t.Element() <= 0xFF {
			return vrLO, vrLO // private creator, PS3.5 7.8.1
		}
		return vrUN, vrUN
	}
	if e := dict().find(t); e.first != 0 {
		return e.first, e.last
	}
	return vrUN, vrUN
}

func (t Tag) code() vrCode { first, _ := t.codes(); return first }

// ambiguous: the dictionary names several value representations.
func (t Tag) ambiguous() bool { first, last := t.codes(); return first != last }
