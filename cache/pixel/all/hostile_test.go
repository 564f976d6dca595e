package all_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/oracle"
	"github.com/nocturne/nocturne/cache/pixel"
)

// seed is an object of which mutants are made.
type seed struct {
	name  string
	bytes []byte
	cells int // of all frames: what decoding costs
}

// realSeeds are the smallest real files of every transfer syntax.
func realSeeds(t testing.TB) []seed {
	if _, err := os.Stat(filepath.Join(oracle.Dir(), "manifest.tsv")); err != nil && os.Getenv("NOCTURNE_PEERS") != "require" {
		t.Logf("no real data at %s: mutants of our own objects only", oracle.Dir())
		return nil
	}
	dir := oracle.Data(t)
	by := map[string][]seed{}
	for _, row := range oracle.Rows(t) {
		n, _ := strconv.Atoi(row["bytes"])
		if ts := row["transfer_syntax"]; ts != "" && row["frames"] != "" && n <= 400<<10 {
			by[ts] = append(by[ts], seed{name: row["file"], cells: n})
		}
	}
	var out []seed
	for _, list := range by {
		slices.SortFunc(list, func(a, b seed) int { return a.cells - b.cells })
		for _, s := range list[:min(len(list), 10)] {
			out = append(out, load(t, dir, s.name))
		}
	}
	slices.SortFunc(out, func(a, b seed) int { return strings.Compare(a.name, b.name) })
	return out
}

func load(t testing.TB, dir, name string) seed {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	f, err := dicom.Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	h, err := pixel.HeaderOf(f)
	if err != nil {
		return seed{name, b, 1}
	}
	return seed{name, b, h.Rows * h.Cols * h.Samples * min(dicom.Frames(f), tried)}
}

// ownSeeds are what the suite's encoders make, of those that are here.
func ownSeeds(t *testing.T) []seed {
	var out []seed
	for _, c := range suite {
		if strings.HasSuffix(c.name, "-dcmtk") || strings.HasSuffix(c.name, "-gdcm") || c.name == "jpeg-extended" {
			continue
		}
		if _, err := exec.LookPath("ojph_compress"); c.name == "htj2k" && err != nil {
			continue
		}
		for _, l := range c.layouts {
			s := c.sample(t, l.Header)
			d := dataset(l.Header)
			d.SetInt(dicom.NumberOfFrames, 2)
			var b bytes.Buffer
			if err := dicom.WriteEncapsulated(&b, d, c.uid, [][]byte{s.stream, s.stream}); err != nil {
				t.Fatal(err)
			}
			out = append(out, seed{c.name + " " + l.name, b.Bytes(), 2 * l.Rows * l.Cols * l.Samples})
		}
	}
	return out
}

// tried is how many frames of a mutant are decoded at most.
const tried = 4

// outcome is what came of an object.
type outcome struct {
	frames    int
	took      time.Duration
	panicked  string
	swollen   string // what allocated too much
	foreign   error  // an error that is not of the house's kinds
	truncated bool
}

// chain does with an object what the house does: parse or open it, and decode its
// frames. What it allocates is counted: parsing four times the input and 64 MiB, a
// decoder three frames and a few megabytes of its own, which next frames share.
func chain(b []byte, open bool) (o outcome) {
	defer func() {
		if p := recover(); p != nil {
			o.panicked = fmt.Sprintf("%v\n%s", p, debug.Stack())
		}
	}()
	start := time.Now()
	defer func() { o.took = time.Since(start) }()
	var f *dicom.File
	var err error
	if n := spent(func() { f, err = parse(b, open) }); n > 4*uint64(len(b))+64<<20 {
		o.swollen = fmt.Sprintf("parsing %d bytes allocated %d", len(b), n)
	}
	if err != nil {
		o.note(err)
		return o
	}
	o.truncated = f.Truncated
	h, err := pixel.HeaderOf(f)
	if err != nil {
		o.note(err)
		return o
	}
	for i := range min(dicom.Frames(f), tried) {
		o.decode(f, h, i)
	}
	if n := dicom.Frames(f); n > tried {
		o.decode(f, h, n-1)
	}
	return o
}

// spent is what f allocates; what pools keep from mutant to mutant is free.
func spent(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func parse(b []byte, open bool) (*dicom.File, error) {
	if open {
		return dicom.OpenReaderAt(bytes.NewReader(b), int64(len(b)))
	}
	return dicom.Parse(b)
}

// own is what a decoder may allocate for itself, beside three frames.
const own = 8 << 20

func (o *outcome) decode(f *dicom.File, h pixel.Header, i int) {
	if dec, ok := pixel.Decoders[f.TransferSyntax]; ok && f.Pixel.Encapsulated {
		stream, err := f.Frame(i)
		if err != nil {
			o.note(err)
			return
		}
		var dst []byte
		to := h
		if n := spent(func() { dst, err = dec.Decode(nil, stream, &to) }); n > 3*uint64(to.Bytes())+own {
			o.swollen = fmt.Sprintf("a frame of %d bytes out of %d allocated %d", to.Bytes(), len(stream), n)
		}
		if err == nil && int64(len(dst)) != to.Bytes() {
			o.foreign = fmt.Errorf("%d bytes decoded where the frame has %d", len(dst), to.Bytes())
		}
		if o.note(err); err != nil {
			return
		}
	}
	if _, err := pixel.Decode(f, i); err != nil {
		o.note(err)
		return
	}
	o.frames++
}

func (o *outcome) note(err error) {
	if err != nil && !ours(err) {
		o.foreign = err
	}
}

// TestMutantsNeverPanicHangOrSwell runs mutants of real and of own objects of every
// transfer syntax through the whole chain: 5,000, or as many as NOCTURNE_MUTANTS says,
// or 200,000 when NOCTURNE_LONG is 1; others with another NOCTURNE_SEED. NOCTURNE_MUTANT=n runs mutant n alone, and
// NOCTURNE_MUTANT_OUT names a file that it is written to.
func TestMutantsNeverPanicHangOrSwell(t *testing.T) {
	seeds := append(realSeeds(t), ownSeeds(t)...)
	order := turns(seeds)
	from, to := 0, 5000
	if os.Getenv("NOCTURNE_LONG") == "1" {
		to = 200_000
	}
	if n, err := strconv.Atoi(os.Getenv("NOCTURNE_MUTANTS")); err == nil {
		to = n
	}
	if n, err := strconv.Atoi(os.Getenv("NOCTURNE_MUTANT")); err == nil {
		from, to = n, n+1
	}
	frames, bad := 0, 0
	for i := from; i < to && bad < 40; i++ {
		s := seeds[order[i%len(order)]]
		b := mutant(s.bytes, i)
		if out := os.Getenv("NOCTURNE_MUTANT_OUT"); out != "" && to == from+1 {
			if err := os.WriteFile(out, b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		o := chain(b, i%4 == 3)
		for range 4 { // perhaps it was only our turn that came late
			if o.took > 2*time.Second {
				o = chain(b, i%4 == 3)
			}
		}
		frames += o.frames
		if what := o.complaint(); what != "" {
			bad++
			t.Errorf("mutant %d of %s, %d bytes: %s", i, s.name, len(b), what)
		}
	}
	t.Logf("%d mutants of %d objects, %d frames decoded", to-from, len(seeds), frames)
	if to-from >= 1000 && frames < (to-from)/20 {
		t.Errorf("only %d frames of %d mutants were decoded", frames, to-from)
	}
}

func (o outcome) complaint() string {
	switch {
	case o.panicked != "":
		return "panic: " + o.panicked
	case o.took > 2*time.Second:
		return fmt.Sprintf("took %v", o.took)
	case o.swollen != "":
		return o.swollen
	case o.foreign != nil:
		return fmt.Sprintf("error of a foreign kind: %v", o.foreign)
	}
	return ""
}

// turns gives every object its turns: twenty to a small one, one to one whose frames
// take long.
func turns(seeds []seed) []int {
	var order []int
	for round := range 20 {
		for i, s := range seeds {
			if round == 0 || s.cells*(round+1) <= 300_000 {
				order = append(order, i)
			}
		}
	}
	return order
}

// resized lets a codestream's head say another size: SOF (T.81 B.2.2, T.87 C.2.2) or
// SIZ (T.800 A.5.1), image and tile.
func resized(stream []byte, n int) ([]byte, bool) {
	b := bytes.Clone(stream)
	if at := bytes.Index(b, []byte{0xFF, 0x4F, 0xFF, 0x51}); at == 0 && len(b) > 40 {
		for _, field := range []int{8, 12, 24, 28} {
			binary.BigEndian.PutUint32(b[field:], uint32(n))
		}
		return b, true
	}
	for at := 0; at+9 < len(b); at++ {
		if b[at] == 0xFF && (b[at+1] >= 0xC0 && b[at+1] <= 0xC3 || b[at+1] == 0xF7) {
			binary.BigEndian.PutUint16(b[at+5:], uint16(n))
			binary.BigEndian.PutUint16(b[at+7:], uint16(n))
			return b, true
		}
	}
	return b, false
}

// TestHeadsThatAgreeOnAHugeFrameAreRefusedInTime: object and codestream both claim a
// size that the stream has nothing like the bytes for. Above the limit of a frame
// nothing is allocated for it; below, no more than three frames.
func TestHeadsThatAgreeOnAHugeFrameAreRefusedInTime(t *testing.T) {
	for _, s := range ownSeeds(t) {
		f, err := dicom.Parse(s.bytes)
		if err != nil {
			t.Fatal(err)
		}
		stream, err := f.Frame(0)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{65535, 5000} {
			b, _ := resized(stream, n)
			d := f.Dataset.Clone()
			d.SetInt(dicom.Rows, n)
			d.SetInt(dicom.Columns, n)
			d.SetInt(dicom.NumberOfFrames, 1)
			var w bytes.Buffer
			if err := dicom.WriteEncapsulated(&w, d, f.TransferSyntax, [][]byte{b}); err != nil {
				t.Fatal(err)
			}
			o := chain(w.Bytes(), false)
			for range 4 {
				if o.took > 2*time.Second {
					o = chain(w.Bytes(), false)
				}
			}
			if what := o.complaint(); what != "" {
				t.Errorf("%s, %d by %d: %s", s.name, n, n, what)
			}
			if n == 65535 {
				if grew := spent(func() { chain(w.Bytes(), false) }); grew > 16<<20 && d.IntOr(dicom.BitsAllocated, 8) >= 8 {
					t.Errorf("%s: %d bytes allocated for a frame of 65,535 by 65,535", s.name, grew)
				}
			}
		}
	}
}

// TestNumbersOfFramesAreOnlyClaims: two billion frames, or fewer than none, cost what
// is there.
func TestNumbersOfFramesAreOnlyClaims(t *testing.T) {
	for _, s := range ownSeeds(t) {
		for _, n := range []string{"2000000000", "-1000000000", "0", "3"} {
			f, err := dicom.Parse(s.bytes)
			if err != nil {
				t.Fatal(err)
			}
			f.Dataset.SetStr(dicom.NumberOfFrames, n)
			var w bytes.Buffer
			if err := dicom.WriteFile(&w, f); err != nil {
				t.Fatal(err)
			}
			for _, open := range []bool{false, true} {
				if o := chain(w.Bytes(), open); o.complaint() != "" || o.frames == 0 {
					t.Errorf("%s, %s frames: %d decoded, %s", s.name, n, o.frames, o.complaint())
				}
			}
		}
	}
}
