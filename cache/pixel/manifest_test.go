package pixel_test

import (
	"image"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/oracle"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/pixel/all"
)

func TestMain(m *testing.M) {
	pixel.Decoders = all.Decoders()
	os.Exit(m.Run())
}

var native = map[dicom.UID]bool{
	dicom.ImplicitVRLittleEndian: true, dicom.ExplicitVRLittleEndian: true,
	dicom.ExplicitVRBigEndian: true, dicom.DeflatedExplicitVRLittleEndian: true,
}

// parallel calls do for each row on all processors.
func parallel(rows []map[string]string, do func(row map[string]string)) {
	var wg sync.WaitGroup
	work := make(chan map[string]string)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for row := range work {
				do(row)
			}
		})
	}
	for _, row := range rows {
		work <- row
	}
	close(work)
	wg.Wait()
}

// tally counts by key from several goroutines.
type tally struct {
	mu sync.Mutex
	n  map[string]int
}

func (c *tally) add(key string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n == nil {
		c.n = map[string]int{}
	}
	c.n[key]++
	return c.n[key]
}

func TestStoredValuesAreThoseThatOtherDecodersAgreeOn(t *testing.T) {
	dir := oracle.Data(t)
	var seen tally
	parallel(oracle.Rows(t), func(row map[string]string) {
		ts := dicom.UID(row["transfer_syntax"])
		if row["pixel_verdict"] != "agree" {
			return
		}
		f, err := dicom.ReadFile(filepath.Join(dir, row["file"]))
		if err != nil {
			t.Errorf("%s: %v", row["file"], err)
			return
		}
		sum, err := pixel.StoredSHA256(f)
		if err != nil || sum != row["pixel_sha256"] {
			t.Errorf("%s: %s %v, want %s", row["file"], sum, err, row["pixel_sha256"])
			return
		}
		seen.add(ts.Name())
	})
	t.Logf("files equal to the manifest, by transfer syntax: %v", seen.n)
	for ts := range native {
		if seen.n[ts.Name()] == 0 {
			t.Errorf("no file of %s was met", ts.Name())
		}
	}
}

// A file that is opened gives its frames one by one, of the same values as one that
// is read whole, in the order of their frames or not.
func TestOpenedFilesHoldTheValuesOfThoseThatAreRead(t *testing.T) {
	dir := oracle.Data(t)
	var seen tally
	parallel(oracle.Rows(t), func(row map[string]string) {
		ts := dicom.UID(row["transfer_syntax"])
		if row["pixel_verdict"] != "agree" || len(row["file"])%3 != 0 { // a third of them
			return
		}
		f, err := dicom.Open(filepath.Join(dir, row["file"]))
		if err != nil {
			t.Errorf("%s: %v", row["file"], err)
			return
		}
		defer f.Close()
		if sum, err := pixel.StoredSHA256(f); err != nil || sum != row["pixel_sha256"] {
			t.Errorf("%s: %s %v, want %s", row["file"], sum, err, row["pixel_sha256"])
		}
		if lossy, _ := pixel.LossyOf(f); lossy != wholeLossy(t, filepath.Join(dir, row["file"])) {
			t.Errorf("%s: lossy %v", row["file"], lossy)
		}
		seen.add(ts.Name())
	})
	t.Logf("files opened, by transfer syntax: %v", seen.n)
}

func wholeLossy(t *testing.T, path string) bool {
	f, err := dicom.ReadFile(path)
	if err != nil {
		t.Errorf("%s: %v", path, err)
		return false
	}
	lossy, _ := pixel.LossyOf(f)
	return lossy
}

// No other decoder here reads these: their twins say what is in them.
func TestCompressedTwinsHoldTheSameBits(t *testing.T) {
	dir := oracle.Data(t)
	liver, odd := "objects/seg-ct-liver/liver.dcm", "ts/pydicom-data/liver_nonbyte_aligned.dcm"
	for twin, plain := range map[string]string{
		"liver_rle": liver, "liver_nonbyte_aligned_rle": odd, "liver_deflate": liver, "liver_nonbyte_aligned_deflate": odd,
		"liver_j2k": liver, "liver_nonbyte_aligned_j2k": odd,
	} {
		twin = "ts/pydicom-data/" + twin + ".dcm"
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

func TestRealFramesCanBeShown(t *testing.T) {
	dir := oracle.Data(t)
	var shown tally
	parallel(oracle.Rows(t), func(row map[string]string) {
		ts := dicom.UID(row["transfer_syntax"])
		if row["pixel_verdict"] != "agree" {
			return
		}
		f, err := dicom.ReadFile(filepath.Join(dir, row["file"]))
		if err != nil {
			t.Errorf("%s: %v", row["file"], err)
			return
		}
		for _, i := range slices.Compact([]int{0, dicom.Frames(f) - 1}) {
			im, err := pixel.Decode(f, i)
			if err != nil {
				t.Errorf("%s, frame %d: %v", row["file"], i, err)
				continue
			}
			checkShown(t, row["file"], im)
		}
		shown.add(ts.Name())
	})
	t.Logf("files shown, by transfer syntax: %v", shown.n)
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
	dir := oracle.Data(t)
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
		{"ts/nema-wg04/US1_UNC", "ts/nema-wg04/US1_RLE", 0},
		{"ts/nema-wg04/US1_UNC", "ts/nema-wg04/US1_J2KR", 0}, // YBR_RCT
		{"ts/nema-wg04/US1_UNC", "ts/nema-wg04/US1_J2KI", 3}, // YBR_ICT
		{"ts/pydicom-data/SC_rgb.dcm", "ts/pydicom-test_files/SC_rgb_gdcm_KY.dcm", 0},
		{"ts/pydicom-data/SC_rgb.dcm", "ts/pydicom-test_files/SC_rgb_jpeg_gdcm.dcm", 0},
		{"ts/pydicom-data/SC_rgb.dcm", "ts/pydicom-test_files/SC_rgb_jpeg_dcmtk.dcm", 2},
		{"ts/testpattern-colour/TestPattern_RGB.dcm", "ts/testpattern-colour/TestPattern_JPEG-Lossless_RGB.dcm", 0},
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
