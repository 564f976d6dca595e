package demo

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
)

// errNoForm says that an object cannot be made into a transfer syntax.
var errNoForm = errors.New("the object cannot be sent in this transfer syntax")

// canBecome reports whether an object stored in one transfer syntax can be sent in
// another: any that is read here becomes uncompressed little endian.
func canBecome(from, to dicom.UID) bool {
	if from == to {
		return true
	}
	if to != dicom.ExplicitVRLittleEndian && to != dicom.ImplicitVRLittleEndian {
		return false
	}
	switch from {
	case dicom.ExplicitVRLittleEndian, dicom.ImplicitVRLittleEndian, dicom.DeflatedExplicitVRLittleEndian, dicom.ExplicitVRBigEndian:
		return true
	}
	return pixel.Decoders[from] != nil
}

// openDataset gives an object as DIMSE sends it: the data set alone, in transfer
// syntax to. As stored, it is the file behind its meta information, as it lies there.
func (a *Archive) openDataset(in *instance, to dicom.UID) (body, error) {
	if in.syntax != to {
		b, err := a.become(in, to)
		return inMemory(b), err
	}
	b, err := a.open(in)
	if err != nil {
		return nil, err
	}
	at, err := datasetOffset(b)
	if err == nil {
		_, err = b.Seek(at, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open object: %w", err), b.Close())
	}
	return b, nil
}

// headLimit bounds the meta information of a file.
const headLimit = 64 << 10

var errNoHead = errors.New("the file's meta information has no end")

// datasetOffset is where the data set of a Part 10 file begins: behind group 0002,
// which is Explicit VR Little Endian (PS3.10 7.1).
func datasetOffset(r io.Reader) (int64, error) {
	head := make([]byte, 1<<10)
	n, err := io.ReadFull(r, head)
	at, ok := metaEnd(head[:n])
	if !ok && err == nil { // longer than most
		head = append(head, make([]byte, headLimit-n)...)
		more := 0
		more, err = io.ReadFull(r, head[n:])
		at, ok = metaEnd(head[:n+more])
	}
	switch {
	case ok:
		return int64(at), nil
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF):
		return 0, err
	}
	return 0, errNoHead
}

// metaEnd walks the elements of group 0002 behind the preamble.
func metaEnd(b []byte) (at int, ok bool) {
	at = 132
	for at+8 <= len(b) {
		if binary.LittleEndian.Uint16(b[at:]) != 2 {
			return at, true
		}
		head, n := 8, int64(binary.LittleEndian.Uint16(b[at+6:]))
		switch string(b[at+4 : at+6]) {
		case "OB", "OW", "UN", "UT", "SQ":
			if at+12 > len(b) {
				return 0, false
			}
			head, n = 12, int64(binary.LittleEndian.Uint32(b[at+8:]))
		}
		if n > int64(len(b)-at-head) {
			return 0, false
		}
		at += head + int(n)
	}
	return 0, false
}

// become makes the data set of an object in another transfer syntax.
func (a *Archive) become(in *instance, to dicom.UID) ([]byte, error) {
	if !canBecome(in.syntax, to) {
		return nil, errNoForm
	}
	f, err := a.parse(in)
	if err != nil {
		return nil, err
	}
	if f.Truncated {
		return nil, errNoForm // half an object is never sent as a whole one
	}
	b, err := uncompressed(f)
	if err != nil {
		return nil, fmt.Errorf("make object: %w", err)
	}
	h, err := dicom.ReadHead(b)
	if err != nil {
		return nil, fmt.Errorf("make object: %w", err)
	}
	if to == dicom.ImplicitVRLittleEndian {
		return implicit(b)
	}
	return b[h.Offset:], nil
}

// uncompressed is the file in Explicit VR Little Endian.
func uncompressed(f *dicom.File) ([]byte, error) {
	var b bytes.Buffer
	if !f.Pixel.Encapsulated {
		err := dicom.WriteFile(&b, f)
		return b.Bytes(), err
	}
	h, err := pixel.HeaderOf(f)
	if err != nil {
		return nil, err
	}
	dec := pixel.Decoders[f.TransferSyntax]
	if dec == nil || h.Allocated < 8 {
		return nil, errNoForm // frames of bits would have to be joined within bytes
	}
	var native []byte
	first := h
	for i := range dicom.Frames(f) {
		frame, err := f.Frame(i)
		if err != nil {
			return nil, err
		}
		now := h
		one, err := dec.Decode(nil, frame, &now)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			first = now
		} else if now != first {
			return nil, errNoForm // frames of several kinds
		}
		native = append(native, one...)
	}
	d := f.Dataset.Clone()
	if first.Samples > 1 {
		d.SetStr(dicom.PhotometricInterpretation, first.Photometric)
		d.SetInt(dicom.PlanarConfiguration, 0)
	}
	return dicom.Bytes(d, native)
}

// implicit makes the data set of an explicit file Implicit VR Little Endian. What
// stands behind the pixel data (signatures of the other encoding) is left out.
func implicit(b []byte) ([]byte, error) {
	f, err := dicom.Parse(b)
	if err != nil {
		return nil, err
	}
	d := &dicom.Dataset{}
	for el := range f.Dataset.All() {
		if el.Tag < 0x7FE00000 || !f.Pixel.Present() {
			d.Set(el)
		}
	}
	out, err := dicom.EncodeDataset(d, dicom.ImplicitVRLittleEndian)
	if err != nil || !f.Pixel.Present() {
		return out, err
	}
	out = binary.LittleEndian.AppendUint16(out, f.Pixel.Tag.Group())
	out = binary.LittleEndian.AppendUint16(out, f.Pixel.Tag.Element())
	out = binary.LittleEndian.AppendUint32(out, uint32(len(f.Pixel.Native)))
	return append(out, f.Pixel.Native...), nil
}
