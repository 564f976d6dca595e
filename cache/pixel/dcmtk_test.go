package pixel_test

import (
	"image"
	"path/filepath"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/oracle"
	"github.com/nocturne/nocturne/cache/pixel"
)

// DCMTK renders the same picture: every value within one of 255, because it cuts
// where we round.
func TestPicturesAreThoseOfDCMTK(t *testing.T) {
	dir := oracle.Data(t)
	tool := oracle.Tool(t, "dcmj2pnm")
	for _, c := range []struct {
		file   string
		args   []string
		window func(im *pixel.Image) pixel.Window
	}{
		{"modalities/cr/CR-ModalitySequenceLUT.dcm", []string{"+Ww", "2000", "3000"}, set(2000, 3000)},
		{"ts/pydicom-data/mlut_18.dcm", []string{"+Ww", "30000", "50000"}, set(30000, 50000)},
		{"ts/pydicom-data/vlut_04.dcm", []string{"+Wl", "1"}, own(0)},
		{"ts/pydicom-data/MR-SIEMENS-DICOM-WithOverlays.dcm", []string{"+Wi", "2"}, own(1)},
		{"ts/pydicom-data/bad_sequence.dcm", []string{"+Wi", "1"}, own(0)},
		{"ts/pydicom-data/color-pl.dcm", nil, own(0)},
		{"ts/nema-wg04/US1_UNC", nil, own(0)},
	} {
		t.Run(filepath.Base(c.file), func(t *testing.T) { likeDCMTK(t, tool, filepath.Join(dir, c.file), c.args, c.window) })
	}
}

func own(n int) func(im *pixel.Image) pixel.Window {
	return func(im *pixel.Image) pixel.Window {
		if w := im.Windows(); len(w) > n {
			return w[n]
		}
		return im.DefaultWindow()
	}
}

func set(c, w float64) func(im *pixel.Image) pixel.Window {
	return func(*pixel.Image) pixel.Window { return pixel.Window{Center: c, Width: w} }
}

func likeDCMTK(t *testing.T, tool, path string, args []string, window func(im *pixel.Image) pixel.Window) {
	f, err := dicom.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	im, err := pixel.Decode(f, 0)
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "out.pnm")
	call(t, tool, append(args, "-O", "+op", path, out)...)
	theirs := netpbm(t, out)
	dst := image.NewRGBA(image.Rect(0, 0, im.Cols, im.Rows))
	im.Render(window(im), false, dst, pixel.Affine{1, 0, 0, 0, 1, 0}, pixel.Nearest)
	per := len(theirs) / (im.Rows * im.Cols)
	worst, sum, n := 0, 0, 0
	for i := range im.Rows * im.Cols {
		if im.Stored != nil && im.IsPadding(im.Stored[i]) {
			continue // black here, a value there
		}
		for k := range per {
			d := int(dst.Pix[4*i+k]) - int(theirs[per*i+k])
			d = max(d, -d)
			worst, sum, n = max(worst, d), sum+d, n+1
		}
	}
	mean := float64(sum) / float64(max(n, 1))
	if worst > 1 || mean > 1 || n == 0 {
		t.Errorf("up to %d of 255 apart, %.3f in the mean, %d compared", worst, mean, n)
	}
}

// Overlays lie where DCMTK has them: in a plane of their own and in the cells.
func TestOverlaysLieWhereDCMTKHasThem(t *testing.T) {
	dir := oracle.Data(t)
	tool := oracle.Tool(t, "dcm2pnm")
	for _, name := range []string{"objects/gsps/overlay.dcm", "ts/pydicom-data/MR-SIEMENS-DICOM-WithOverlays.dcm", "ts/pydicom-test_files/examples_overlay.dcm"} {
		path := filepath.Join(dir, name)
		f, err := dicom.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		im := decode(t, f)
		if len(im.Layers) != 1 || im.Unread != 0 {
			t.Errorf("%s: %d layers, %d unread", name, len(im.Layers), im.Unread)
			continue
		}
		var px [2][]byte
		for i, args := range [][]string{{"-O"}, {"+O", "0"}} {
			out := filepath.Join(t.TempDir(), "out.pnm")
			call(t, tool, append(args, "+op", "+Ww", "20000", "40000", path, out)...) // dark
			px[i] = netpbm(t, out)
		}
		set, wrong := 0, 0
		for i, c := range im.Layers[0].Cells {
			if theirs := px[0][i] != px[1][i]; theirs != (c != 0) && px[0][i] != 255 {
				wrong++
			}
			if c != 0 {
				set++
			}
		}
		if wrong > 0 || set == 0 {
			t.Errorf("%s: %d of %d pixels of the overlay are not DCMTK's", name, wrong, set)
		}
	}
}
