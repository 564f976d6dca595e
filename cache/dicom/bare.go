package dicom

import (
	"bytes"
	"compress/flate"
	"fmt"
	"strings"
)

// EncodeDataset writes a data set as DIMSE sends it: without preamble and meta
// information, in Implicit VR Little Endian, Explicit VR Little Endian or that
// deflated; any other ts is an *UnsupportedError. Text is written as Write does.
// Groups 0000 and 0002 and pixel data are left out. In implicit VR an element whose
// value is of another kind than the dictionary's is an *InvalidError.
func EncodeDataset(d *Dataset, ts UID) ([]byte, error) {
	switch ts {
	case ImplicitVRLittleEndian, ExplicitVRLittleEndian, DeflatedExplicitVRLittleEndian:
	default:
		return nil, &UnsupportedError{What: "writing a data set in " + ts.Name()}
	}
	e := encoder{implicit: ts == ImplicitVRLittleEndian, unicode: d.Has(SpecificCharacterSet) || !ascii(d)}
	next, err := e.upTo(d, PixelDataTag)
	if err != nil {
		return nil, err
	}
	for ; next < d.Len(); next++ {
		if err := e.element(d.at(next), 0); err != nil {
			return nil, err
		}
	}
	if ts.deflated() {
		return deflate(e.b)
	}
	return e.b, nil
}

// deflate is a raw stream (RFC 1951) of even length (PS3.5 A.5).
func deflate(b []byte) ([]byte, error) {
	var out bytes.Buffer
	z, err := flate.NewWriter(&out, flate.DefaultCompression)
	if err == nil {
		_, err = z.Write(b)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("deflate data set: %w", err)
	}
	if out.Len()%2 != 0 {
		out.WriteByte(0)
	}
	return out.Bytes(), nil
}

// DecodeDataset reads a data set as DIMSE sends it, in the transfer syntax that was
// agreed on. Unlike a file's, its bytes must not end early: that is an
// *InvalidError. Pixel data are passed over. The data set keeps b.
func DecodeDataset(b []byte, ts UID) (*Dataset, error) { return Options{}.DecodeDataset(b, ts) }

// DecodeDataset is the function DecodeDataset, by these options.
func (o Options) DecodeDataset(b []byte, ts UID) (*Dataset, error) {
	p := o.parser(b)
	defer p.release()
	p.f.TransferSyntax = ts
	p.f.Preamble = true // what it is was agreed on: nothing must be guessed
	if ts.deflated() && len(b) > 0 {
		if err := p.inflate(); err != nil {
			return nil, err
		}
	}
	if err := p.body(); err != nil {
		return nil, err
	}
	if p.cut || p.f.Truncated {
		return nil, invalid(p.pos, "the data set ends early")
	}
	return p.f.Dataset, nil
}

// Head is what a Part 10 file says of the object in it.
type Head struct {
	Class, Instance UID // of the meta information
	Transfer        UID
	Offset          int // where the data set begins
}

// ReadHead reads the meta information of a Part 10 file: what C-STORE must know to
// send the bytes behind Offset as they are (PS3.10 7.1). Where the meta information
// does not name all three UIDs there is an *InvalidError.
func ReadHead(b []byte) (Head, error) {
	p := Options{}.parser(b)
	defer p.release()
	if err := p.start(); err != nil {
		return Head{}, err
	}
	h := Head{
		Class: UID(p.f.Meta.Str(MediaStorageSOPClassUID)), Instance: UID(p.f.Meta.Str(MediaStorageSOPInstanceUID)),
		Transfer: p.f.TransferSyntax, Offset: p.pos,
	}
	if p.cut || !h.named() {
		return Head{}, invalid(p.pos, "the meta information names no SOP Class, SOP Instance or transfer syntax")
	}
	return h, nil
}

// named tells that all three UIDs are there: of digits and dots, for real ones break the
// other rules of PS3.5 9.1 (leading zeros).
func (h Head) named() bool {
	for _, u := range []UID{h.Class, h.Instance, h.Transfer} {
		if u == "" || len(u) > 64 || strings.Trim(string(u), "0123456789.") != "" {
			return false
		}
	}
	return true
}

// Bytes are preamble and meta information for a data set that came without: a file
// begins with them (PS3.10 7.1). source is the AE title it came from, may be empty.
func (h Head) Bytes(source string) ([]byte, error) {
	if !h.named() {
		return nil, invalid(-1, "SOP Class, SOP Instance or transfer syntax missing or not a UID")
	}
	meta, err := object{class: string(h.Class), instance: string(h.Instance), ts: h.Transfer, asIs: true}.meta()
	if err != nil {
		return nil, err
	}
	if source != "" {
		meta.SetStr(SourceApplicationEntityTitle, source)
	}
	e := encoder{b: append(make([]byte, 128, 512), "DICM"...)}
	if err := e.group2(meta); err != nil {
		return nil, err
	}
	return e.b, nil
}
