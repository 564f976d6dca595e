package dicom

import (
	"encoding/binary"
	"fmt"
	"io"
)

// nativePixels is the element of native pixel data: Pixel Data, OW above 8 bits
// allocated, else OB (PS3.5 A.2); or (Double) Float Pixel Data, which an object has
// whose pixels have no Bits Stored (PS3.3 C.7.6.24).
func nativePixels(d *Dataset) (Tag, VR) {
	alloc := d.IntOr(BitsAllocated, 8)
	switch float := !d.Has(BitsStored) && !d.Has(PixelRepresentation); {
	case float && alloc == 32:
		return FloatPixelData, "OF"
	case float && alloc == 64:
		return DoubleFloatPixelData, "OD"
	case alloc > 8:
		return PixelDataTag, "OW"
	}
	return PixelDataTag, "OB"
}

// native writes n bytes of native pixel data, of even length.
func (e *encoder) native(w io.Writer, t Tag, vr VR, n uint64, body func(io.Writer) error) error {
	if n+n%2 >= undefined {
		return &UnsupportedError{What: "native pixel data of 4 GiB and more"}
	}
	e.tag(t)
	e.b = append(e.b, vr[0], vr[1], 0, 0)
	e.b = binary.LittleEndian.AppendUint32(e.b, uint32(n+n%2))
	if err := e.flush(w); err != nil {
		return err
	}
	if err := body(w); err != nil {
		return err
	}
	if n%2 != 0 {
		e.b = append(e.b, 0)
	}
	return nil
}

// WriteEncapsulated is Write for pixel data that are compressed in transfer syntax
// ts: a fragment a frame, with a Basic Offset Table, or, where that cannot reach, an
// extended one.
func WriteEncapsulated(w io.Writer, d *Dataset, ts UID, frames [][]byte) error {
	p := fragments{write: func(w io.Writer, i int) error { _, err := w.Write(frames[i]); return err }}
	at := int64(0)
	for i, f := range frames {
		if uint64(len(f)) >= undefined-1 {
			return &UnsupportedError{What: "a compressed frame of 4 GiB and more"}
		}
		p.ext = append(p.ext, extent{at: at, n: uint32(len(f))})
		p.spans = append(p.spans, span{i, i + 1, uint64(len(f))})
		at += 8 + int64(len(f))
	}
	o := object{d: d, class: d.Str(SOPClassUID), instance: d.Str(SOPInstanceUID), ts: ts, pixels: p.encapsulate}
	return o.write(w)
}

// WriteFile writes an object that was read: encapsulated pixel data in their own
// transfer syntax, fragment by fragment, under an offset table that holds; anything
// else in Explicit VR Little Endian. It works for parsed and opened files (whose data
// set ends before the pixels); otherwise it is as Write. Where the data set has no SOP
// Class or Instance UID, as in a directory, the meta information's are used; what is
// no UID stays, and one that is nowhere is not made up.
func WriteFile(w io.Writer, f *File) error {
	o := object{d: f.Dataset, ts: ExplicitVRLittleEndian, asIs: true,
		class:    first(f.Dataset.Str(SOPClassUID), f.Meta.Str(MediaStorageSOPClassUID)),
		instance: first(f.Dataset.Str(SOPInstanceUID), f.Meta.Str(MediaStorageSOPInstanceUID))}
	switch {
	case !f.Pixel.Present():
	case f.src.r == nil && f.Pixel.Native == nil && f.Pixel.Fragments == nil:
		return &UnsupportedError{What: "writing an object of which only the header was read"}
	case f.Pixel.Encapsulated:
		p, err := f.fragments()
		if err != nil {
			return fmt.Errorf("write object: %w", err)
		}
		o.ts, o.pixels = f.TransferSyntax, p.encapsulate
	default:
		n := uint64(len(f.Pixel.Native))
		if f.src.r != nil {
			n = uint64(f.src.length)
		}
		o.pixels = func(e *encoder, w io.Writer) error {
			return e.native(w, f.Pixel.Tag, f.Pixel.VR, n, f.copyNative)
		}
	}
	return o.write(w)
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// copyNative writes the native value, little endian (PS3.5 7.3).
func (f *File) copyNative(w io.Writer) error {
	var r io.Reader = io.NewSectionReader(f.src.r, f.src.at, int64(f.src.length))
	size := f.Pixel.VR.info().size
	if f.src.r == nil {
		if !f.BigEndian || size < 2 {
			_, err := w.Write(f.Pixel.Native)
			return err
		}
		_, err := w.Write(swapped(f.Pixel.Native, int(size)))
		return err
	}
	buf := make([]byte, 1<<20)
	for left := int64(f.src.length); left > 0; {
		n, err := io.ReadFull(r, buf[:min(left, int64(len(buf)))])
		if err != nil {
			return fmt.Errorf("write pixels: %w", err)
		}
		b := buf[:n]
		if f.BigEndian && size > 1 {
			b = swapped(b, int(size))
		}
		if _, err := w.Write(b); err != nil {
			return err
		}
		left -= int64(n)
	}
	return nil
}

// fragments are encapsulated pixel data to be written: ext as they lie in the
// source, and which of them make a frame; spans is nil where that is not known.
type fragments struct {
	ext      []extent
	spans    []span
	extended bool
	write    func(w io.Writer, i int) error
}

// fragments gathers those of f.
func (f *File) fragments() (p fragments, err error) {
	n := Frames(f)
	if f.src.r == nil {
		for _, fr := range f.Pixel.Fragments {
			p.ext = append(p.ext, extent{n: uint32(len(fr)), begin: begins(fr)})
		}
		p.write = func(w io.Writer, i int) error { _, err := w.Write(f.Pixel.Fragments[i]); return err }
		p.spans, _ = f.Pixel.spans(n)
	} else {
		if p.ext, p.spans, err = f.allExtents(); err != nil {
			return p, err
		}
		base := f.src.items.base
		p.write = func(w io.Writer, i int) error {
			_, err := io.Copy(w, io.NewSectionReader(f.src.r, base+p.ext[i].at+8, int64(p.ext[i].n)))
			return err
		}
	}
	if len(p.spans) != n {
		p.spans = nil
	}
	p.extended = len(f.Pixel.EOT) > 0
	return p, nil
}

// encapsulate writes offset table, fragments and delimiter (PS3.5 A.4).
func (p fragments) encapsulate(e *encoder, w io.Writer) error {
	starts, single := p.starts()
	basic := len(starts) > 0 && !(p.extended && single) && starts[len(starts)-1] < 1<<32
	if len(starts) > 0 && !basic && single {
		if err := p.extendedTable(e, starts); err != nil {
			return err
		}
	}
	e.tag(PixelDataTag)
	e.b = append(e.b, 'O', 'B', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF)
	e.tag(tagItem)
	if !basic {
		starts = nil
	}
	e.b = binary.LittleEndian.AppendUint32(e.b, uint32(4*len(starts)))
	for _, s := range starts {
		e.b = binary.LittleEndian.AppendUint32(e.b, uint32(s))
	}
	for i := range p.ext {
		if err := p.fragment(e, w, i); err != nil {
			return err
		}
	}
	e.tag(tagSeqEnd)
	e.b = append(e.b, 0, 0, 0, 0)
	return nil
}

func (p fragments) fragment(e *encoder, w io.Writer, i int) error {
	n := p.ext[i].n
	e.tag(tagItem)
	e.b = binary.LittleEndian.AppendUint32(e.b, n+n%2)
	if err := e.flush(w); err != nil {
		return err
	}
	if err := p.write(w, i); err != nil {
		return fmt.Errorf("write fragment: %w", err)
	}
	if n%2 != 0 {
		e.b = append(e.b, 0)
	}
	return nil
}

// starts are where the frames will begin, and whether each is one fragment.
func (p fragments) starts() (starts []uint64, single bool) {
	total := uint64(0)
	single = len(p.spans) == len(p.ext)
	k := 0
	for i := range p.ext {
		if k < len(p.spans) && p.spans[k].from == i {
			starts = append(starts, total)
			k++
		}
		total += 8 + uint64(p.ext[i].n) + uint64(p.ext[i].n%2)
	}
	return starts, single
}

// extendedTable writes the Extended Offset Table and its lengths (PS3.3
// C.7.6.3.1.8 and 9).
func (p fragments) extendedTable(e *encoder, starts []uint64) error {
	var offsets, lengths []byte
	for i, s := range starts {
		n := uint64(p.ext[i].n)
		if size := p.spans[i].size; size > 0 && (size == n || size+1 == n) {
			n = size
		}
		offsets = binary.LittleEndian.AppendUint64(offsets, s)
		lengths = binary.LittleEndian.AppendUint64(lengths, n)
	}
	if err := e.element(Element{Tag: tagEOT, VR: "OV", Bytes: offsets}, 0); err != nil {
		return err
	}
	return e.element(Element{Tag: tagEOTLen, VR: "OV", Bytes: lengths}, 0)
}
