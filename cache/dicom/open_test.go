package dicom

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/nocturne/nocturne/cache/oracle"
)

// counting notes how much of a file is read.
type counting struct {
	r     io.ReaderAt
	bytes atomic.Int64
	reads atomic.Int64
}

func (c *counting) ReadAt(b []byte, off int64) (int, error) {
	n, err := c.r.ReadAt(b, off)
	c.bytes.Add(int64(n))
	c.reads.Add(1)
	return n, err
}

const (
	hugeFrame  = 2 << 20 // 1024 × 1024 of 16 bits
	hugeFrames = 1536    // 3 GiB of them
)

// sparse makes a file of which only the head and a few bytes of one frame are on the
// disk; it skips where the file system stores the holes.
func sparse(t *testing.T, head []byte, size int64, marks map[int64][]byte) *os.File {
	t.Helper()
	fh, err := os.Create(filepath.Join(t.TempDir(), "huge"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { fh.Close() })
	if err := fh.Truncate(size); err != nil {
		t.Skipf("no sparse file of 3 GiB here: %v", err)
	}
	marks[0] = head
	for off, b := range marks {
		if _, err := fh.WriteAt(b, off); err != nil {
			t.Skipf("no sparse file of 3 GiB here: %v", err)
		}
	}
	if st, err := fh.Stat(); err != nil || blocks(st) > 64<<20 {
		t.Skip("this file system has no sparse files")
	}
	return fh
}

func hugeHeader(ts UID, more ...[]byte) []byte {
	frames := strconv.Itoa(hugeFrames)
	return part10(ts, join(append([][]byte{evle.el(SOPInstanceUID, "UI", "1.2.3 "), evle.el(SamplesPerPixel, "US", "\x01\x00"),
		evle.el(NumberOfFrames, "IS", frames), evle.el(Rows, "US", "\x00\x04"), evle.el(Columns, "US", "\x00\x04"),
		evle.el(BitsAllocated, "US", "\x10\x00")}, more...)...))
}

func openSparse(t *testing.T, fh *os.File, size int64) (*File, *counting) {
	t.Helper()
	c := &counting{r: fh}
	f, err := OpenReaderAt(c, size)
	if err != nil {
		t.Fatal(err)
	}
	return f, c
}

func TestOneFrameOfAHugeNativeFileIsReadAlone(t *testing.T) {
	head := append(hugeHeader(ExplicitVRLittleEndian), evle.head(PixelDataTag, "OW", hugeFrame*hugeFrames)...)
	size := int64(len(head)) + hugeFrame*hugeFrames
	fh := sparse(t, head, size, map[int64][]byte{int64(len(head)) + 1000*hugeFrame: []byte("frame"), int64(len(head)) + 1001*hugeFrame - 3: []byte("end")})
	f, c := openSparse(t, fh, size)
	b, err := f.Frame(1000)
	if err != nil || len(b) != hugeFrame || !bytes.HasPrefix(b, []byte("frame")) || !bytes.HasSuffix(b, []byte("end")) {
		t.Fatalf("%d bytes, %v", len(b), err)
	}
	if n := c.bytes.Load(); n > hugeFrame+headFirst {
		t.Errorf("%d bytes read for a frame of %d", n, hugeFrame)
	}
	if f.Truncated {
		t.Error("truncated")
	}
	if f, _ := openSparse(t, fh, size-1); !f.Truncated {
		t.Error("one byte less is not noticed")
	}
}

// TestOneFrameOfAHugeEncapsulatedFileIsReadAlone reads by either offset table, by one
// that lies, and without any.
func TestOneFrameOfAHugeEncapsulatedFileIsReadAlone(t *testing.T) {
	const step = hugeFrame + 8 // fragment and item head
	var bot, wrong, eot, lens []byte
	for i := range hugeFrames {
		bot = binary.LittleEndian.AppendUint32(bot, uint32(i*step))
		wrong = binary.LittleEndian.AppendUint32(wrong, uint32(i*step+i%7*2))
		eot = binary.LittleEndian.AppendUint64(eot, uint64(i*step))
		lens = binary.LittleEndian.AppendUint64(lens, hugeFrame-1)
	}
	for name, c := range map[string]struct {
		extended bool
		table    []byte
		heads    int64 // fragments whose heads may be read
	}{
		"basic table":     {false, bot, 4},
		"extended table":  {true, nil, 4},
		"no table":        {false, nil, hugeFrames},
		"table that lies": {false, wrong, hugeFrames + 8},
	} {
		t.Run(name, func(t *testing.T) {
			var more [][]byte
			if c.extended {
				more = [][]byte{evle.el(tagEOT, "OV", string(eot)), evle.el(tagEOTLen, "OV", string(lens))}
			}
			head := join(hugeHeader(JPEGLossless, more...), evle.head(PixelDataTag, "OB", undefined), evle.el(tagItem, "", string(c.table)))
			base := int64(len(head))
			marks := map[int64][]byte{base + hugeFrames*step: evle.head(tagSeqEnd, "", 0)}
			for i := range int64(hugeFrames) {
				marks[base+i*step] = append(evle.head(tagItem, "", hugeFrame), 0xFF, 0xD8, 0xFF, byte(i>>8), byte(i))
			}
			size := base + hugeFrames*step + 8
			f, r := openSparse(t, sparse(t, head, size, marks), size)
			for _, i := range []int{1000, 1535, 0} {
				r.bytes.Store(0)
				b, err := f.Frame(i)
				want := hugeFrame
				if c.extended {
					want--
				}
				if err != nil || len(b) != want || b[3] != byte(i>>8) || b[4] != byte(i) {
					t.Fatalf("frame %d: %d bytes, %v", i, len(b), err)
				}
				if n := r.bytes.Load(); n > hugeFrame+16*c.heads+4*hugeFrames+64 {
					t.Errorf("frame %d: %d bytes read for a frame of %d", i, n, hugeFrame)
				}
			}
		})
	}
}

func TestOpenedFilesGiveTheFramesOfParsedOnes(t *testing.T) {
	dir := oracle.Data(t)
	n := 0
	for _, row := range oracle.Rows(t) {
		path := filepath.Join(dir, row["file"])
		f, err := ReadFile(path)
		if err != nil || !f.Pixel.Present() {
			continue
		}
		g, err := Open(path)
		if err != nil {
			t.Errorf("%s: %v", row["file"], err)
			continue
		}
		if f.Dataset.Str(SOPInstanceUID) != g.Dataset.Str(SOPInstanceUID) || f.TransferSyntax != g.TransferSyntax || f.BigEndian != g.BigEndian {
			t.Errorf("%s: another object", row["file"])
		}
		for i := range Frames(f) {
			a, aerr := f.Frame(i)
			b, berr := g.Frame(i)
			if !bytes.Equal(a, b) || (aerr == nil) != (berr == nil) {
				t.Errorf("%s: frame %d differs: %d and %d bytes, %v and %v", row["file"], i, len(a), len(b), aerr, berr)
				break
			}
			n++
		}
		if whole, err := g.NativePixels(); err != nil || !bytes.Equal(whole, f.Pixel.Native) {
			t.Errorf("%s: native value differs: %v", row["file"], err)
		}
		if err := g.Close(); err != nil {
			t.Error(err)
		}
	}
	if n < 1000 {
		t.Errorf("only %d frames compared", n)
	}
}

// TestTablesThatLieAreFoundOut: whatever a table says, every frame begins with what
// the fragments of a frame begin with, by Parse and by Open.
func TestTablesThatLieAreFoundOut(t *testing.T) {
	var body []byte
	var starts []uint32
	for i := range 5 { // two fragments a frame
		starts = append(starts, uint32(len(body)))
		body = append(body, evle.el(tagItem, "", "\xff\xd8\xff\xe0abc"+string(rune('0'+i)))...)
		body = append(body, evle.el(tagItem, "", "rest")...)
	}
	table := func(v ...uint32) []byte {
		var b []byte
		for _, o := range v {
			b = binary.LittleEndian.AppendUint32(b, o)
		}
		return b
	}
	s := starts
	for name, bot := range map[string][]byte{
		"true": table(s...), "none": nil, "too few": table(s[:4]...), "too many": table(append(bytes32(s), 200)...),
		"within a fragment": table(s[0], s[1]+2, s[2], s[3], s[4]), "not ascending": table(s[0], s[2], s[1], s[3], s[4]),
		"beyond the end": table(s[0], s[1], s[2], s[3], 1<<31), "not from zero": table(4, s[1], s[2], s[3], s[4]),
		"second fragments": table(s[0], s[1]+16, s[2]+16, s[3]+16, s[4]+16), "all alike": table(0, 0, 0, 0, 0),
		"odd": append(table(s...), 0, 0),
	} {
		b := part10(JPEGBaseline, join(evle.el(NumberOfFrames, "IS", "5 "), evle.head(PixelDataTag, "OB", undefined), evle.el(tagItem, "", string(bot)), body, evle.head(tagSeqEnd, "", 0)))
		f := parsed(t, b)
		g, err := OpenReaderAt(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		for i := range 5 {
			want := "\xff\xd8\xff\xe0abc" + string(rune('0'+i)) + "rest"
			if got, err := f.Frame(i); string(got) != want {
				t.Errorf("%s: parsed frame %d: %q %v", name, i, got, err)
			}
			if got, err := g.Frame(i); string(got) != want {
				t.Errorf("%s: opened frame %d: %q %v", name, i, got, err)
			}
		}
	}
}

func bytes32(s []uint32) []uint32 { return append([]uint32(nil), s...) }

func TestRLEFragmentsWithoutATableAreGroupedByTheirHeads(t *testing.T) {
	head := "\x01\x00\x00\x00\x40\x00\x00\x00"
	var body []byte
	for range 3 {
		body = append(body, evle.el(tagItem, "", head+"first ")...)
		body = append(body, evle.el(tagItem, "", "second")...)
	}
	b := part10(RLELossless, join(evle.el(NumberOfFrames, "IS", "3 "), evle.head(PixelDataTag, "OB", undefined), evle.el(tagItem, "", ""), body, evle.head(tagSeqEnd, "", 0)))
	if got, err := parsed(t, b).Frame(2); string(got) != head+"first second" {
		t.Errorf("%q %v", got, err)
	}
}

func TestDeflatedFilesAreOpenedWithoutHoldingThem(t *testing.T) {
	const frame, frames = 1 << 20, 200
	body := join(evle.el(StudyDate, "DA", "20250101"), evle.el(SamplesPerPixel, "US", "\x01\x00"), evle.el(NumberOfFrames, "IS", "200 "), evle.el(Rows, "US", "\x00\x04"),
		evle.el(Columns, "US", "\x00\x04"), evle.el(BitsAllocated, "US", "\x08\x00"), evle.head(PixelDataTag, "OB", frame*frames))
	pixels := make([]byte, frame*frames)
	for i := range frames {
		pixels[i*frame] = byte(i)
	}
	b := part10(DeflatedExplicitVRLittleEndian, deflated(join(body, pixels)))
	var lim *LimitError
	if _, err := Parse(b); !errors.As(err, &lim) {
		t.Errorf("Parse held 200 MiB for %d bytes: %v", len(b), err)
	}
	f, err := Options{Limits: Limits{Ratio: 1000}}.OpenReaderAt(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range []int{150, 3, 199} {
		if p, err := f.Frame(i); err != nil || len(p) != frame || p[0] != byte(i) {
			t.Errorf("frame %d: %d bytes %v", i, len(p), err)
		}
	}
	f, err = OpenReaderAt(bytes.NewReader(b), int64(len(b))) // by default such a ratio is a bomb
	if err != nil || f.Dataset.Str(StudyDate) != "20250101" {
		t.Fatalf("%v", err)
	}
	if _, err := f.Frame(199); !errors.As(err, &lim) || lim.What != "inflated size" {
		t.Errorf("%v", err)
	}
}

func TestFramesAreReadByManyAtOnce(t *testing.T) {
	var body []byte
	for i := range 64 {
		body = append(body, evle.el(tagItem, "", "\xff\xd8\xff"+string(rune('0'+i)))...)
		body = append(body, evle.el(tagItem, "", "rest")...)
	}
	b := part10(JPEGBaseline, join(evle.el(NumberOfFrames, "IS", "64"), evle.el(PatientName, "PN", "A^B "), evle.head(ReferencedStudySequence, "SQ", 8), evle.head(tagItem, "", 0),
		evle.head(PixelDataTag, "OB", undefined), evle.el(tagItem, "", ""), body, evle.head(tagSeqEnd, "", 0)))
	f, err := OpenReaderAt(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			for i := range 64 {
				k := (i*7 + g) % 64
				if p, err := f.Frame(k); err != nil || string(p) != "\xff\xd8\xff"+string(rune('0'+k))+"rest" {
					t.Errorf("frame %d: %q %v", k, p, err)
				}
				if f.Dataset.Str(PatientName) != "A^B" || len(f.Dataset.Seq(ReferencedStudySequence)) != 1 {
					t.Error("data set")
				}
			}
		})
	}
	all.Wait()
}

func TestAHeaderEndsWhereItIsToldTo(t *testing.T) {
	b := part10(ExplicitVRLittleEndian, join(evle.el(StudyDate, "DA", "20250101"), evle.el(PatientName, "PN", "A^B "), evle.el(Rows, "US", "\x01\x00"),
		evle.el(0x00420011, "OB", string(make([]byte, 4<<20)))))
	path := filepath.Join(t.TempDir(), "document")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	c := &counting{r: bytes.NewReader(b)}
	f, _, err := Options{Stop: Rows}.header(&input{r: c, size: int64(len(b))})
	if err != nil || f.Dataset.Str(PatientName) != "A^B" || f.Dataset.Has(Rows) || c.bytes.Load() > headFirst {
		t.Errorf("%v, %d bytes read", err, c.bytes.Load())
	}
	if f, err := ReadHeader(path); err != nil || f.Truncated || !f.Dataset.Has(0x00420011) {
		t.Errorf("%v", err)
	}
}
