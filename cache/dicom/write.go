package dicom

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"strings"
)

// Our own writer stands here, and not the module's: that one keeps the
// caller's order, re-emits text as UTF-8 under the old character set, drops
// offset tables and cannot write UN where its dictionary says SQ. The tests use
// it as a second opinion.

const (
	implementationClassUID = "2.25.315885634804609999467553103481664388637"
	implementationVersion  = "NOCTURNE_1"
)

// Write writes a Part 10 file in Explicit VR Little Endian with a preamble of
// zeros. pixel is the native pixel data, little endian; nil for none. The same
// data set gives the same bytes. Text is written as UTF-8 under ISO_IR 192 where
// any of it, at any level, is not ASCII, or where a character set was declared.
// SOP Class and Instance UID must be there and valid; an element that cannot be
// written without changing its meaning is an *InvalidError.
func Write(w io.Writer, d *Dataset, pixel []byte) error {
	o := object{d: d, class: d.Str(SOPClassUID), instance: d.Str(SOPInstanceUID), ts: ExplicitVRLittleEndian}
	if pixel != nil {
		t, vr := nativePixels(d)
		o.pixels = func(e *encoder, w io.Writer) error {
			return e.native(w, t, vr, uint64(len(pixel)), func(w io.Writer) error { _, err := w.Write(pixel); return err })
		}
	}
	return o.write(w)
}

// Bytes is the file that Write writes.
func Bytes(d *Dataset, pixel []byte) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(len(pixel) + 8<<10)
	if err := Write(&b, d, pixel); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// object is what is to be written.
type object struct {
	d               *Dataset
	class, instance string
	ts              UID
	pixels          func(e *encoder, w io.Writer) error // nil for none
	asIs            bool                                // without UIDs, or with what is none
}

func (o object) write(w io.Writer) error {
	meta, err := o.meta()
	if err != nil {
		return err
	}
	e := encoder{unicode: o.d.Has(SpecificCharacterSet) || !ascii(o.d)}
	e.b = append(make([]byte, 128, 4096), "DICM"...)
	if err := e.group2(meta); err != nil {
		return err
	}
	next, err := e.upTo(o.d, PixelDataTag)
	if err != nil {
		return err
	}
	if err := e.linkRecords(o.d); err != nil {
		return err
	}
	if o.pixels != nil {
		if err := o.pixels(&e, w); err != nil {
			return err
		}
	}
	for ; next < o.d.Len(); next++ {
		if err := e.element(o.d.at(next), 0); err != nil {
			return err
		}
	}
	return e.flush(w)
}

func (o object) meta() (*Dataset, error) {
	if !o.asIs && (!ValidUID(o.class) || !ValidUID(o.instance)) {
		return nil, invalid(-1, "SOP Class UID or SOP Instance UID missing or not a UID")
	}
	m := &Dataset{}
	m.Set(Element{Tag: FileMetaInformationVersion, VR: "OB", Bytes: []byte{0, 1}})
	if o.class != "" {
		m.SetStr(MediaStorageSOPClassUID, o.class)
	}
	if o.instance != "" {
		m.SetStr(MediaStorageSOPInstanceUID, o.instance)
	}
	m.SetStr(TransferSyntaxUID, string(o.ts))
	m.SetStr(ImplementationClassUID, implementationClassUID)
	m.SetStr(ImplementationVersionName, implementationVersion)
	return m, nil
}

// encoder appends explicit VR little endian to b, or implicit.
type encoder struct {
	b        []byte
	implicit bool
	unicode  bool  // declare ISO_IR 192
	records  []int // where the items of a directory begin in b
	links    []int // where the offsets stand that lead to them
}

func (e *encoder) flush(w io.Writer) error {
	_, err := w.Write(e.b)
	e.b = e.b[:0]
	return err
}

// group2 writes the meta information with its length in front (PS3.10 7.1).
func (e *encoder) group2(m *Dataset) error {
	at := len(e.b)
	e.b = append(e.b, 2, 0, 0, 0, 'U', 'L', 4, 0, 0, 0, 0, 0)
	for _, el := range m.elems {
		if err := e.element(el, 0); err != nil {
			return err
		}
	}
	binary.LittleEndian.PutUint32(e.b[at+8:], uint32(len(e.b)-at-12))
	return nil
}

// upTo writes the elements before t and returns where those after it begin.
func (e *encoder) upTo(d *Dataset, t Tag) (int, error) {
	declared := !e.unicode
	for i := range d.Len() {
		el := d.at(i)
		if !declared && el.Tag >= SpecificCharacterSet {
			declared = true
			cs := Element{Tag: SpecificCharacterSet, VR: "CS", Text: []string{"ISO_IR 192"}}
			if err := e.element(cs, 0); err != nil {
				return 0, err
			}
		}
		switch {
		case el.Tag == SpecificCharacterSet || el.Tag.Group() == 0 || el.Tag.Group() == 2:
			continue // declared above; groups 0000 and 0002 are no part of an object
		case el.Tag.Group() == 0x7FE0 && el.Tag <= t:
			continue // offset tables and pixel data speak of another encoding
		case el.Tag > t:
			return i, nil
		}
		if err := e.element(el, 0); err != nil {
			return 0, err
		}
	}
	return d.Len(), nil
}

func (e *encoder) tag(t Tag) {
	e.b = binary.LittleEndian.AppendUint16(e.b, t.Group())
	e.b = binary.LittleEndian.AppendUint16(e.b, t.Element())
}

// element writes one element. A value too long for the short form of its VR
// goes out as UN (PS3.5 6.2.2).
func (e *encoder) element(el Element, depth int) error {
	switch {
	case el.Tag.Element() == 0 || el.Tag == tagPadding:
		return nil
	case el.Tag == SpecificCharacterSet && depth > 0:
		if !e.unicode {
			return nil
		}
		el.Text = []string{"ISO_IR 192"}
	}
	if !el.VR.known() {
		return invalid(-1, "%s has no value representation that can be written", el.Tag)
	}
	if el.BulkDataURI != "" {
		return invalid(-1, "the value of %s is elsewhere", el.Tag)
	}
	in := el.VR.info()
	if e.implicit && el.Tag.otherwise(in) {
		return invalid(-1, "%s has a value representation that implicit VR cannot tell", el.Tag)
	}
	e.tag(el.Tag)
	switch {
	case in.kind == kindSeq:
		return e.sequence(el, depth)
	case e.implicit && el.Tag == PixelDataTag && fragmented(el.Bytes):
		return &UnsupportedError{What: "compressed pixels in implicit VR"}
	case depth > 0 && el.Tag == PixelDataTag && fragmented(el.Bytes):
		e.b = append(e.b, 'O', 'B', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF)
		e.b = append(e.b, el.Bytes...)
		e.tag(tagSeqEnd)
		e.b = append(e.b, 0, 0, 0, 0)
		return nil
	case recordOffset(el):
		e.links = append(e.links, len(e.b)+4)
	}
	if e.implicit {
		return e.sized(el.Tag, func() error { return e.padded(el, in) })
	}
	at := len(e.b)
	e.b = append(e.b, el.VR[0], el.VR[1], 0, 0, 0, 0, 0, 0)
	if err := e.value(el, in); err != nil {
		return err
	}
	n := len(e.b) - at - 8
	if n%2 != 0 {
		e.b = append(e.b, in.pad)
		n++
	}
	if uint64(n) >= undefined {
		return &UnsupportedError{What: "a value of 4 GiB and more"}
	}
	switch {
	case n > 0xFFFF && !in.long:
		e.b[at], e.b[at+1] = 'U', 'N'
		fallthrough
	case in.long:
		binary.LittleEndian.PutUint32(e.b[at+4:], uint32(n))
	default:
		// The short head is 4 bytes: VR and length. Close the gap.
		binary.LittleEndian.PutUint16(e.b[at+2:], uint16(n))
		e.b = append(e.b[:at+4], e.b[at+8:]...)
	}
	return nil
}

func (e *encoder) sequence(el Element, depth int) error {
	if depth >= maxDepth {
		return invalid(-1, "sequences nested deeper than %d", maxDepth)
	}
	if !e.implicit {
		e.b = append(e.b, 'S', 'Q', 0, 0)
	}
	return e.sized(el.Tag, func() error {
		for _, it := range el.Items {
			if el.Tag == directoryRecords && depth == 0 {
				e.records = append(e.records, len(e.b))
			}
			e.tag(tagItem)
			if err := e.sized(el.Tag, func() error { return e.item(it, depth+1) }); err != nil {
				return err
			}
		}
		return nil
	})
}

func (e *encoder) item(d *Dataset, depth int) error {
	for el := range d.All() {
		if err := e.element(el, depth); err != nil {
			return err
		}
	}
	return nil
}

// sized writes what body writes with its length in front.
func (e *encoder) sized(t Tag, body func() error) error {
	at := len(e.b)
	e.b = append(e.b, 0, 0, 0, 0)
	if err := body(); err != nil {
		return err
	}
	n := len(e.b) - at - 4
	if uint64(n) >= undefined {
		return &UnsupportedError{What: "a sequence of 4 GiB and more"}
	}
	binary.LittleEndian.PutUint32(e.b[at:], uint32(n))
	return nil
}

// otherwise tells that the dictionary has another kind of value for t than in: who
// reads implicit VR would take it for that.
func (t Tag) otherwise(in *vrInfo) bool {
	known := t.code()
	return known != vrUN && !t.ambiguous() && known.info().kind != in.kind
}

// padded writes a value of even length.
func (e *encoder) padded(el Element, in *vrInfo) error {
	at := len(e.b)
	if err := e.value(el, in); err != nil {
		return err
	}
	if (len(e.b)-at)%2 != 0 {
		e.b = append(e.b, in.pad)
	}
	return nil
}

func (e *encoder) value(el Element, in *vrInfo) error {
	switch in.kind {
	case kindText:
		return e.text(el, in)
	case kindInt:
		return e.ints(el, in)
	case kindFloat:
		for _, v := range el.Floats {
			if in.size == 4 {
				e.b = binary.LittleEndian.AppendUint32(e.b, math.Float32bits(float32(v)))
			} else {
				e.b = binary.LittleEndian.AppendUint64(e.b, math.Float64bits(v))
			}
		}
	default:
		e.b = append(e.b, el.Bytes...)
	}
	return nil
}

func (e *encoder) text(el Element, in *vrInfo) error {
	vals := el.Text
	if vals == nil {
		var d Dataset
		d.Set(el)
		vals = d.Strs(el.Tag)
	}
	for i, s := range vals {
		if i > 0 && !in.multi {
			return invalid(-1, "%s holds one value only", el.Tag)
		}
		if in.multi && strings.IndexByte(s, '\\') >= 0 {
			return invalid(-1, "a value of %s holds a backslash", el.Tag)
		}
		if i > 0 {
			e.b = append(e.b, '\\')
		}
		e.b = append(e.b, strings.ToValidUTF8(s, "\uFFFD")...)
	}
	return nil
}

func (e *encoder) ints(el Element, in *vrInfo) error {
	for _, v := range el.Ints {
		if !in.fits(v) {
			return invalid(-1, "a value of %s does not fit its value representation", el.Tag)
		}
		switch {
		case el.VR == "AT":
			e.tag(Tag(v))
		case in.size == 2:
			e.b = binary.LittleEndian.AppendUint16(e.b, uint16(v))
		case in.size == 4:
			e.b = binary.LittleEndian.AppendUint32(e.b, uint32(v))
		default:
			e.b = binary.LittleEndian.AppendUint64(e.b, uint64(v))
		}
	}
	return nil
}

// fits reports whether v can be written in size bytes; UV takes the bits of v.
func (in *vrInfo) fits(v int64) bool {
	n := uint(in.size) * 8
	if n == 64 {
		return true
	}
	if in.signed {
		return v >= -1<<(n-1) && v < 1<<(n-1)
	}
	return v >= 0 && v < 1<<n
}

// ascii reports whether all text of d, at every level, is ASCII.
func ascii(d *Dataset) bool {
	for el := range d.All() {
		for _, s := range el.Text {
			for i := 0; i < len(s); i++ {
				if s[i] >= 0x80 {
					return false
				}
			}
		}
		for _, it := range el.Items {
			if !ascii(it) {
				return false
			}
		}
	}
	return true
}
