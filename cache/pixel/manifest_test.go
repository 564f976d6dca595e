package pixel_test

import (
	"bufio"
	"image"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/pixel/all"
)

func TestMain(m *testing.M) {
	pixel.Decoders = all.Decoders()
	os.Exit(m.Run())
}

// dataDir is the folder of real data, or the test is skipped.
func dataDir(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("NOCTURNE_DATA")
	if dir == "" {
		dir = "../../../shared/data"
	}
	if _, err := os.Stat(filepath.Join(dir, "manifest.tsv")); err != nil {
		t.Skip("the real data is not here: set NOCTURNE_DATA")
	}
	return dir
}

// manifest returns the rows of manifest.tsv by column name.
func manifest(t *testing.T, dir string) []map[string]string {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "manifest.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	var names []string
	var rows []map[string]string
	for lines.Scan() {
		cells := strings.Split(lines.Text(), "\t")
		if names == nil {
			names = cells
			continue
		}
		row := map[string]string{}
		for i, c := range cells {
			row[names[i]] = c
		}
		rows = append(rows, row)
	}
	return rows
}

var native = map[string]bool{
	"1.2.840.10008.1.2": true, "1.2.840.10008.1.2.1": true,
	"1.2.840.10008.1.2.2": true, "1.2.840.10008.1.2.1.99": true,
}

const rleLossless = "1.2.840.10008.1.2.5"

func TestStoredValuesAreThoseThatOtherDecodersAgreeOn(t *testing.T) {
	dir := dataDir(t)
	seen := map[string]int{}
	for _, row := range manifest(t, dir) {
		ts := row["transfer_syntax"]
		if row["pixel_verdict"] != "agree" || !native[ts] && ts != rleLossless {
			continue
		}
		seen[ts]++
		f, err := dicom.ReadFile(filepath.Join(dir, row["file"]))
		if err != nil {
			t.Errorf("%s: %v", row["file"], err)
			continue
		}
		sum, err := pixel.StoredSHA256(f)
		if err != nil || sum != row["pixel_sha256"] {
			t.Errorf("%s: %s %v, want %s", row["file"], sum, err, row["pixel_sha256"])
		}
	}
	t.Logf("files equal to the manifest, by transfer syntax: %v", seen)
	if len(seen) != 5 {
		t.Errorf("transfer syntaxes met: %v, want five kinds", seen)
	}
}

func TestCompressedTwinsHoldTheSameBits(t *testing.T) {
	dir := dataDir(t)
	for twin, plain := range map[string]string{ // no other decoder could confirm these two
		"ts/pydicom-data/liver_rle.dcm":                 "objects/seg-ct-liver/liver.dcm",
		"ts/pydicom-data/liver_nonbyte_aligned_rle.dcm": "ts/pydicom-data/liver_nonbyte_aligned.dcm",
	} {
		var sums [2]string
		for i, name := range []string{twin, plain} {
			f, err := dicom.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			if sums[i], err = pixel.StoredSHA256(f); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if sums[0] != sums[1] {
			t.Errorf("%s differs from %s", twin, plain)
		}
	}
}

// displayed are the transfer syntaxes that Decode must show.
var displayed = map[string]bool{rleLossless: true, "1.2.840.10008.1.2.4.50": true}

func TestRealFramesCanBeShown(t *testing.T) {
	dir := dataDir(t)
	shown := map[string]int{}
	for _, row := range manifest(t, dir) {
		ts := row["transfer_syntax"]
		if row["pixel_verdict"] != "agree" || !native[ts] && !displayed[ts] {
			continue
		}
		f, err := dicom.ReadFile(filepath.Join(dir, row["file"]))
		if err != nil {
			t.Errorf("%s: %v", row["file"], err)
			continue
		}
		for _, i := range []int{0, dicom.Frames(f) - 1} {
			im, err := pixel.Decode(f, i)
			if err != nil {
				t.Errorf("%s, frame %d: %v", row["file"], i, err)
				continue
			}
			checkShown(t, row["file"], im)
		}
		shown[ts]++
	}
	t.Logf("files shown, by transfer syntax: %v", shown)
}

// checkShown draws the image at 64 × 64 over all its values: something must be
// seen, where there is something.
func checkShown(t *testing.T, name string, im *pixel.Image) {
	t.Helper()
	dst := image.NewRGBA(image.Rect(0, 0, 64, 64))
	im.Render(im.Percentile(0, 1), false, dst, im.Place(pixel.View{}, image.Pt(64, 64)), pixel.Area)
	lo, hi := uint8(255), uint8(0)
	for i := 0; i < len(dst.Pix); i += 4 {
		lo, hi = min(lo, dst.Pix[i]), max(hi, dst.Pix[i])
	}
	if lo == hi && !uniform(im) {
		t.Errorf("%s shows nothing but %d", name, lo)
	}
}

func uniform(im *pixel.Image) bool {
	for _, v := range im.Stored {
		if v != im.Stored[0] {
			return false
		}
	}
	for _, v := range im.RGB {
		if v != im.RGB[0] {
			return false
		}
	}
	return true
}

func TestTheSamePictureLooksTheSameHoweverItIsStored(t *testing.T) {
	dir := dataDir(t)
	for _, c := range []struct {
		a, b string
		mean float64 // allowed mean difference, of 255
	}{
		{"ts/pydicom-data/color-pl.dcm", "ts/pydicom-data/color-px.dcm", 0},
		{"ts/pydicom-data/SC_rgb.dcm", "ts/pydicom-data/SC_rgb_expb.dcm", 0},
		{"ts/pydicom-data/SC_rgb.dcm", "ts/pydicom-data/SC_rgb_16bit.dcm", 0},
		{"ts/pydicom-data/SC_rgb.dcm", "ts/pydicom-data/SC_rgb_32bit.dcm", 0},
		{"ts/pydicom-data/SC_rgb.dcm", "ts/pydicom-test_files/SC_rgb_rle.dcm", 0},
		{"ts/pydicom-data/SC_rgb.dcm", "ts/pydicom-data/SC_ybr_full_uncompressed.dcm", 1},
		{"ts/pydicom-data/OBXXXX1A.dcm", "ts/pydicom-data/OBXXXX1A_rle.dcm", 0},
		{"ts/pydicom-data/OBXXXX1A.dcm", "ts/pydicom-data/OBXXXX1A_expb.dcm", 0},
		{"ts/testpattern-colour/TestPattern_RGB.dcm", "ts/testpattern-colour/TestPattern_Palette_16.dcm", 3},
		{"ts/testpattern-colour/TestPattern_RGB.dcm", "ts/testpattern-colour/TestPattern_Palette.dcm", 3},
	} {
		var px [2][]uint8
		for i, name := range []string{c.a, c.b} {
			f, err := dicom.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			im, err := pixel.Decode(f, 0)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			px[i] = im.RGB
		}
		if len(px[0]) == 0 || len(px[0]) != len(px[1]) {
			t.Errorf("%s has %d bytes, %s %d", c.a, len(px[0]), c.b, len(px[1]))
			continue
		}
		var sum float64
		for i := range px[0] {
			sum += math.Abs(float64(px[0][i]) - float64(px[1][i]))
		}
		if mean := sum / float64(len(px[0])); mean > c.mean {
			t.Errorf("%s and %s differ by %.2f in the mean", c.a, c.b, mean)
		}
	}
}
