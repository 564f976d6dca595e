package xml

import "github.com/nocturne/nocturne/cache/dicom"

// blocks are the private blocks of one data set (PS3.5 7.8.1): by group, creator's
// name to block number and back. A name that holds two blocks of a group is in none:
// its tags could not be told apart.
type blocks struct {
	byName  map[blockName]uint16
	byBlock map[dicom.Tag]string // of the creator element
}

type blockName struct {
	group uint16
	name  string
}

func newBlocks() *blocks {
	return &blocks{map[blockName]uint16{}, map[dicom.Tag]string{}}
}

func isCreator(t dicom.Tag) bool {
	return t.Private() && t.Element() >= 0x10 && t.Element() <= 0xFF
}

func creatorsOf(d *dicom.Dataset) *blocks {
	b := newBlocks()
	for e := range d.All() {
		if isCreator(e.Tag) && len(e.Text) == 1 {
			b.reserve(e.Tag, e.Text[0])
		}
	}
	return b
}

func (b *blocks) reserve(creator dicom.Tag, name string) {
	key := blockName{creator.Group(), name}
	if _, twice := b.byName[key]; twice {
		b.byName[key] = 0
	} else {
		b.byName[key] = creator.Element()
	}
	b.byBlock[creator] = name
}

// write is the tag as it is written, and its creator: gggg00ee where the creator
// tells the block, the tag itself and no creator otherwise. gggg0000 with a creator is
// no group length.
func (b *blocks) write(t dicom.Tag) (dicom.Tag, string) {
	if !t.Private() || t.Element() < 0x1000 {
		return t, ""
	}
	block := t.Element() >> 8
	name := b.byBlock[t&0xFFFF0000|dicom.Tag(block)]
	if name == "" || b.byName[blockName{t.Group(), name}] != block {
		return t, ""
	}
	return t &^ 0xFF00, name
}

// read is the tag that was meant by t of a creator. A creator that has no block yet
// is given the first that is free; none is free after 240 of them.
func (b *blocks) read(t dicom.Tag, creator string) (tag dicom.Tag, added, ok bool) {
	if creator == "" || !t.Private() || t.Element() > 0xFF {
		return t, false, true
	}
	block, known := b.byName[blockName{t.Group(), creator}]
	if !known {
		for block = 0x10; block <= 0xFF; block++ {
			if _, taken := b.byBlock[t&0xFFFF0000|dicom.Tag(block)]; !taken {
				break
			}
		}
		if block > 0xFF {
			return 0, false, false
		}
		b.reserve(t&0xFFFF0000|dicom.Tag(block), creator)
	}
	return t | dicom.Tag(block)<<8, !known, block != 0
}
