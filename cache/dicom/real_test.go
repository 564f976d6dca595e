package dicom

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
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
	dir := dataDir(t)
	read := 0
	for _, row := range manifest(t) {
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
	dir := dataDir(t)
	for _, row := range manifest(t) {
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
	for _, row := range manifest(t) {
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
	for _, row := range manifest(t) {
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

func TestReadAndWrittenMeanTheSame(t *testing.T) {
	n := 0
	for _, row := range manifest(t) {
		if !isObject(row["file"]) || broken[row["file"]] != "" {
			continue
		}
		f := realFile(t, row["file"])
		if f.Pixel.Encapsulated || f.BigEndian {
			continue
		}
		var w bytes.Buffer
		if err := Write(&w, f.Dataset, f.Pixel.Native); err != nil {
			if ValidUID(f.Dataset.Str(SOPClassUID)) && ValidUID(f.Dataset.Str(SOPInstanceUID)) {
				t.Errorf("%s: %v", row["file"], err)
			}
			continue
		}
		g, err := Parse(w.Bytes())
		if err != nil || g.Truncated || len(g.Notes) > 0 {
			t.Errorf("%s: what was written is not clean: %v %v", row["file"], err, g)
			continue
		}
		a, b := f.Dataset.Clone(), g.Dataset.Clone()
		a.Delete(SpecificCharacterSet)
		b.Delete(SpecificCharacterSet)
		x, _ := json.Marshal(a)
		y, _ := json.Marshal(b)
		if !bytes.Equal(x, y) {
			t.Errorf("%s: data sets differ", row["file"])
		}
		padded := f.Pixel.Native
		if len(padded)%2 != 0 {
			padded = append(bytes.Clone(padded), 0)
		}
		if !bytes.Equal(padded, g.Pixel.Native) || f.Pixel.Tag != g.Pixel.Tag {
			t.Errorf("%s: pixels differ", row["file"])
		}
		n++
	}
	if n < 350 {
		t.Errorf("only %d files written", n)
	}
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
