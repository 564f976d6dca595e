package dicom

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"strings"
	"testing"
)

// enc builds data sets by hand, in any of the three encodings.
type enc struct {
	order    binary.AppendByteOrder
	implicit bool
}

var (
	evle = enc{binary.LittleEndian, false}
	ivle = enc{binary.LittleEndian, true}
	evbe = enc{binary.BigEndian, false}
)

func (e enc) head(t Tag, vr VR, n uint32) []byte {
	b := e.order.AppendUint16(e.order.AppendUint16(nil, t.Group()), t.Element())
	switch {
	case e.implicit || t.Group() == 0xFFFE:
		return e.order.AppendUint32(b, n)
	case vr.info().long:
		return e.order.AppendUint32(append(append(b, vr...), 0, 0), n)
	}
	return e.order.AppendUint16(append(b, vr...), uint16(n))
}

func (e enc) el(t Tag, vr VR, v string) []byte {
	return append(e.head(t, vr, uint32(len(v))), v...)
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// part10 puts preamble and meta information in front.
func part10(ts UID, body []byte) []byte {
	uid := string(ts)
	if len(uid)%2 != 0 {
		uid += "\x00"
	}
	meta := evle.el(TransferSyntaxUID, "UI", uid)
	length := evle.el(FileMetaInformationGroupLength, "UL", string(binary.LittleEndian.AppendUint32(nil, uint32(len(meta)))))
	return join(make([]byte, 128), []byte("DICM"), length, meta, body)
}

func parsed(t *testing.T, b []byte) *File {
	t.Helper()
	f, err := Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestNumbersOfEveryVRAndByteOrder(t *testing.T) {
	for _, e := range []enc{evle, evbe} {
		u16 := string(e.order.AppendUint16(e.order.AppendUint16(nil, 1), 0xFFFE))
		u32 := string(e.order.AppendUint32(nil, 0xFFFFFFFE))
		u64 := string(e.order.AppendUint64(nil, 0xFFFFFFFFFFFFFFFE))
		at := string(e.order.AppendUint16(e.order.AppendUint16(nil, 0x0028), 0x0010))
		f32 := string(e.order.AppendUint32(nil, 0x3FC00000))
		f64 := string(e.order.AppendUint64(nil, 0xBFF8000000000000))
		b := join(e.el(0x00080001, "US", u16), e.el(0x00080002, "SS", u16), e.el(0x00080003, "UL", u32),
			e.el(0x00080004, "SL", u32), e.el(0x00080006, "UV", u64), e.el(0x00080007, "SV", u64),
			e.el(0x00080009, "AT", at), e.el(0x0008000A, "FL", f32), e.el(0x0008000B, "FD", f64),
			e.el(0x0008000C, "OW", u16), e.el(0x0008000D, "OB", u16), e.el(0x0008000E, "OV", u64))
		f, err := Parse(part10(map[enc]UID{evle: ExplicitVRLittleEndian, evbe: ExplicitVRBigEndian}[e], b))
		if err != nil {
			t.Fatal(err)
		}
		for tag, want := range map[Tag]string{0x00080001: "1 65534", 0x00080002: "1 -2", 0x00080003: "4294967294",
			0x00080004: "-2", 0x00080006: "-2", 0x00080007: "-2", 0x00080009: "2621456", 0x0008000A: "1.5", 0x0008000B: "-1.5"} {
			if got := strings.Join(f.Dataset.Strs(tag), " "); got != want {
				t.Errorf("%v %s: %s, want %s", e.order, tag, got, want)
			}
		}
		for tag, want := range map[Tag]string{0x0008000C: "\x01\x00\xfe\xff", 0x0008000D: u16, 0x0008000E: "\xfe\xff\xff\xff\xff\xff\xff\xff"} {
			if got, _ := f.Dataset.Get(tag); string(got.Bytes) != want {
				t.Errorf("%v %s: % x", e.order, tag, got.Bytes)
			}
		}
	}
}

func TestImplicitVRFollowsTheDictionaryAndPixelRepresentation(t *testing.T) {
	body := join(ivle.el(PatientName, "", "A^B "), ivle.el(PixelRepresentation, "", "\x01\x00"),
		ivle.el(SmallestImagePixelValue, "", "\xfe\xff"), ivle.el(LUTData, "", "\x01\x02"), ivle.el(OverlayRows+0x20000, "", "\x05\x00"))
	f := parsed(t, part10(ImplicitVRLittleEndian, join(body, ivle.el(PixelDataTag, "", "\x01\x02"))))
	if f.Pixel.VR != "OW" {
		t.Errorf("pixel data are %s", f.Pixel.VR)
	}
	d := f.Dataset
	if v, _ := d.Int(SmallestImagePixelValue); v != -2 {
		t.Errorf("US or SS: %d", v)
	}
	if e, _ := d.Get(LUTData); e.VR != "OW" || len(e.Bytes) != 2 {
		t.Errorf("US or OW: %+v", e)
	}
	if v, _ := d.Int(OverlayRows + 0x20000); v != 5 {
		t.Errorf("repeating group: %d", v)
	}
}

// TestEverySequenceFormIsRead covers defined and undefined lengths, UN and
// private sequences, nested.
func TestEverySequenceFormIsRead(t *testing.T) {
	for _, e := range []enc{evle, ivle, evbe} {
		leaf := e.el(PatientID, "LO", "X1")
		sized := func(b []byte) []byte { return append(e.head(tagItem, "", uint32(len(b))), b...) }
		open := func(b []byte) []byte {
			return join(e.head(tagItem, "", undefined), b, e.head(tagItemEnd, "", 0))
		}
		for name, content := range map[string][]byte{"sized item": sized(leaf), "open item": open(leaf)} {
			closed := append(e.head(ReferencedStudySequence, "SQ", uint32(len(content))), content...)
			open := join(e.head(ReferencedStudySequence, "SQ", undefined), content, e.head(tagSeqEnd, "", 0))
			for kind, b := range map[string][]byte{"sized": closed, "open": open} {
				b = join(b, e.el(PatientName, "PN", "N "))
				f, err := Parse(part10(map[enc]UID{evle: ExplicitVRLittleEndian, ivle: ImplicitVRLittleEndian, evbe: ExplicitVRBigEndian}[e], b))
				if err != nil || f.Dataset.Item(ReferencedStudySequence).Str(PatientID) != "X1" || f.Dataset.Str(PatientName) != "N" {
					t.Errorf("%v %s, %s sequence: %v", e, name, kind, err)
				}
			}
		}
	}
}

func TestUNIsReadAsImplicitLittleEndian(t *testing.T) {
	item := ivle.el(PatientID, "", "X1")
	content := join(ivle.head(tagItem, "", uint32(len(item))), item)
	const private Tag = 0x00091001
	for name, b := range map[string][]byte{
		"undefined length":           join(evle.head(private, "UN", undefined), content, ivle.head(tagSeqEnd, "", 0)),
		"public, explicit":           join(evle.head(ReferencedStudySequence, "UN", 18), evle.head(tagItem, "", 10), evle.el(PatientID, "LO", "X1")),
		"public, implicit":           join(evle.head(ReferencedStudySequence, "UN", uint32(len(content))), content),
		"public, undefined":          join(evle.head(ReferencedStudySequence, "UN", undefined), content, ivle.head(tagSeqEnd, "", 0)),
		"defined length":             join(evle.head(private, "UN", uint32(len(content))), content),
		"undefined length, explicit": join(evle.head(private, "UN", undefined), evle.head(tagItem, "", 10), evle.el(PatientID, "LO", "X1"), evle.head(tagSeqEnd, "", 0)),
	} {
		f, err := Parse(part10(ExplicitVRLittleEndian, join(b, evle.el(PatientName, "PN", "N "))))
		if err != nil || f.Dataset.Item(private).Str(PatientID)+f.Dataset.Item(ReferencedStudySequence).Str(PatientID) != "X1" || f.Dataset.Str(PatientName) != "N" {
			t.Errorf("%s: %v", name, err)
		}
	}
	// A public tag as UN is what the dictionary says; bytes that only begin like
	// an item stay bytes.
	b := join(evle.el(PatientName, "UN", "A^B "), evle.el(private+0x200000, "UN", "\xfe\xff\x00\xe0\xff\x00\x00\x00"))
	d := parsed(t, part10(ExplicitVRLittleEndian, b)).Dataset
	if d.Str(PatientName) != "A^B" {
		t.Errorf("name %q", d.Str(PatientName))
	}
	if e, _ := d.Get(private + 0x200000); len(e.Bytes) != 8 || e.Items != nil {
		t.Errorf("%+v", e)
	}
}

func TestCareless(t *testing.T) {
	name := evle.el(PatientName, "PN", "A^B ")
	syntax := evle.el(TransferSyntaxUID, "UI", string(ExplicitVRLittleEndian)+"\x00")
	meta := func(length string) []byte {
		return join(make([]byte, 128), []byte("DICM"), evle.el(FileMetaInformationGroupLength, "UL", length), syntax, name)
	}
	for what, b := range map[string][]byte{
		"meta length too large":     meta("\xff\xff\xff\x7f"),
		"meta length too small":     meta("\x02\x00\x00\x00"),
		"meta length of no number":  meta("\x02\x00"),
		"meta without a length":     join(make([]byte, 128), []byte("DICM"), syntax, name),
		"meta in implicit VR":       join(make([]byte, 128), []byte("DICM"), ivle.el(TransferSyntaxUID, "", string(ImplicitVRLittleEndian)+"\x00"), ivle.el(PatientName, "", "A^B ")),
		"no meta":                   join(make([]byte, 128), []byte("DICM"), name),
		"no meta, implicit":         join(make([]byte, 128), []byte("DICM"), ivle.el(PatientName, "", "A^B ")),
		"no meta, big endian":       join(make([]byte, 128), []byte("DICM"), evbe.el(PatientName, "PN", "A^B ")),
		"no preamble":               part10(ExplicitVRLittleEndian, name)[132:],
		"magic only":                part10(ExplicitVRLittleEndian, name)[128:],
		"bare explicit":             name,
		"bare implicit":             ivle.el(PatientName, "", "A^B "),
		"bare big endian":           evbe.el(PatientName, "PN", "A^B "),
		"declared explicit, is not": part10(ExplicitVRLittleEndian, ivle.el(PatientName, "", "A^B ")),
		"declared implicit, is not": part10(ImplicitVRLittleEndian, name),
		"declared little, is big":   part10(ExplicitVRLittleEndian, evbe.el(PatientName, "PN", "A^B ")),
		"unknown syntax":            part10("1.2.840.10008.1.2.4.203", name),
		"no syntax":                 part10("", name),
		"zeros behind":              part10(ExplicitVRLittleEndian, join(name, make([]byte, 100))),
		"padding behind":            part10(ExplicitVRLittleEndian, join(name, evle.el(tagPadding, "OB", "\x00\x00"))),
		"group length":              part10(ExplicitVRLittleEndian, join(evle.el(0x00100000, "UL", "\xff\x00\x00\x00"), name)),
		"out of order":              part10(ExplicitVRLittleEndian, join(evle.el(PatientID, "LO", "ID"), name)),
		"repeated":                  part10(ExplicitVRLittleEndian, join(name, evle.el(PatientName, "PN", "C^D "))),
		"stray delimiter":           part10(ExplicitVRLittleEndian, join(evle.head(tagSeqEnd, "", 0), name)),
		"one element implicit":      part10(ExplicitVRLittleEndian, join(evle.el(StudyDate, "DA", "20250101"), ivle.el(PatientName, "", "A^B "))),
		"unknown VR":                part10(ExplicitVRLittleEndian, join([]byte{9, 0, 1, 16, 'Z', 'Z', 0, 0, 2, 0, 0, 0, 1, 2}, name)),
		"rubbish for a VR":          part10(ExplicitVRLittleEndian, join(evle.el(0x00080016, "UI", "1.2 "), []byte{8, 0, 0x20, 0, '?', '?', 8, 0}, []byte("20250101"), name, evle.el(PatientID, "LO", strings.Repeat("x", 20000)))),
		"zeros for a VR":            part10(ExplicitVRLittleEndian, join(evle.el(0x00080016, "UI", "1.2 "), []byte{8, 0, 0x20, 0, 0, 0, 8, 0}, []byte("20250101"), name, evle.el(PatientID, "LO", strings.Repeat("x", 60000)))),
		"a byte behind the pixels":  part10(ExplicitVRLittleEndian, join(name, evle.el(PixelDataTag, "OW", "\x01\x02"), []byte{7})),
		"rubbish behind the pixels": part10(ExplicitVRLittleEndian, join(name, evle.el(PixelDataTag, "OW", "\x01\x02"), []byte("\r\n--boundary of some mail--\r\n"))),
		"padding for a delimiter":   part10(JPEGBaseline, join(name, evle.head(PixelDataTag, "OB", undefined), evle.el(tagItem, "", ""), evle.el(tagItem, "", "\xff\xd8\xff\xd9"), evle.el(tagPadding, "OB", "\x00\x00"))),
		"odd number":                part10(ExplicitVRLittleEndian, join(evle.el(0x00080001, "US", "\x01\x00\x02"), name)),
	} {
		f, err := Parse(b)
		if err != nil || f.Dataset.Str(PatientName) != "A^B" || f.Truncated {
			t.Errorf("%s: %v %+v", what, err, f)
		}
		if err == nil && f.Dataset.Has(0x00100000) {
			t.Errorf("%s: group length kept", what)
		}
		g, err := OpenReaderAt(bytes.NewReader(b), int64(len(b)))
		if err != nil || g.Dataset.Str(PatientName) != "A^B" || g.TransferSyntax != f.TransferSyntax {
			t.Errorf("%s, opened: %v", what, err)
		}
	}
}

// TestAMissingOffsetTableOrDelimiterHidesNoFrame, and fragments that are fewer than
// the frames are said to be cut off.
func TestAMissingOffsetTableOrDelimiterHidesNoFrame(t *testing.T) {
	a, b := "\xff\xd8\xff\xe0 one", "\xff\xd8\xff\xe0 two"
	body := func(frames string, table bool, end []byte) []byte {
		head := join(evle.el(NumberOfFrames, "IS", frames), evle.head(PixelDataTag, "OB", undefined))
		if table {
			head = append(head, evle.el(tagItem, "", "")...)
		}
		return part10(JPEGBaseline, join(head, evle.el(tagItem, "", a), evle.el(tagItem, "", b), end))
	}
	cut := map[string]bool{"no delimiter": true, "neither": true, "one too few": true}
	for name, in := range map[string][]byte{
		"no table": body("2 ", false, evle.head(tagSeqEnd, "", 0)), "no delimiter": body("2 ", true, nil), "neither": body("2 ", false, nil),
		"zeros": body("2 ", true, make([]byte, 64)), "one too few": body("3 ", true, make([]byte, 64)),
	} {
		f := parsed(t, in)
		if f.Truncated != cut[name] || len(f.Notes) == 0 && !f.Truncated {
			t.Errorf("%s: truncated %v, %v", name, f.Truncated, f.Notes)
		}
		g, err := OpenReaderAt(bytes.NewReader(in), int64(len(in)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range []*File{f, g} {
			for i, want := range []string{a, b} {
				if got, err := f.Frame(i); string(got) != want {
					t.Errorf("%s: frame %d: %q %v", name, i, got, err)
				}
			}
		}
	}
}

func TestBytesThatEndEarlyLeaveWhatIsThere(t *testing.T) {
	seq := join(evle.head(ReferencedStudySequence, "SQ", undefined), evle.head(tagItem, "", undefined), evle.el(PatientID, "LO", "X1"), evle.el(PatientName, "PN", "N "))
	whole := part10(ExplicitVRLittleEndian, join(evle.el(StudyDate, "DA", "20250101"), seq))
	for n := len(whole) - 1; n > len(whole)-len(seq); n-- {
		f, err := Parse(whole[:n])
		if err != nil || !f.Truncated || f.Dataset.Str(StudyDate) != "20250101" {
			t.Fatalf("%d of %d: %v %+v", n, len(whole), err, f)
		}
	}
	f := parsed(t, whole)
	if !f.Truncated || f.Dataset.Item(ReferencedStudySequence).Str(PatientID) != "X1" {
		t.Errorf("open sequence: %+v", f)
	}
	f = parsed(t, part10(ExplicitVRLittleEndian, append(evle.head(PixelDataTag, "OW", 10), 1, 2, 3)))
	if !f.Truncated || string(f.Pixel.Native) != "\x01\x02\x03" {
		t.Errorf("pixels: %+v", f)
	}
}

func TestIconsStayInTheirItem(t *testing.T) {
	const icon Tag = 0x00880200
	native := evle.el(PixelDataTag, "OW", "\x01\x02")
	f := parsed(t, part10(ExplicitVRLittleEndian, join(evle.head(icon, "SQ", undefined), evle.head(tagItem, "", uint32(len(native))), native, evle.head(tagSeqEnd, "", 0))))
	if e, _ := f.Dataset.Item(icon).Get(PixelDataTag); string(e.Bytes) != "\x01\x02" || f.Pixel.Present() {
		t.Errorf("native icon: %+v", e)
	}
	frag := join(evle.head(tagItem, "", 0), evle.el(tagItem, "", "\xff\xd8"))
	enc := join(evle.head(PixelDataTag, "OB", undefined), frag, evle.head(tagSeqEnd, "", 0))
	f = parsed(t, part10(JPEGBaseline, join(evle.head(icon, "SQ", undefined), evle.head(tagItem, "", uint32(len(enc))), enc, evle.head(tagSeqEnd, "", 0), evle.el(0x00880904, "LO", "T "))))
	if e, _ := f.Dataset.Item(icon).Get(PixelDataTag); !bytes.Equal(e.Bytes, frag) || !f.Dataset.Has(0x00880904) {
		t.Errorf("encapsulated icon: %+v", e)
	}
}

func TestInvalidIsToldFromUnsupported(t *testing.T) {
	open := func(n int) []byte {
		level := join(evle.head(ReferencedStudySequence, "SQ", undefined), evle.head(tagItem, "", undefined))
		return part10(ExplicitVRLittleEndian, bytes.Repeat(level, n))
	}
	if f := parsed(t, open(maxDepth)); !f.Truncated {
		t.Error("64 levels are allowed")
	}
	for what, b := range map[string][]byte{
		"nothing":           nil,
		"text":              []byte("PATIENT REPORT\nname: nobody\n"),
		"gzip":              {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2},
		"preamble alone":    append(make([]byte, 128), "DICM"...),
		"no item":           part10(ExplicitVRLittleEndian, join(evle.head(ReferencedStudySequence, "SQ", 20), evle.el(PatientName, "PN", "ABCDEFGHIJKL"))),
		"item too long":     part10(ExplicitVRLittleEndian, join(evle.head(ReferencedStudySequence, "SQ", 8), evle.head(tagItem, "", 40), evle.el(PatientName, "PN", strings.Repeat("A", 40)))),
		"value beyond item": part10(ExplicitVRLittleEndian, join(evle.head(ReferencedStudySequence, "SQ", 18), evle.head(tagItem, "", 10), evle.head(PatientName, "PN", 40), []byte(strings.Repeat("A", 40)))),
		"no fragment":       part10(JPEGBaseline, join(evle.head(PixelDataTag, "OB", undefined), evle.el(PatientName, "PN", "ABCDEFGHIJKL"))),
		"bad deflate":       part10(DeflatedExplicitVRLittleEndian, []byte{0xFF, 0xFF, 0xFF, 0xFF}),
	} {
		var inv *InvalidError
		if f, err := Parse(b); !errors.As(err, &inv) {
			t.Errorf("%s: %v %+v", what, err, f)
		}
	}
}

func deflated(b []byte) []byte {
	var w bytes.Buffer
	z, _ := flate.NewWriter(&w, flate.BestSpeed)
	z.Write(b)
	z.Close()
	return w.Bytes()
}

func TestDeflatedDataSetsAreReadEvenInPart(t *testing.T) {
	body := deflated(join(evle.el(StudyDate, "DA", "20250101"), evle.el(PatientComments, "LT", strings.Repeat("abcdefgh", 100)), evle.head(PixelDataTag, "OB", 4), []byte{1, 2, 3, 4}))
	f := parsed(t, part10(DeflatedExplicitVRLittleEndian, body))
	if f.Truncated || string(f.Pixel.Native) != "\x01\x02\x03\x04" {
		t.Errorf("%+v", f)
	}
	f = parsed(t, part10(DeflatedExplicitVRLittleEndian, body[:len(body)-6]))
	if !f.Truncated || f.Dataset.Str(StudyDate) != "20250101" {
		t.Errorf("%+v", f)
	}
}
