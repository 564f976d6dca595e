package still

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"testing"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/overlay"
	"github.com/nocturne/nocturne/viewer/viewertest"
)

// The picture of a preview is fitted into the window between amber bands; then the
// image takes its place, and nothing of the preview is left.
func TestAPreviewIsPaintedBetweenAmberBands(t *testing.T) {
	drawn := image.NewRGBA(image.Rect(0, 0, 64, 64))
	red := color.RGBA{250, 10, 20, 255}
	for i := range 64 * 64 {
		drawn.Set(i%64, i/64, red)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, drawn); err != nil {
		t.Fatal(err)
	}
	v := New(Options{})
	defer v.Close()
	c := viewertest.Case(5, viewer.Study{UID: "1.2.3", Date: "20260301", Modality: "CT"})
	if err := v.Open(context.Background(), c); err != nil {
		t.Fatal(err)
	}
	size := image.Pt(640, 480)
	if m := v.Paint(size); hasColor(m, m.Bounds(), red) {
		t.Fatal("red before anything came")
	}
	if err := v.Preview(5, viewer.Preview{StudyUID: "1.2.3", SeriesUID: "1.2.3.1", SOPUID: "1", MediaType: "image/png", Bytes: b.Bytes()}); err != nil {
		t.Fatal(err)
	}
	m := v.Paint(size)
	middle := image.Rect(318, 150, 322, 330)
	for y := middle.Min.Y; y < middle.Max.Y; y++ {
		if r, g, _, _ := m.At(middle.Min.X, y).RGBA(); r>>8 != 250 && y < 200 || g>>8 > 10 && y < 200 {
			t.Fatalf("at %d the picture is %v", y, m.At(middle.Min.X, y))
		}
	}
	if !hasColor(m, image.Rect(0, 24, 640, 30), overlay.Amber) || !hasColor(m, image.Rect(0, 60, 640, 110), overlay.Amber) {
		t.Error("no amber frame and band")
	}
	shoot(t, "preview", m)
	if err := v.Add(5, viewertest.Series{Slices: 3}.Write(t, t.TempDir())); err != nil {
		t.Fatal(err)
	}
	until(t, v, "the first image", func(e viewer.Event) bool { return e.Kind == viewer.Shown })
	if m = v.Paint(size); hasColor(m, m.Bounds(), red) {
		t.Error("the preview is still seen")
	}
}
