package dicom

import "encoding/binary"

// A media directory (PS3.3 F.3) links its records by where they stand in the file:
// whoever writes it again moves them, and has to say where they are now.

const (
	directoryRecords Tag = 0x00041220 // Directory Record Sequence
	firstRecord      Tag = 0x00041200 // Offset of the First Directory Record of the Root Directory Entity
	lastRecord       Tag = 0x00041202 // Offset of the Last Directory Record of the Root Directory Entity
	nextRecord       Tag = 0x00041400 // Offset of the Next Directory Record
	lowerRecord      Tag = 0x00041420 // Offset of Referenced Lower-Level Directory Entity
	mrdrRecord       Tag = 0x00041504 // MRDR Directory Record Offset, retired
)

// Position is the offset of the first byte of an item in the file it was read from,
// as a media directory links its records; ok is false for an item that was made here.
func (d *Dataset) Position() (at int64, ok bool) { return d.from - 1, d.from > 0 }

// recordOffset reports whether e holds the place of a directory record.
func recordOffset(e Element) bool {
	switch e.Tag {
	case firstRecord, lastRecord, nextRecord, lowerRecord, mrdrRecord:
		return e.VR == "UL" && len(e.Ints) == 1
	}
	return false
}

// linkRecords lets the offsets that were written lead to the records that were
// written. Of a directory that was made here, and not read, they are the maker's.
func (e *encoder) linkRecords(d *Dataset) error {
	now := map[int64]int{}
	for i, it := range d.Seq(directoryRecords) {
		if it != nil && it.from > 0 && i < len(e.records) {
			now[it.from-1] = e.records[i]
		}
	}
	if len(now) == 0 {
		return nil
	}
	for _, at := range e.links {
		old := binary.LittleEndian.Uint32(e.b[at:])
		place, ok := now[int64(old)]
		if old != 0 && !ok {
			return invalid(-1, "an offset in the directory leads to no record")
		}
		binary.LittleEndian.PutUint32(e.b[at:], uint32(place))
	}
	return nil
}

// fragmented reports whether bytes are items and nothing else: the value of
// encapsulated pixel data in an item, an icon, as it is read.
func fragmented(b []byte) bool {
	n := 0
	for ; len(b) >= 8 && Tag(littleEndian.uint16(b))<<16|Tag(littleEndian.uint16(b[2:])) == tagItem; n++ {
		size := uint64(littleEndian.uint32(b[4:])) + 8
		if size > uint64(len(b)) {
			return false
		}
		b = b[size:]
	}
	return n > 0 && len(b) == 0
}
