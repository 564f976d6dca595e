package dicom

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/oracle"
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

// own leaves out what is not of the object: command, meta information, and what
// stands beside the pixel data.
func own(d *Dataset) *Dataset {
	d = d.Clone()
	d.elems = slices.DeleteFunc(d.elems, func(e Element) bool {
		g := e.Tag.Group()
		return g == 0 || g == 2 || g == 0x7FE0 && e.Tag <= PixelDataTag
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
	for _, pattern := range []string{"charset/*.dcm", "ts/pydicom-test_files/*.dcm", "odd/*", "objects/sr/*", "palettes/*.dcm"} {
		names, _ := filepath.Glob(filepath.Join(oracle.Dir(), pattern))
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

// TestMutantsNeverPanicHangOrSwell runs mutants of real files: 50,000 of them when
// NOCTURNE_LONG is 1. The package pixel/all runs others through the codecs.
func TestMutantsNeverPanicHangOrSwell(t *testing.T) {
	n := 1500
	if os.Getenv("NOCTURNE_LONG") == "1" {
		n = 50_000
	}
	in := seeds(t)
	r := rand.New(rand.NewPCG(3, 1))
	for i := range n {
		b := mutate(r, in[i%len(in)])
		start := time.Now()
		grew := allocated(func() { Parse(b) })
		if grew > 20*int64(len(b))+1<<20 && !bytes.Contains(b, []byte(DeflatedExplicitVRLittleEndian)) {
			t.Errorf("mutant %d of %d bytes allocated %d", i, len(b), grew)
		}
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("mutant %d took %v", i, took)
		}
		use(t, b)
		opened(t, b)
	}
}

// opened holds what Open says against what Parse says.
func opened(t testing.TB, b []byte) {
	f, err := Parse(b)
	g, gerr := OpenReaderAt(bytes.NewReader(b), int64(len(b)))
	if gerr != nil || err != nil {
		return // what stands behind the pixels is none of Open's
	}
	if f.TransferSyntax != g.TransferSyntax || f.Pixel.Tag != g.Pixel.Tag || f.Pixel.Encapsulated != g.Pixel.Encapsulated {
		t.Fatalf("opened as %s %s, parsed as %s %s", g.TransferSyntax, g.Pixel.Tag, f.TransferSyntax, f.Pixel.Tag)
	}
	for i := range min(Frames(f), 4) {
		x, xerr := f.Frame(i)
		y, yerr := g.Frame(i)
		if xerr == nil && yerr == nil && !bytes.Equal(x, y) {
			t.Fatalf("frame %d is %d bytes parsed and %d opened", i, len(x), len(y))
		}
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
	f.Fuzz(func(t *testing.T, b []byte) { use(t, b); opened(t, b) })
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
