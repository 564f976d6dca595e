package pixel

import (
	"encoding/binary"
	"image/color"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Inks of overlay planes: graphics are drawn as they are, the pixels of a region of
// interest tinted, so that what is marked stays visible.
var (
	graphics = color.RGBA{240, 240, 240, 255}
	region   = color.RGBA{23, 66, 69, 77} // 30 % of (77, 220, 230)
)

// maxOverlays: groups 6000 to 601E (PS3.5 7.6).
const maxOverlays = 16

// overlays reads the overlay planes of a frame into one layer (PS3.3 C.9.2): each a
// bitmap of its own, or, as written until 2004, in bits of the pixels' cells that
// hold no value. A plane that cannot be read is counted, not drawn: the image is
// worth more.
func overlays(d *dicom.Dataset, frame int, b []byte, h Header) (l *Layer, unread int) {
	for g := range dicom.Tag(maxOverlays) {
		group := g << 17 // two groups on
		if !d.Has(dicom.OverlayRows+group) || shutterGroup(d) == 0x6000+int(2*g) {
			continue
		}
		p, ok := planeOf(d, group, frame)
		if ok && p.absent {
			continue
		}
		bit, readable := p.bits(d, h, b)
		if !ok || !readable {
			unread++
			continue
		}
		if l == nil {
			l = newLayer(Overlay, d, graphics, region)
		}
		p.onto(l, p.ink(d), bit)
	}
	return l, unread
}

// ink is 1 for graphics, 2 for the pixels of a region of interest (PS3.3 C.9.2.1.1).
func (p *plane) ink(d *dicom.Dataset) uint8 {
	if d.Str(dicom.OverlayType+p.group) == "R" {
		return 2
	}
	return 1
}

// plane is an overlay plane as its group describes it.
type plane struct {
	group      dicom.Tag
	rows, cols int // of the bitmap
	top, left  int // of the image pixel under its first, from 0
	frame      int // of the overlay
	absent     bool
}

// planeOf reads the group's description for an image frame. An overlay of frames of
// its own lies on as many frames of the image, from Image Frame Origin on (PS3.3
// C.9.2.1.2); any other on all of them.
func planeOf(d *dicom.Dataset, group dicom.Tag, frame int) (p plane, ok bool) {
	p = plane{group: group, rows: d.IntOr(dicom.OverlayRows+group, 0), cols: d.IntOr(dicom.OverlayColumns+group, 0)}
	if n, many := d.Int(dicom.NumberOfFramesInOverlay + group); many && (n > 1 || d.Has(dicom.ImageFrameOrigin+group)) {
		p.frame = frame - (d.IntOr(dicom.ImageFrameOrigin+group, 1) - 1)
		p.absent = p.frame < 0 || p.frame >= n
	}
	if o := d.Floats(dicom.OverlayOrigin + group); len(o) == 2 {
		p.top, p.left = int(o[0])-1, int(o[1])-1
	}
	return p, p.rows > 0 && p.rows <= 0xFFFF && p.cols > 0 && p.cols <= 0xFFFF
}

// onto sets the cells of l where a bit is set and graphics are not yet; what lies
// outside the frame is cut off.
func (p *plane) onto(l *Layer, ink uint8, bit func(i int) bool) {
	for y := max(p.top, 0); y < min(p.top+p.rows, l.Rows); y++ {
		for x := max(p.left, 0); x < min(p.left+p.cols, l.Cols); x++ {
			if to := &l.Cells[y*l.Cols+x]; *to != 1 && bit((y-p.top)*p.cols+x-p.left) {
				*to = ink
			}
		}
	}
}

// bits reads a bit of the plane's frame: from Overlay Data, a stream of bits, the
// lowest of a byte first, across frames (PS3.5 8.1.2), or from the cells.
func (p *plane) bits(d *dicom.Dataset, h Header, b []byte) (func(i int) bool, bool) {
	if p.rows <= 0 || p.cols <= 0 {
		return nil, false
	}
	if e, ok := d.Get(dicom.OverlayData + p.group); ok {
		data, n := overlayBytes(e), p.rows*p.cols
		from := p.frame * n
		if int64(p.frame+1)*int64(n) > 8*int64(len(data)) {
			return nil, false
		}
		return func(i int) bool { i += from; return data[i>>3]>>(i&7)&1 == 1 }, true
	}
	at := d.IntOr(dicom.OverlayBitPosition+p.group, -1)
	inValue := at > h.HighBit-h.Stored && at <= h.HighBit
	whole := h.Rows == d.IntOr(dicom.Rows, 0) && h.Samples == 1 && p.rows == h.Rows && p.cols == h.Cols
	if at < 0 || at >= h.Allocated || inValue || !whole || h.Float {
		return nil, false
	}
	switch h.Allocated {
	case 8:
		return func(i int) bool { return b[i]>>at&1 == 1 }, true
	case 16:
		return func(i int) bool { return binary.LittleEndian.Uint16(b[2*i:])>>at&1 == 1 }, true
	}
	return nil, false
}

// overlayBytes is Overlay Data whatever VR it was given.
func overlayBytes(e dicom.Element) []byte {
	if e.Bytes != nil {
		return e.Bytes
	}
	out := make([]byte, 0, 2*len(e.Ints))
	for _, v := range e.Ints {
		out = binary.LittleEndian.AppendUint16(out, uint16(v))
	}
	return out
}
