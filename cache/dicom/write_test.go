package dicom

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	foreign "github.com/suyashkumar/dicom"

	"github.com/nocturne/nocturne/cache/oracle"
)

// sample holds a value of every VR, two of them nested.
func sample() *Dataset {
	d := &Dataset{}
	d.SetStr(SOPClassUID, string(SCImageStorage))
	d.SetStr(SOPInstanceUID, "1.2.3.4")
	d.SetStr(ImageType, "DERIVED", "SECONDARY", "")
	d.SetStr(PatientName, "Ärger^Ünal=王^小東")
	d.SetStr(PatientComments, `back\slash, µ`)
	d.SetStr(StudyDate, "20250131")
	d.SetStr(StudyTime, "235959.5")
	d.SetStr(PatientID)
	d.SetInt(SeriesNumber, -1)
	d.SetFloat(SliceThickness, 1.0/3)
	d.SetFloat(PixelSpacing, 0.5, 0.25)
	d.SetInt(BitsAllocated, 8)
	d.SetInt(BitsStored, 8)
	d.SetInt(PixelPaddingValue, 65535)
	d.Set(Element{Tag: FrameIncrementPointer, VR: "AT", Ints: []int64{int64(FrameTime)}})
	d.Set(Element{Tag: 0x00091001, VR: "UN", Bytes: []byte{1, 2, 3}})
	d.Set(Element{Tag: 0x00091002, VR: "SV", Ints: []int64{math.MinInt64}})
	d.Set(Element{Tag: 0x00091003, VR: "UV", Ints: []int64{-1}})
	d.Set(Element{Tag: 0x00091004, VR: "OV", Bytes: make([]byte, 8)})
	d.Set(Element{Tag: 0x00091005, VR: "FL", Floats: []float64{1.5, float64(float32(0.1))}})
	d.Set(Element{Tag: 0x00091006, VR: "FD", Floats: []float64{math.Pi}})
	d.Set(Element{Tag: 0x00091007, VR: "UT", Text: []string{strings.Repeat("long ", 20000) + "."}})
	inner := &Dataset{}
	inner.SetStr(CodeMeaning, "ß")
	inner.SetSeq(ReferencedStudySequence, &Dataset{})
	d.SetSeq(RequestedProcedureCodeSequence, inner, &Dataset{})
	d.SetSeq(ReferencedStudySequence)
	return d
}

func written(t testing.TB, d *Dataset, pixel []byte) []byte {
	t.Helper()
	var w bytes.Buffer
	if err := Write(&w, d, pixel); err != nil {
		t.Fatal(err)
	}
	return w.Bytes()
}

func TestEveryVRSurvivesWritingAndReading(t *testing.T) {
	want := sample()
	f := parsed(t, written(t, want, []byte{1, 2, 3}))
	if len(f.Notes) > 0 || !f.Preamble || f.TransferSyntax != ExplicitVRLittleEndian {
		t.Errorf("%+v", f)
	}
	want.SetStr(SpecificCharacterSet, "ISO_IR 192")
	for e := range want.All() {
		got, ok := f.Dataset.Get(e.Tag)
		if len(e.Text) == 0 && len(e.Items) == 0 && e.Text != nil {
			e.Text = nil
		}
		if e.Tag == 0x00091001 {
			e.Bytes = []byte{1, 2, 3, 0} // padded, as it must be
		}
		if !ok || fmt.Sprint(got) != fmt.Sprint(e) && !e.Tag.VR().info().kindIs(kindSeq) {
			t.Errorf("%s: %.100v, want %.100v", e.Tag, got, e)
		}
	}
	if f.Dataset.Len() != want.Len() || f.Dataset.Item(RequestedProcedureCodeSequence).Str(CodeMeaning) != "ß" ||
		len(f.Dataset.Seq(RequestedProcedureCodeSequence)) != 2 {
		t.Error("sequence differs")
	}
	if string(f.Pixel.Native) != "\x01\x02\x03\x00" || f.Pixel.VR != "OB" {
		t.Errorf("pixels %+v", f.Pixel)
	}
}

func (in *vrInfo) kindIs(k kind) bool { return in.kind == k }

func TestWrittenBytesAreFixedAndSorted(t *testing.T) {
	a, b := sample(), &Dataset{}
	for _, e := range slices.Backward(a.elems) {
		b.Set(e)
	}
	x, y := written(t, a, nil), written(t, b, nil)
	if !bytes.Equal(x, y) {
		t.Error("bytes differ")
	}
	if !bytes.Equal(x[:128], make([]byte, 128)) {
		t.Error("preamble is not zero")
	}
	f := parsed(t, x)
	if !slices.IsSortedFunc(slices.Collect(f.Dataset.All()), func(p, q Element) int { return int(int64(p.Tag) - int64(q.Tag)) }) {
		t.Error("not sorted")
	}
}

func TestASCIIStaysWithoutACharacterSet(t *testing.T) {
	d := set(map[Tag]string{SOPClassUID: string(SCImageStorage), SOPInstanceUID: "1.2", PatientName: "A^B"})
	if f := parsed(t, written(t, d, nil)); f.Dataset.Has(SpecificCharacterSet) {
		t.Error("character set declared for ASCII")
	}
	d.SetStr(SpecificCharacterSet, "ISO_IR 100")
	if f := parsed(t, written(t, d, nil)); f.Dataset.Str(SpecificCharacterSet) != "ISO_IR 192" {
		t.Errorf("%q", f.Dataset.Str(SpecificCharacterSet))
	}
}

func TestPixelVRFollowsTheBits(t *testing.T) {
	for _, c := range []struct {
		alloc  int
		stored bool
		tag    Tag
		vr     VR
	}{{1, true, PixelDataTag, "OB"}, {8, true, PixelDataTag, "OB"}, {16, true, PixelDataTag, "OW"}, {32, true, PixelDataTag, "OW"},
		{32, false, FloatPixelData, "OF"}, {64, false, DoubleFloatPixelData, "OD"}} {
		d := set(map[Tag]string{SOPClassUID: string(SCImageStorage), SOPInstanceUID: "1.2"})
		d.SetInt(BitsAllocated, c.alloc)
		if c.stored {
			d.SetInt(BitsStored, c.alloc)
		}
		if p := parsed(t, written(t, d, make([]byte, 8))).Pixel; p.Tag != c.tag || p.VR != c.vr {
			t.Errorf("%d bits: %s %s", c.alloc, p.Tag, p.VR)
		}
	}
}

func TestWhatCannotBeWrittenIsRefused(t *testing.T) {
	for what, e := range map[string]Element{
		"two texts":    {Tag: PatientComments, VR: "LT", Text: []string{"a", "b"}},
		"backslash":    {Tag: PatientID, VR: "LO", Text: []string{`a\b`}},
		"US too large": {Tag: Rows, VR: "US", Ints: []int64{65536}},
		"US negative":  {Tag: Rows, VR: "US", Ints: []int64{-1}},
		"SS too small": {Tag: PixelPaddingValue, VR: "SS", Ints: []int64{-32769}},
		"unknown VR":   {Tag: PatientID, VR: "ZZ"},
		"elsewhere":    {Tag: EncapsulatedDocument, VR: "OB", BulkDataURI: "http://x/"},
	} {
		d := sample()
		d.Set(e)
		var inv *InvalidError
		if err := Write(&bytes.Buffer{}, d, nil); !errors.As(err, &inv) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, uid := range []string{"", "1.02", "1..2", ".1", "1.", "1.a", strings.Repeat("1", 65)} {
		d := sample()
		d.SetStr(SOPInstanceUID, uid)
		if err := Write(&bytes.Buffer{}, d, nil); err == nil {
			t.Errorf("UID %q written", uid)
		}
	}
	deep := sample()
	for range maxDepth + 1 {
		outer := sample()
		outer.SetSeq(ReferencedStudySequence, deep)
		deep = outer
	}
	if err := Write(&bytes.Buffer{}, deep, nil); err == nil {
		t.Error("65 levels written")
	}
}

// TestAForeignParserReadsWhatWeWrite asks the dictionary's own module for a
// second opinion, element by element.
func TestAForeignParserReadsWhatWeWrite(t *testing.T) {
	d := sample()
	for _, t := range []Tag{0x00091002, 0x00091003, 0x00091004} {
		d.Delete(t) // it reads the length of SV, UV and OV wrongly
	}
	d.SetStr(PatientComments, "µ") // it splits LT at backslashes
	b := written(t, d, make([]byte, 8))
	ds, err := foreign.Parse(bytes.NewReader(b), int64(len(b)), nil, foreign.SkipPixelData())
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, e := range ds.Elements {
		tag := Tag(uint32(e.Tag.Group)<<16 | uint32(e.Tag.Element))
		ours, ok := d.Get(tag)
		if !ok || ours.Text == nil {
			continue
		}
		if got := fmt.Sprint(e.Value.GetValue()); !strings.Contains(got, ours.Text[0]) {
			t.Errorf("%s: %.60s, ours %.60s", tag, got, ours.Text[0])
		}
		seen++
	}
	if seen < 8 {
		t.Errorf("only %d elements compared", seen)
	}
}

// TestEncapsulatedFramesAreWrittenUnderATableThatHolds, whatever their lengths.
func TestEncapsulatedFramesAreWrittenUnderATableThatHolds(t *testing.T) {
	d := sample()
	d.SetInt(NumberOfFrames, 3)
	frames := [][]byte{[]byte("\xff\xd8\xff one"), []byte("\xff\xd8\xff three."), []byte("\xff\xd8\xff2")}
	var w bytes.Buffer
	if err := WriteEncapsulated(&w, d, JPEGLossless, frames); err != nil {
		t.Fatal(err)
	}
	f := parsed(t, w.Bytes())
	if f.TransferSyntax != JPEGLossless || f.Truncated || len(f.Notes) > 0 || len(f.Pixel.BOT) != 3 {
		t.Errorf("%+v", f)
	}
	g, err := OpenReaderAt(bytes.NewReader(w.Bytes()), int64(w.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range frames {
		for _, f := range []*File{f, g} {
			if b, err := f.Frame(i); err != nil || !bytes.HasPrefix(b, want) || len(b) != len(want)+len(want)%2 {
				t.Errorf("frame %d: %q %v", i, b, err)
			}
		}
	}
	for _, f := range []*File{f, g} {
		var again bytes.Buffer
		if err := WriteFile(&again, f); err != nil || !bytes.Equal(again.Bytes(), w.Bytes()) {
			t.Errorf("written again it differs: %v", err)
		}
	}
}

// TestAnExtendedOffsetTableStaysOne, with the lengths that leave padding out.
func TestAnExtendedOffsetTableStaysOne(t *testing.T) {
	u64 := func(v ...uint64) string {
		var b []byte
		for _, n := range v {
			b = binary.LittleEndian.AppendUint64(b, n)
		}
		return string(b)
	}
	b := part10(JPEG2000Lossless, join(evle.el(NumberOfFrames, "IS", "2 "), evle.el(tagEOT, "OV", u64(0, 12)), evle.el(tagEOTLen, "OV", u64(3, 4)),
		evle.head(PixelDataTag, "OB", undefined), evle.el(tagItem, "", ""), evle.el(tagItem, "", "abc\x00"), evle.el(tagItem, "", "defg"), evle.head(tagSeqEnd, "", 0)))
	var w bytes.Buffer
	if err := WriteFile(&w, parsed(t, b)); err != nil {
		t.Fatal(err)
	}
	f := parsed(t, w.Bytes())
	if len(f.Pixel.EOT) != 2 || len(f.Pixel.EOTLengths) != 2 || len(f.Pixel.BOT) != 0 || f.Dataset.Has(tagEOT) {
		t.Errorf("%+v", f.Pixel)
	}
	if b, err := f.Frame(0); string(b) != "abc" {
		t.Errorf("%q %v", b, err)
	}
}

func TestWrittenDirectoriesLeadToTheirRecords(t *testing.T) {
	for _, name := range []string{"DICOMDIR", "DICOMDIR-implicit", "DICOMDIR-bigEnd"} {
		var w bytes.Buffer
		if err := WriteFile(&w, realFile(t, "media/dicomdirtests/"+name)); err != nil {
			t.Fatal(err)
		}
		b := w.Bytes()
		d := parsed(t, b).Dataset
		seen := 0
		for _, it := range append([]*Dataset{d}, d.Seq(directoryRecords)...) {
			for _, link := range []Tag{firstRecord, lastRecord, nextRecord, lowerRecord} {
				at := it.IntOr(link, 0)
				if at == 0 {
					continue
				}
				if at+8 > len(b) || string(b[at:at+4]) != "\xfe\xff\x00\xe0" {
					t.Fatalf("%s: %s leads to byte %d, where no record begins", name, link, at)
				}
				seen++
			}
		}
		if seen < 20 {
			t.Errorf("%s: only %d links", name, seen)
		}
	}
}

// TestDCMTKReadsRealFilesThatWeWriteAgain: of every kind, without a warning that it
// has not of the original.
func TestDCMTKReadsRealFilesThatWeWriteAgain(t *testing.T) {
	dump := oracle.Tool(t, "dcmdump")
	for _, name := range []string{"media/dicomdirtests/DICOMDIR-bigEnd", "ts/pydicom-test_files/ExplVR_BigEnd.dcm", "ts/pydicom-test_files/SC_rgb_jpeg_dcmtk.dcm",
		"ts/pydicom-test_files/image_dfl.dcm", "ts/pydicom-test_files/SC_rgb_rle_2frame.dcm", "ts/pydicom-test_files/693_J2KI.dcm", "objects/sr/sample-sr.dcm"} {
		out := filepath.Join(t.TempDir(), "written")
		fh, err := os.Create(out)
		if err != nil {
			t.Fatal(err)
		}
		if err := WriteFile(fh, realFile(t, name)); err != nil {
			t.Fatal(err)
		}
		fh.Close()
		said, err := exec.Command(dump, "-q", out).CombinedOutput()
		if err != nil || bytes.Contains(said, []byte("W: ")) || bytes.Contains(said, []byte("E: ")) {
			t.Errorf("%s: dcmdump: %v\n%.2000s", name, err, said)
		}
	}
}

func TestDCMTKReadsWhatWeWriteWithoutAWarning(t *testing.T) {
	dump := oracle.Tool(t, "dcmdump")
	path := filepath.Join(t.TempDir(), "written")
	if err := os.WriteFile(path, written(t, sample(), make([]byte, 8)), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(dump, "+L", path).CombinedOutput()
	if err != nil || bytes.Contains(out, []byte("W: ")) || bytes.Contains(out, []byte("E: ")) {
		t.Errorf("dcmdump: %v\n%.4000s", err, out)
	}
	for _, want := range []string{"Ärger^Ünal=王^小東", "[ISO_IR 192]", "[0.33333333333333]", "-9223372036854775808", "18446744073709551615", "\\0.25]"} {
		if !bytes.Contains(out, []byte(want)) {
			t.Errorf("dcmdump does not show %q", want)
		}
	}
}
