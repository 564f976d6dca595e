package desk

import (
	"bytes"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/pr"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/cache/oracle"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer"
)

// TestATurnAndFlipAreAsAnotherProgramShowsThem writes states of all eight turns of a
// real image and compares what the tile shows with dcmp2pgm's picture.
func TestATurnAndFlipAreAsAnotherProgramShowsThem(t *testing.T) {
	tool := oracle.Tool(t, "dcmp2pgm")
	path := filepath.Join(oracle.Data(t, "objects", "gsps"), "imageForPrLUTs.dcm")
	f, err := dicom.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	h := f.Dataset
	for n := range 8 {
		s := pr.State{
			Study: h, SeriesUID: "2.25.5", SOPUID: dicom.UID(fmt.Sprintf("2.25.6%d", n)), Label: "TURNED", Created: time.Unix(0, 0).UTC(),
			Images: []pr.Image{{InstanceRef: sr.Reference(h)}}, Turn: n % 4, Flip: n > 3,
			Areas: []pr.Area{{TopLeft: [2]int{1, 1}, BottomRight: [2]int{512, 512}, Mode: "SCALE TO FIT"}},
		}
		d, err := pr.Write(s)
		if err != nil {
			t.Fatal(err)
		}
		o := object(t, d)
		r := newReader(t)
		study := viewer.Study{UID: h.Str(dicom.StudyInstanceUID)}
		o.StudyUID = study.UID
		r.open(viewer.Case{Epoch: 1, StudyUID: study.UID, Studies: []viewer.Study{study}}, []viewer.Object{o,
			{StudyUID: study.UID, SeriesUID: h.Str(dicom.SeriesInstanceUID), SOPUID: h.Str(dicom.SOPInstanceUID), Path: path}})
		r.do(viewer.StateNext)
		tile := r.d.Scene().Tiles[0]
		got := r.tile(0)
		place := tile.Image.Place(pixel.View{Zoom: 1, Turn: got.Turn, FlipH: got.FlipH}, image.Pt(512, 512))
		ours := image.NewRGBA(image.Rect(0, 0, 512, 512))
		tile.Image.Render(tile.Window, tile.Invert, ours, place, pixel.Nearest)

		out := filepath.Join(t.TempDir(), "x.pgm")
		if b, err := exec.Command(tool, "-p", o.Path, path, out).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, b)
		}
		b, err := os.ReadFile(out)
		if err != nil || len(b) < 512*512 || !bytes.HasPrefix(b, []byte("P5")) {
			t.Fatal(err, len(b))
		}
		theirs := b[len(b)-512*512:]
		far := 0
		for i, v := range theirs {
			if d := int(v) - int(ours.Pix[4*i]); d > 1 || d < -1 {
				far++
			}
		}
		if far > 0 || got.Turn == 0 && got.FlipH == false && n > 0 {
			t.Errorf("turned %d, flipped %v: %d pixels differ", s.Turn, s.Flip, far)
		}
	}
}
