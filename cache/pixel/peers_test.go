package pixel_test

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/oracle"
	"github.com/nocturne/nocturne/cache/pixel"
)

func call(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", filepath.Base(name), err, out)
	}
}

// byOthers are the first frame's values as the oracle that the manifest names has
// them.
func byOthers(t *testing.T, path, by string) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out")
	switch {
	case strings.HasPrefix(by, "gdcm"):
		call(t, oracle.Tool(t, "gdcmconv"), "--raw", "-i", path, "-o", out)
		f, err := dicom.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		b, err := f.Frame(0)
		if err != nil {
			t.Fatal(err)
		}
		return b
	case strings.HasPrefix(by, "opj"):
		opj := oracle.Tool(t, "opj_decompress")
		f, err := dicom.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		b, err := f.Frame(0)
		if err == nil {
			err = os.WriteFile(out+".j2k", b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		call(t, opj, "-i", out+".j2k", "-o", out+".ppm")
		return netpbm(t, out+".ppm")
	}
	t.Fatalf("no oracle %q is known here", by)
	return nil
}

// netpbm reads the samples of a PGM or PPM of 8 bits.
func netpbm(t *testing.T, path string) []byte {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := bufio.NewReader(f)
	var kind string
	var w, h, top int
	for line := ""; top == 0; {
		next, err := r.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(next, "#") {
			line += next
		}
		fmt.Sscan(line, &kind, &w, &h, &top)
	}
	b, err := io.ReadAll(r)
	if err != nil || top != 255 || len(b) != w*h*map[string]int{"P5": 1, "P6": 3}[kind] {
		t.Fatalf("%s of %d × %d, %d: %d bytes, %v", kind, w, h, top, len(b), err)
	}
	return b
}

// apart is the largest difference of cells of so many bits; only up to bits 16.
func apart(a, b []byte, bits int, signed bool) int {
	worst := 0
	for i := 0; i+bits/8 <= min(len(a), len(b)); i += bits / 8 {
		x, y := int(a[i]), int(b[i])
		if bits == 16 {
			x, y = int(binary.LittleEndian.Uint16(a[i:])), int(binary.LittleEndian.Uint16(b[i:]))
			if signed {
				x, y = int(int16(x)), int(int16(y))
			}
		}
		worst = max(worst, x-y, y-x)
	}
	return worst
}

func TestLossyStreamsAreWithinOneOfTheNamedOracle(t *testing.T) {
	dir := oracle.Data(t)
	for _, row := range oracle.Rows(t) {
		if row["pixel_verdict"] != "within1" {
			continue
		}
		t.Run(filepath.Base(row["file"]), func(t *testing.T) {
			path := filepath.Join(dir, row["file"])
			f, err := dicom.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			sum, err := pixel.StoredSHA256(f)
			if err != nil {
				t.Fatal(err)
			}
			if sum == row["pixel_sha256"] {
				t.Logf("equal to %s", row["agreeing"])
				_, gdcm := exec.LookPath("gdcmconv")
				_, opj := exec.LookPath("opj_decompress")
				if gdcm != nil || opj != nil {
					return // the manifest's word is enough
				}
			}
			want := byOthers(t, path, row["agreeing"])
			h, err := pixel.HeaderOf(f)
			if err != nil {
				t.Fatal(err)
			}
			src, err := f.Frame(0)
			if err != nil {
				t.Fatal(err)
			}
			got, err := pixel.Decoders[f.TransferSyntax].Decode(nil, src, &h)
			if err != nil || len(want) < len(got) {
				t.Fatalf("%d bytes, %v; the oracle has %d", len(got), err, len(want))
			}
			if d := apart(got, want, h.Allocated, h.Signed); d > 1 {
				t.Errorf("up to %d apart from %s", d, row["agreeing"])
			}
		})
	}
}

// What two other decoders do not agree on is listed with what becomes of it here.
// None of it may fail with an error that says neither "not valid" nor "not
// supported".
func TestFilesWithoutAnAgreedTruthAreAnsweredAllTheSame(t *testing.T) {
	dir := oracle.Data(t)
	var table strings.Builder
	for _, row := range oracle.Rows(t) {
		switch row["pixel_verdict"] {
		case "none", "single", "disagree":
		default:
			continue
		}
		sum, what := "", ""
		f, err := dicom.ReadFile(filepath.Join(dir, row["file"]))
		if err == nil {
			sum, err = pixel.StoredSHA256(f)
		}
		switch {
		case err != nil && !ours(err):
			t.Errorf("%s: %v", row["file"], err)
		case err != nil:
			what = err.Error()
		case sum == row["pixel_sha256"]:
			what = "equal to " + row["agreeing"]
		case row["pixel_sha256"] != "":
			what = "decoded, not equal to " + row["agreeing"]
		case strings.Contains(row["notes"], "="+sum[:16]):
			what = "decoded, equal to one: " + named(row["notes"], sum[:16])
		default:
			what = "decoded, " + sum[:16]
		}
		fmt.Fprintf(&table, "  %-8s %-55s %s\n", row["pixel_verdict"], row["file"], what)
	}
	t.Logf("files without an agreed truth:\n%s", table.String())
}

// named is the decoder whose hash in "dcmtk=…; gdcm=…" is the one given.
func named(notes, sum string) string {
	var out []string
	for word := range strings.FieldsSeq(notes) {
		if name, hash, ok := strings.Cut(strings.TrimSuffix(word, ";"), "="); ok && hash == sum {
			out = append(out, name)
		}
	}
	return strings.Join(out, ", ")
}

// DCMTK turns YBR into RGB as libjpeg does: ours is the same conversion.
func TestColourIsThatOfDCMTK(t *testing.T) {
	dir := oracle.Data(t)
	djpeg := oracle.Tool(t, "dcmdjpeg")
	equal := 0
	for _, row := range oracle.Rows(t) {
		if row["transfer_syntax"] != string(dicom.JPEGBaseline) || row["samples"] != "3" || row["pixel_verdict"] != "agree" {
			continue
		}
		path, out := filepath.Join(dir, row["file"]), filepath.Join(t.TempDir(), "rgb.dcm")
		if err := exec.Command(djpeg, path, out).Run(); err != nil {
			continue
		}
		var px [2]*pixel.Image
		for i, name := range []string{path, out} {
			f, err := dicom.ReadFile(name)
			if err == nil {
				px[i], err = pixel.Decode(f, 0)
			}
			if err != nil {
				t.Fatalf("%s: %v", row["file"], err)
			}
		}
		if d := apart(px[0].RGB, px[1].RGB, 8, false); d > 0 || len(px[0].RGB) != len(px[1].RGB) {
			t.Errorf("%s: up to %d apart", row["file"], d)
			continue
		}
		equal++
	}
	t.Logf("%d files equal dcmdjpeg's RGB", equal)
	if equal < 5 {
		t.Errorf("only %d files were compared", equal)
	}
}
