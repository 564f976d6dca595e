package dicom

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"
)

// use does with an object what the house does: every frame, JSON, writing.
func use(t testing.TB, b []byte) {
	f, err := Parse(b)
	if err != nil {
		var inv *InvalidError
		var uns *UnsupportedError
		if !errors.As(err, &inv) && !errors.As(err, &uns) {
			t.Fatalf("error of a foreign type: %v", err)
		}
		return
	}
	for i := range min(Frames(f), 8) {
		f.Frame(i)
	}
	if f.Pixel.Encapsulated {
		f.Frame(Frames(f) - 1)
	}
	j, err := json.Marshal(f.Dataset)
	if err != nil {
		t.Fatalf("JSON of what was read: %v", err)
	}
	var back Dataset
	if err := json.Unmarshal(j, &back); err != nil {
		t.Fatalf("JSON read back: %v", err)
	}
	f.Dataset.SetStr(SOPClassUID, string(SCImageStorage))
	f.Dataset.SetStr(SOPInstanceUID, "1.2")
	var w bytes.Buffer
	if err := Write(&w, f.Dataset, f.Pixel.Native); err != nil {
		return // what cannot be written strictly is refused
	}
	g, err := Parse(w.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if g.Truncated {
		t.Fatalf("what was written is not clean: %v %+v", err, g.Notes)
	}
	want, _ := json.Marshal(evened(own(f.Dataset)))
	got, _ := json.Marshal(evened(g.Dataset))
	if !bytes.Equal(want, got) && w.Len() < 1<<16 {
		t.Fatalf("what was written differs:\n%s\n%s", want, got)
	}
}

// own leaves out what is not of the object: groups below 8 but that of a
// DICOMDIR, and what stands beside the pixel data.
func own(d *Dataset) *Dataset {
	d = d.Clone()
	d.elems = slices.DeleteFunc(d.elems, func(e Element) bool {
		g := e.Tag.Group()
		return g < 8 && g != 4 || g == 0x7FE0 && e.Tag <= PixelDataTag
	})
	return d
}

// evened pads what writing pads, and leaves the character set out: writing
// declares its own.
func evened(d *Dataset) *Dataset {
	d = d.Clone()
	d.Delete(SpecificCharacterSet)
	d.Delete(tagPadding)
	for i := range d.elems {
		e := &d.elems[i]
		if len(e.Bytes)%2 != 0 {
			e.Bytes = append(bytes.Clone(e.Bytes), 0)
		}
		for k, it := range e.Items {
			e.Items[k] = evened(it)
		}
	}
	return d
}

// seeds are small real files of every kind, and ours when there are none.
func seeds(t testing.TB) [][]byte {
	out := [][]byte{written(t, sample(), []byte{1, 2, 3, 4})}
	dir := os.Getenv("NOCTURNE_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	for _, pattern := range []string{"charset/*.dcm", "ts/pydicom-test_files/*.dcm", "odd/*", "objects/sr/*", "palettes/*.dcm"} {
		names, _ := filepath.Glob(filepath.Join(dir, pattern))
		for _, n := range names {
			if st, err := os.Stat(n); err == nil && st.Size() < 48<<10 {
				b, err := os.ReadFile(n)
				if err != nil {
					t.Fatal(err)
				}
				out = append(out, b)
			}
		}
	}
	return out
}

// mutate changes a few bytes, mostly in the header, often to a value that means
// something: lengths, tags, VRs.
func mutate(r *rand.Rand, in []byte) []byte {
	b := bytes.Clone(in)
	for range 1 + r.IntN(6) {
		if len(b) < 16 {
			return b
		}
		at := r.IntN(len(b) - 12)
		if r.IntN(2) == 0 {
			at = 128 + r.IntN(min(2000, len(b)))
			at = min(at, len(b)-12)
		}
		switch r.IntN(8) {
		case 0:
			b[at] = byte(r.Uint32())
		case 1:
			binary.LittleEndian.PutUint32(b[at:], r.Uint32())
		case 2:
			binary.LittleEndian.PutUint32(b[at:], undefined)
		case 3:
			copy(b[at:], [...]string{"SQ", "UN", "OB", "UT", "US", "PN", "AT", "OV", "FD", "\x00\x00"}[r.IntN(10)])
		case 4:
			copy(b[at:], "\xfe\xff\x00\xe0\xff\xff\xff\xff")
		case 5:
			b = b[:at+r.IntN(len(b)-at)]
		case 6:
			n := min(r.IntN(64), len(b)-at)
			b = append(b[:at], b[at+n:]...)
		case 7:
			n := min(r.IntN(200), len(b)-at)
			b = append(b[:at+n], b[at:]...)
		}
	}
	return b
}

// TestMutantsNeverPanicHangOrSwell runs mutants of real files: 20,000 of them
// when NOCTURNE_LONG is 1.
func TestMutantsNeverPanicHangOrSwell(t *testing.T) {
	n := 1500
	if os.Getenv("NOCTURNE_LONG") == "1" {
		n = 20_000
	}
	in := seeds(t)
	r := rand.New(rand.NewPCG(3, 1))
	var before, after runtime.MemStats
	for i := range n {
		b := mutate(r, in[i%len(in)])
		runtime.ReadMemStats(&before)
		start := time.Now()
		func() {
			defer func() {
				if p := recover(); p != nil {
					t.Fatalf("mutant %d: %v", i, p)
				}
			}()
			Parse(b)
		}()
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		if grew := after.TotalAlloc - before.TotalAlloc; grew > 200*uint64(len(b))+1<<20 && !bytes.Contains(b, []byte(DeflatedExplicitVRLittleEndian)) {
			t.Errorf("mutant %d of %d bytes allocated %d", i, len(b), grew)
		}
		if took > 2*time.Second {
			t.Errorf("mutant %d took %v", i, took)
		}
		use(t, b)
	}
}

// TestHostileSizesCostLittle: what is small on disk is small in memory and time.
func TestHostileSizesCostLittle(t *testing.T) {
	huge := func(vr VR) []byte { return part10(ExplicitVRLittleEndian, evle.head(0x00091001, vr, 0xF0000000)) }
	frames := join(evle.el(NumberOfFrames, "IS", "200000000 "), evle.el(Rows, "US", "\xff\xff"), evle.el(Columns, "US", "\xff\xff"), evle.el(BitsAllocated, "US", "\x10\x00"), evle.el(PixelDataTag, "OW", "\x01\x02"))
	reversed := []byte{}
	for i := 60000; i > 0; i-- {
		reversed = append(reversed, ivle.el(0x00100000|Tag(i), "", "")...)
	}
	nested := evle.el(PatientID, "UN", "x ")
	for range 200 {
		nested = join(evle.head(0x00091001, "UN", uint32(len(nested)+8)), evle.head(tagItem, "", uint32(len(nested))), nested)
	}
	notes := bytes.Repeat(evle.el(0x00080001, "US", "\x01"), 100_000)
	for what, b := range map[string][]byte{
		"OB of 4 GB": huge("OB"), "UT of 4 GB": huge("UT"), "UN of 4 GB": huge("UN"), "SQ of 4 GB": huge("SQ"),
		"200 million frames":       part10(ExplicitVRLittleEndian, frames),
		"a million empty items":    part10(ExplicitVRLittleEndian, join(evle.head(ReferencedStudySequence, "SQ", undefined), bytes.Repeat(evle.head(tagItem, "", 0), 1_000_000))),
		"elements in reverse":      part10(ImplicitVRLittleEndian, reversed),
		"zeros that do not end":    part10(ImplicitVRLittleEndian, append(make([]byte, 4<<20), 1)),
		"nested guesses":           part10(ExplicitVRLittleEndian, nested),
		"the same note everywhere": part10(ExplicitVRLittleEndian, notes),
		"a million fragments":      part10(JPEGBaseline, join(evle.head(PixelDataTag, "OB", undefined), bytes.Repeat(evle.head(tagItem, "", 0), 1_000_000))),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		f, err := Parse(b)
		if err == nil {
			f.Frame(0)
		}
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		if grew := after.TotalAlloc - before.TotalAlloc; grew > 150*uint64(len(b))+1<<20 {
			t.Errorf("%s: %d bytes allocated for %d", what, grew, len(b))
		}
		if took > 3*time.Second {
			t.Errorf("%s took %v", what, took)
		}
	}
}

func TestMoreThanTwoMillionElementsAreRefused(t *testing.T) {
	b := part10(ExplicitVRLittleEndian, join(evle.head(ReferencedStudySequence, "SQ", undefined), bytes.Repeat(evle.head(tagItem, "", 0), maxElements+1)))
	var uns *UnsupportedError
	if _, err := Parse(b); !errors.As(err, &uns) {
		t.Errorf("%v", err)
	}
}

func FuzzParse(f *testing.F) {
	for _, b := range seeds(f)[:1] {
		f.Add(b)
	}
	item := ivle.el(PatientID, "", "X1")
	f.Add(part10(ImplicitVRLittleEndian, join(ivle.head(ReferencedStudySequence, "", undefined), ivle.head(tagItem, "", uint32(len(item))), item, ivle.head(tagSeqEnd, "", 0))))
	f.Add(part10(ExplicitVRBigEndian, evbe.el(PatientName, "PN", "A^B ")))
	f.Add(part10(JPEGBaseline, join(evle.head(PixelDataTag, "OB", undefined), evle.head(tagItem, "", 0), evle.el(tagItem, "", "\xff\xd8"), evle.head(tagSeqEnd, "", 0))))
	f.Add(explicit(SpecificCharacterSet, "CS", `\ISO 2022 IR 87`, PatientName, "PN", "\x1b$B;3\x1b(B^\xff"))
	f.Fuzz(func(t *testing.T, b []byte) { use(t, b) })
}

func FuzzJSON(f *testing.F) {
	b, err := json.Marshal(sample())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"00100010":{"vr":"PN","Value":[{"Alphabetic":"A"},null]},"00081140":{"Value":[{}],"vr":"SQ"}}`))
	f.Add([]byte(`{"00420011":{"vr":"OB","InlineBinary":"AQID"},"7FE00010":{"vr":"OW","BulkDataURI":"x"}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var d Dataset
		if err := d.UnmarshalJSON(b); err != nil {
			var inv *InvalidError
			var uns *UnsupportedError
			if !errors.As(err, &inv) && !errors.As(err, &uns) {
				t.Fatalf("error of a foreign type: %v", err)
			}
			return
		}
		once, err := d.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		var back Dataset
		if err := back.UnmarshalJSON(once); err != nil {
			t.Fatalf("%v\n%s", err, once)
		}
		if twice, _ := back.MarshalJSON(); !bytes.Equal(once, twice) {
			t.Fatalf("not stable\n%s\n%s", once, twice)
		}
	})
}
