package dicom

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/oracle"
)

// broken are the real files that are no DICOM object, and why; nothing else may
// fail. Text, tables and dumps beside them are told apart by their extension.
var broken = map[string]string{
	"ts/pydicom-test_files/no_meta.dcm": "a stray byte stands before the first element",
}

// cut are the real files whose bytes end early.
var cut = map[string]bool{
	"media/dicomdirtests/DICOMDIR-nooffset":                          true, // its last item
	"ts/pydicom-data/emri_small_jpeg_2k_lossless_too_short.dcm":      true,
	"ts/pydicom-test_files/MR_truncated.dcm":                         true,
	"ts/pydicom-test_files/rtplan_truncated.dcm":                     true,
	"ts/pydicom-test_files/JPEG2000-embedded-sequence-delimiter.dcm": false,
}

func isObject(name string) bool {
	switch filepath.Ext(name) {
	case ".dump", ".txt", ".gz", ".tsv":
		return false
	}
	return true
}

func TestEveryRealFileIsReadOrRefusedWithOurError(t *testing.T) {
	dir := oracle.Data(t)
	read := 0
	for _, row := range oracle.Rows(t) {
		name := row["file"]
		f, err := ReadFile(filepath.Join(dir, name))
		if err != nil {
			var inv *InvalidError
			if !errors.As(err, &inv) {
				t.Errorf("%s: error of a foreign type: %v", name, err)
			}
			if isObject(name) && broken[name] == "" {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if !isObject(name) || broken[name] != "" {
			t.Errorf("%s was read", name)
		}
		if f.Truncated != cut[name] {
			t.Errorf("%s: truncated %v", name, f.Truncated)
		}
		if ts := row["transfer_syntax"]; ts != "" && string(f.TransferSyntax) != ts {
			t.Errorf("%s: transfer syntax %s, manifest %s", name, f.TransferSyntax, ts)
		}
		read++
	}
	if read < 600 {
		t.Errorf("only %d files read", read)
	}
}

func TestHeadersSayWhatWholeFilesSay(t *testing.T) {
	dir := oracle.Data(t)
	for _, row := range oracle.Rows(t) {
		path := filepath.Join(dir, row["file"])
		f, err := ReadFile(path)
		h, herr := ReadHeader(path)
		if (err == nil) != (herr == nil) {
			t.Errorf("%s: header %v, file %v", row["file"], herr, err)
		}
		if err != nil || herr != nil {
			continue
		}
		a, _ := json.Marshal(f.Dataset)
		b, _ := json.Marshal(h.Dataset)
		same := bytes.Equal(a, b)
		if trailing(f) { // what stands behind the pixels is not in the header
			same = bytes.HasPrefix(a, b[:len(b)-1])
		}
		if !same || h.Pixel.Tag != f.Pixel.Tag || h.Pixel.Encapsulated != f.Pixel.Encapsulated || h.BigEndian != f.BigEndian {
			t.Errorf("%s: header differs", row["file"])
		}
		if err := WriteFile(io.Discard, h); h.Pixel.Present() && err == nil {
			t.Errorf("%s: a header was written as a file", row["file"])
		}
		if h.Pixel.Native != nil || h.Pixel.Fragments != nil {
			t.Errorf("%s: the header holds pixels", row["file"])
		}
	}
}

func trailing(f *File) bool {
	n := f.Dataset.Len()
	return f.Pixel.Present() && n > 0 && f.Dataset.at(n-1).Tag > f.Pixel.Tag
}

// TestStoredPixelsAreThoseOfTheManifest compares with the hashes on which
// independent decoders agree, where the stored bytes need no more than a swap.
func TestStoredPixelsAreThoseOfTheManifest(t *testing.T) {
	n := 0
	for _, row := range oracle.Rows(t) {
		if row["pixel_verdict"] != "agree" || !native(row["transfer_syntax"]) {
			continue
		}
		f := realFile(t, row["file"])
		d := f.Dataset
		alloc := d.IntOr(BitsAllocated, 0)
		if d.IntOr(PlanarConfiguration, 0) == 1 || alloc == 1 && Frames(f) > 1 {
			continue
		}
		h := sha256.New()
		if f.BigEndian { // the words are those of the VR, and frames may lie across them
			f.Pixel.Native = swapped(f.Pixel.Native, int(f.Pixel.VR.info().size))
		}
		for i := range Frames(f) {
			b, err := f.Frame(i)
			if err != nil {
				t.Errorf("%s: frame %d: %v", row["file"], i, err)
				break
			}
			h.Write(b)
		}
		got := hex.EncodeToString(h.Sum(nil))
		if got != row["pixel_sha256"] {
			t.Errorf("%s: pixels differ (frames %s)", row["file"], row["frames"])
		}
		n++
	}
	if n < 250 {
		t.Errorf("only %d files compared", n)
	}
}

func native(ts string) bool {
	switch UID(ts) {
	case ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian:
		return true
	}
	return false
}

func TestEncapsulatedFramesAreWholeCodestreams(t *testing.T) {
	n := 0
	for _, row := range oracle.Rows(t) {
		name := row["file"]
		if native(row["transfer_syntax"]) || row["frames"] == "" || row["pixel_verdict"] != "agree" {
			continue
		}
		f := realFile(t, name)
		want, _ := strconv.Atoi(row["frames"])
		if Frames(f) != want {
			t.Errorf("%s: %d frames, manifest %d", name, Frames(f), want)
		}
		for i := range Frames(f) {
			b, err := f.Frame(i)
			if err != nil {
				t.Errorf("%s: frame %d: %v", name, i, err)
				break
			}
			if !codestream(UID(row["transfer_syntax"]), b) {
				t.Errorf("%s: frame %d is no codestream: % X…", name, i, b[:min(8, len(b))])
				break
			}
			n++
		}
	}
	if n < 200 {
		t.Errorf("only %d frames seen", n)
	}
}

// codestream looks for the start and, near the end, for the end of what a frame
// must be; some writers pad with more than one byte.
func codestream(ts UID, b []byte) bool {
	switch {
	case ts == RLELossless:
		return len(b) >= 64 && b[0] >= 1 && b[0] <= 15
	case strings.HasPrefix(string(ts), "1.2.840.10008.1.2.4."):
		soi := bytes.HasPrefix(b, []byte{0xFF, 0xD8}) || bytes.HasPrefix(b, []byte{0xFF, 0x4F}) || bytes.Contains(b[:min(64, len(b))], []byte("ftypjp2"))
		return soi && bytes.Contains(b[max(0, len(b)-64):], []byte{0xFF, 0xD9})
	}
	return len(b) > 0
}

// TestReadAndWrittenMeanTheSame writes every file that parses, from its bytes and
// opened, and holds data set and frames of what comes back against the original.
func TestReadAndWrittenMeanTheSame(t *testing.T) {
	n := 0
	for _, row := range oracle.Rows(t) {
		name := row["file"]
		if !isObject(name) || broken[name] != "" {
			continue
		}
		f := realFile(t, name)
		var w bytes.Buffer
		if err := WriteFile(&w, f); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		g, err := Parse(w.Bytes())
		if err != nil || g.Truncated || len(g.Notes) > 0 || !g.Preamble || !bytes.Equal(w.Bytes()[:128], make([]byte, 128)) {
			t.Errorf("%s: what was written is not clean: %v %v", name, err, g.Notes)
			continue
		}
		sameMeaning(t, name, f, g)
		n++
		if !f.Pixel.Present() || trailing(f) {
			continue
		}
		o, err := Open(filepath.Join(oracle.Data(t), name))
		if err != nil {
			t.Fatal(err)
		}
		var again bytes.Buffer
		if err := WriteFile(&again, o); err != nil && !f.Truncated || err == nil && !bytes.Equal(w.Bytes(), again.Bytes()) {
			t.Errorf("%s: opened, it is written otherwise: %v", name, err)
		}
		o.Close()
	}
	if n < 600 {
		t.Errorf("only %d files written", n)
	}
}

func sameMeaning(t *testing.T, name string, f, g *File) {
	t.Helper()
	a, b := meaning(f), meaning(g)
	if x, y := jsonOf(t, a), jsonOf(t, b); !bytes.Equal(x, y) {
		at := 0
		for at < min(len(x), len(y)) && x[at] == y[at] {
			at++
		}
		t.Errorf("%s: data sets differ at …%.60q and …%.60q", name, x[max(0, at-30):], y[max(0, at-30):])
	}
	if f.Pixel.Tag != g.Pixel.Tag || f.Pixel.Encapsulated != g.Pixel.Encapsulated || f.Pixel.Encapsulated && f.TransferSyntax != g.TransferSyntax {
		t.Errorf("%s: other pixel data", name)
	}
	for i := range Frames(f) {
		if !f.Pixel.Present() {
			break
		}
		x, xerr := f.Frame(i)
		y, yerr := g.Frame(i)
		if f.Pixel.Encapsulated && len(x)%2 == 1 && len(y) == len(x)+1 {
			y = y[:len(x)]
		}
		if f.BigEndian { // frames of bytes may lie across the words that were turned around
			x, y = swapped(f.Pixel.Native, int(f.Pixel.VR.info().size)), g.Pixel.Native
		}
		if !bytes.Equal(x, y) || (xerr == nil) != (yerr == nil) {
			t.Errorf("%s: frame %d differs: %d and %d bytes, %v and %v", name, i, len(x), len(y), xerr, yerr)
			break
		}
	}
}

// meaning is the data set with the records' numbers in place of their offsets, without
// the character set, which is another when written, and with the padding that is.
func meaning(f *File) *Dataset {
	d := evened(f.Dataset)
	place := map[int64]int64{0: 0}
	for i, it := range f.Dataset.Seq(directoryRecords) {
		place[it.from-1] = int64(i + 1)
	}
	number := func(d *Dataset) {
		for _, t := range []Tag{firstRecord, lastRecord, nextRecord, lowerRecord, mrdrRecord} {
			if e, ok := d.Get(t); ok && len(e.Ints) == 1 {
				d.Set(Element{Tag: t, VR: "UL", Ints: []int64{place[e.Ints[0]]}})
			}
		}
	}
	number(d)
	for _, it := range d.Seq(directoryRecords) {
		number(it)
	}
	return d
}

func jsonOf(t *testing.T, d *Dataset) []byte {
	t.Helper()
	b, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestHeaderReadsOnlyTheHead(t *testing.T) {
	d := &Dataset{}
	d.SetStr(SOPClassUID, string(SCImageStorage))
	d.SetStr(SOPInstanceUID, "1.2.3")
	d.SetInt(BitsAllocated, 8)
	big := Element{Tag: 0x00091001, VR: "OB", Bytes: bytes.Repeat([]byte{7}, 3*headPool)} // larger than the first step
	d.Set(big)
	path := filepath.Join(t.TempDir(), "big")
	fh, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer fh.Close()
	if err := Write(fh, d, make([]byte, 64<<20)); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	h, err := ReadHeader(path)
	runtime.ReadMemStats(&after)
	if err != nil || !h.Pixel.Present() || h.Truncated {
		t.Fatal(err)
	}
	if e, _ := h.Dataset.Get(0x00091001); len(e.Bytes) != 3*headPool {
		t.Error("value lost")
	}
	if grew := after.TotalAlloc - before.TotalAlloc; grew > 2<<20 {
		t.Errorf("%d bytes allocated for a header of 0.2 MB", grew)
	}
}
