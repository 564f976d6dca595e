package pixel

import (
	"bytes"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/oracle"
)

func gsps(t *testing.T, name string) *dicom.File {
	t.Helper()
	f, err := dicom.ReadFile(filepath.Join(oracle.Data(t, "objects", "gsps"), name))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestAnImageUnderAStateIsWhatAnotherProgramShows renders the image through the state's
// modality LUT, VOI LUT and presentation LUT, all scrambled, and compares with dcmp2pgm.
func TestAnImageUnderAStateIsWhatAnotherProgramShows(t *testing.T) {
	state := gsps(t, "prLUTs.dcm").Dataset
	im, err := Decode(gsps(t, "imageForPrLUTs.dcm"), 0)
	if err != nil {
		t.Fatal(err)
	}
	under, err := im.Under(state, state.Item(dicom.SoftcopyVOILUTSequence), 0)
	if err != nil {
		t.Fatal(err)
	}
	dst := image.NewRGBA(image.Rect(0, 0, im.Cols, im.Rows))
	under.Render(under.Presented(under.Windows()[0]), false, dst, Affine{1, 0, 0, 0, 1, 0}, Nearest)

	dir := oracle.Data(t, "objects", "gsps")
	out := filepath.Join(t.TempDir(), "x.pgm")
	if b, err := exec.Command(oracle.Tool(t, "dcmp2pgm"), "-p", filepath.Join(dir, "prLUTs.dcm"), filepath.Join(dir, "imageForPrLUTs.dcm"), out).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, b)
	}
	b, err := os.ReadFile(out)
	if err != nil || len(b) < im.Rows*im.Cols || !bytes.HasPrefix(b, []byte("P5")) {
		t.Fatal(err, len(b))
	}
	px := b[len(b)-im.Rows*im.Cols:]
	worst, seen := 0, map[byte]bool{}
	for i, v := range px {
		worst = max(worst, int(v)-int(dst.Pix[4*i]), int(dst.Pix[4*i])-int(v))
		seen[v] = true
	}
	if worst > 1 || len(seen) < 50 {
		t.Errorf("off by %d, %d greys", worst, len(seen))
	}
	if im.ModalityLUT != nil || len(im.Layers) != 0 {
		t.Error("the image itself was changed")
	}
}

func TestAStateShowsTheOverlaysItActivates(t *testing.T) {
	state := gsps(t, "prOverlay.dcm").Dataset
	im, err := Decode(gsps(t, "overlay.dcm"), 0)
	if err != nil {
		t.Fatal(err)
	}
	count := func(im *Image) (set int) {
		for _, l := range im.Layers {
			if l.Kind != Overlay {
				continue
			}
			for _, c := range l.Cells {
				if c != 0 {
					set++
				}
			}
		}
		return set
	}
	under, err := im.Under(state, &dicom.Dataset{}, 0)
	if err != nil || under.Unread != 0 {
		t.Fatal(err, under.Unread)
	}
	bits := 0
	for _, group := range []dicom.Tag{0x00080000, 0x000A0000} { // the state's own bitmaps
		e, _ := state.Get(dicom.OverlayData + group)
		for _, b := range overlayBytes(e) {
			for ; b != 0; b &= b - 1 {
				bits++
			}
		}
	}
	if bits == 0 || count(im) == 0 || count(under) != count(im)+bits {
		t.Errorf("%d cells under the state, the image has %d, the state %d", count(under), count(im), bits)
	}
	state = state.Clone()
	for g := range dicom.Tag(maxOverlays) {
		state.Delete(dicom.OverlayActivationLayer + g<<17)
	}
	if none, err := im.Under(state, &dicom.Dataset{}, 0); err != nil || count(none) != 0 {
		t.Error("an overlay that no layer activates is shown", err)
	}
}

func TestAStateWithoutAWindowShowsAllValuesAndItsShutterHides(t *testing.T) {
	state := &dicom.Dataset{}
	state.SetStr(dicom.ShutterShape, "RECTANGULAR")
	for tag, v := range map[dicom.Tag]int{dicom.ShutterLeftVerticalEdge: 2, dicom.ShutterRightVerticalEdge: 3, dicom.ShutterUpperHorizontalEdge: 1, dicom.ShutterLowerHorizontalEdge: 4} {
		state.SetInt(tag, v)
	}
	state.SetFloat(dicom.RescaleSlope, 2)
	state.SetFloat(dicom.RescaleIntercept, -100)
	im := &Image{Rows: 4, Cols: 4, Samples: 1, Bits: 8, Stored: make([]uint16, 16), Slope: 1, Aspect: 1}
	under, err := im.Under(state, &dicom.Dataset{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	voi := under.Windows()[0].VOI()
	if voi.At(-100) != 0 || voi.At(410) != 1 || voi.At(155) != 0.5 {
		t.Errorf("%+v", under.Windows())
	}
	hidden := 0
	for _, c := range under.Layers[0].Cells {
		hidden += int(c)
	}
	if under.Layers[0].Kind != Shutter || hidden != 8 {
		t.Errorf("%d pixels hidden", hidden)
	}
}
