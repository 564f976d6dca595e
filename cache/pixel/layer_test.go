package pixel_test

import (
	"bytes"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
)

// plan is a layer as rows of cells, for comparing.
func plan(im *pixel.Image, k pixel.Kind) (out []string) {
	for _, l := range im.Layers {
		if l.Kind != k {
			continue
		}
		for y := range l.Rows {
			row := ""
			for x := range l.Cols {
				row += string(".#r"[l.Cells[y*l.Cols+x]])
			}
			out = append(out, row)
		}
	}
	return out
}

func same(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// withOverlay adds a plane of 3 columns in a group.
func withOverlay(d *dicom.Dataset, group dicom.Tag, kind string, rows int, data []byte, origin ...int) {
	d.SetInt(dicom.OverlayRows+group, rows)
	d.SetInt(dicom.OverlayColumns+group, 3)
	d.SetInt(dicom.OverlayBitsAllocated+group, 1)
	d.SetInt(dicom.OverlayBitPosition+group, 0)
	d.SetStr(dicom.OverlayType+group, kind)
	d.Set(dicom.Element{Tag: dicom.OverlayOrigin + group, VR: "SS", Ints: []int64{int64(origin[0]), int64(origin[1])}})
	d.Set(dicom.Element{Tag: dicom.OverlayData + group, VR: "OW", Bytes: data})
}

func TestOverlayPlanesLieWhereTheirOriginSays(t *testing.T) {
	// 101 / 011, lowest bit first: 1 0 1 0 1 1
	for name, c := range map[string]struct {
		origin [2]int
		want   []string
	}{
		"at the corner":    {[2]int{1, 1}, []string{"#.#.", ".##.", "...."}},
		"moved in":         {[2]int{2, 2}, []string{"....", ".#.#", "..##"}},
		"beginning before": {[2]int{0, 0}, []string{"##..", "....", "...."}},
		"ending beyond":    {[2]int{3, 3}, []string{"....", "....", "..#."}},
	} {
		im := decode(t, object(3, 4, 8, false, make([]byte, 12), func(d *dicom.Dataset) {
			withOverlay(d, 0, "G", 2, []byte{0b110101, 0}, c.origin[0], c.origin[1])
		}))
		if got := plan(im, pixel.Overlay); !same(got, c.want) || im.Unread != 0 {
			t.Errorf("%s: %q, %d unread, want %q", name, got, im.Unread, c.want)
		}
	}
}

func TestOverlaysOfSeveralGroupsAndKindsAreOneLayer(t *testing.T) {
	im := decode(t, object(2, 3, 8, false, make([]byte, 6), func(d *dicom.Dataset) {
		withOverlay(d, 0x00020000, "R", 2, []byte{0b111111}, 1, 1)
		withOverlay(d, 0x001E0000, "G", 2, []byte{0b000001}, 1, 1)
	}))
	if got := plan(im, pixel.Overlay); !same(got, []string{"#rr", "rrr"}) {
		t.Errorf("%q", got)
	}
	if ink := im.Layers[0].Ink(1); ink.A == 255 || ink.A == 0 {
		t.Errorf("a region of interest hides what it marks: %v", ink)
	}
}

func TestOverlayFramesLieOnTheirImageFrames(t *testing.T) {
	f := object(1, 3, 8, false, make([]byte, 12), func(d *dicom.Dataset) {
		d.SetInt(dicom.NumberOfFrames, 4)
		withOverlay(d, 0, "G", 1, []byte{0b110_001}, 1, 1) // two frames: 100, 011
		d.SetInt(dicom.NumberOfFramesInOverlay, 2)
		d.SetInt(dicom.ImageFrameOrigin, 2)
		withOverlay(d, 0x20000, "R", 1, []byte{0b100}, 1, 1) // no frames of its own: on all
	})
	for i, want := range []string{"..r", "#.r", ".##", "..r"} {
		im, err := pixel.Decode(f, i)
		if err != nil {
			t.Fatal(err)
		}
		if got := plan(im, pixel.Overlay); !same(got, []string{want}) {
			t.Errorf("frame %d: %q, want %q", i, got, want)
		}
	}
}

func TestOldOverlaysAreInTheUnusedBits(t *testing.T) {
	cells := []byte{0xFF, 0x1F, 0x00, 0x80, 0x34, 0x92} // 1FFF, 8000, 9234
	embedded := func(bit int) *pixel.Image {
		return decode(t, object(1, 3, 12, false, cells, func(d *dicom.Dataset) {
			withOverlay(d, 0, "G", 1, nil, 1, 1)
			d.Delete(dicom.OverlayData)
			d.SetInt(dicom.OverlayBitsAllocated, 16)
			d.SetInt(dicom.OverlayBitPosition, bit)
		}))
	}
	for bit, want := range map[int]string{12: "#.#", 15: ".##", 13: "..."} {
		im := embedded(bit)
		if got := plan(im, pixel.Overlay); !same(got, []string{want}) {
			t.Errorf("bit %d: %q, want %q", bit, got, want)
		}
		if v, _ := im.At(0, 0); v != 0xFFF {
			t.Errorf("the overlay's bit is in the value: %v", v)
		}
	}
	if im := embedded(11); im.Unread != 1 || len(im.Layers) != 0 {
		t.Errorf("a bit of the value was taken for an overlay")
	}
}

func TestOverlaysThatCannotBeReadAreCounted(t *testing.T) {
	im := decode(t, object(4, 4, 8, false, make([]byte, 16), func(d *dicom.Dataset) {
		withOverlay(d, 0, "G", 4, []byte{1}, 1, 1) // 12 bits wanted, 8 there
		withOverlay(d, 0x20000, "G", -1, []byte{1}, 1, 1)
	}))
	if im.Unread != 2 || len(im.Layers) != 0 {
		t.Errorf("%d unread, %d layers", im.Unread, len(im.Layers))
	}
}

// hidden counts pixels that a shutter covers, by the inequalities of PS3.3 C.7.6.11.
func TestShuttersHideWhatLiesOutside(t *testing.T) {
	const n = 20
	for name, c := range map[string]struct {
		set     func(d *dicom.Dataset)
		visible func(col, row int) bool // from 1
	}{
		"rectangular": {func(d *dicom.Dataset) { rectangle(d) },
			func(col, row int) bool { return col >= 3 && col <= 15 && row >= 4 && row <= 16 }},
		"circular": {func(d *dicom.Dataset) {
			d.SetStr(dicom.ShutterShape, "CIRCULAR")
			d.SetInt(dicom.CenterOfCircularShutter, 8, 10) // row, column
			d.SetInt(dicom.RadiusOfCircularShutter, 5)
		}, func(col, row int) bool { return (col-10)*(col-10)+(row-8)*(row-8) <= 25 }},
		"polygonal": {func(d *dicom.Dataset) {
			d.SetStr(dicom.ShutterShape, "POLYGONAL")
			d.SetInt(dicom.VerticesOfThePolygonalShutter, 2, 2, 2, 18, 18, 2) // row, column: a right triangle
		}, func(col, row int) bool { return col >= 2 && row >= 2 && col+row <= 20 }},
		"two at once": {func(d *dicom.Dataset) {
			rectangle(d)
			d.SetStr(dicom.ShutterShape, "RECTANGULAR", "CIRCULAR")
			d.SetInt(dicom.CenterOfCircularShutter, 8, 10)
			d.SetInt(dicom.RadiusOfCircularShutter, 5)
		}, func(col, row int) bool {
			return col >= 3 && col <= 15 && row >= 4 && row <= 16 && (col-10)*(col-10)+(row-8)*(row-8) <= 25
		}},
		"of the frame": {func(d *dicom.Dataset) {
			group, item := &dicom.Dataset{}, &dicom.Dataset{}
			rectangle(item)
			group.SetSeq(dicom.FrameDisplayShutterSequence, item)
			d.SetSeq(dicom.SharedFunctionalGroupsSequence, group)
		}, func(col, row int) bool { return col >= 3 && col <= 15 && row >= 4 && row <= 16 }},
		"circular on tall pixels": {func(d *dicom.Dataset) {
			d.SetFloat(dicom.PixelSpacing, 2, 1) // rows twice as high
			d.SetStr(dicom.ShutterShape, "CIRCULAR")
			d.SetInt(dicom.CenterOfCircularShutter, 8, 10)
			d.SetInt(dicom.RadiusOfCircularShutter, 6)
		}, func(col, row int) bool { return math.Hypot(float64(col-10), 2*float64(row-8)) <= 6 }},
	} {
		im := decode(t, object(n, n, 8, false, make([]byte, n*n), c.set))
		got := plan(im, pixel.Shutter)
		if len(got) != n {
			t.Fatalf("%s: %d rows of a shutter", name, len(got))
		}
		for y := range n {
			for x := range n {
				if visible := got[y][x] == '.'; visible != c.visible(x+1, y+1) {
					t.Errorf("%s: column %d, row %d is visible: %v", name, x+1, y+1, visible)
				}
			}
		}
	}
}

func rectangle(d *dicom.Dataset) {
	d.SetStr(dicom.ShutterShape, "RECTANGULAR")
	d.SetInt(dicom.ShutterLeftVerticalEdge, 3)
	d.SetInt(dicom.ShutterRightVerticalEdge, 15)
	d.SetInt(dicom.ShutterUpperHorizontalEdge, 4)
	d.SetInt(dicom.ShutterLowerHorizontalEdge, 16)
}

func TestABitmapShutterHidesItsBitsAndIsNoOverlay(t *testing.T) {
	im := decode(t, object(1, 3, 8, false, make([]byte, 3), func(d *dicom.Dataset) {
		withOverlay(d, 0x40000, "G", 1, []byte{0b101}, 1, 1)
		d.SetStr(dicom.ShutterShape, "BITMAP")
		d.SetInt(dicom.ShutterOverlayGroup, 0x6004)
	}))
	if got := plan(im, pixel.Shutter); !same(got, []string{"#.#"}) || len(im.Layers) != 1 {
		t.Errorf("%q, %d layers", got, len(im.Layers))
	}
}

func TestAShutterHasItsPresentationValueWhateverTheWindow(t *testing.T) {
	im := decode(t, object(20, 20, 8, false, make([]byte, 400), func(d *dicom.Dataset) {
		rectangle(d)
		d.SetInt(dicom.ShutterPresentationValue, 32896) // 32896/65535·255 = 128.0
		d.SetStr(dicom.PhotometricInterpretation, "MONOCHROME1")
	}))
	dst := image.NewRGBA(image.Rect(0, 0, 20, 20))
	view := im.Place(pixel.View{}, image.Pt(20, 20))
	im.Render(identity, true, dst, view, pixel.Nearest)
	im.Layers[0].Draw(dst, view)
	if out, in := dst.RGBAAt(0, 0), dst.RGBAAt(10, 10); out.R != 128 || out.A != 255 || in.R != 0 {
		t.Errorf("outside %v, inside %v", out, in)
	}
}

func TestLayersAreAveragedWhereTheyAreMadeSmaller(t *testing.T) {
	im := decode(t, object(4, 4, 8, false, make([]byte, 16), func(d *dicom.Dataset) {
		withOverlay(d, 0, "G", 1, []byte{0b1}, 1, 1)
	}))
	dst := image.NewRGBA(image.Rect(0, 0, 2, 2))
	for i := range dst.Pix {
		dst.Pix[i] = 100
	}
	im.Layers[0].Draw(dst, im.Place(pixel.View{}, image.Pt(2, 2)))
	// One of four cells of 240 over 100: 240/4 + 100·3/4 = 135.
	if got := dst.RGBAAt(0, 0).R; got != 135 || dst.RGBAAt(1, 1).R != 100 {
		t.Errorf("%v", dst.Pix)
	}
}

func TestSupplementalPalettesColourTheirValuesAndKeepThem(t *testing.T) {
	im := decode(t, object(1, 4, 8, false, []byte{10, 200, 201, 255}, func(d *dicom.Dataset) {
		d.SetStr(dicom.PixelPresentation, "COLOR")
		for i, tags := range [3][2]dicom.Tag{
			{dicom.RedPaletteColorLookupTableDescriptor, dicom.RedPaletteColorLookupTableData},
			{dicom.GreenPaletteColorLookupTableDescriptor, dicom.GreenPaletteColorLookupTableData},
			{dicom.BluePaletteColorLookupTableDescriptor, dicom.BluePaletteColorLookupTableData},
		} {
			d.SetInt(tags[0], 2, 200, 16)
			d.Set(dicom.Element{Tag: tags[1], VR: "OW", Bytes: []byte{0, byte(10 * (i + 1)), 0, byte(50 * (i + 1))}})
		}
	}))
	if len(im.Layers) != 1 || im.Layers[0].Kind != pixel.Coloured || im.Stored == nil {
		t.Fatalf("%d layers, grey values %v", len(im.Layers), im.Stored)
	}
	want := [][4]uint8{{}, {10, 20, 30, 255}, {50, 100, 150, 255}, {50, 100, 150, 255}}
	for i, w := range want {
		if c := im.Layers[0].Ink(i); [4]uint8{c.R, c.G, c.B, c.A} != w {
			t.Errorf("cell %d is %v, want %v", i, c, w)
		}
	}
	if v, ok := im.At(1, 0); !ok || v != 200 {
		t.Errorf("the value below is %v", v)
	}
}

// The short way of upright views draws what the long way draws of the same cells.
func TestUprightLayersAreDrawnAsAnyOthers(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 9))
	cells := &pixel.Layer{Rows: 23, Cols: 31, Cells: make([]uint8, 23*31), Inks: []color.RGBA{{}, {240, 240, 240, 255}, {23, 66, 69, 77}}}
	for i := range cells.Cells {
		cells.Cells[i] = uint8(r.IntN(3))
	}
	rgba := &pixel.Layer{Rows: 23, Cols: 31}
	for i := range cells.Cells {
		c := cells.Ink(i)
		rgba.RGBA = append(rgba.RGBA, c.R, c.G, c.B, c.A)
	}
	for range 40 {
		sx, sy := 1+4*r.Float64(), 1+4*r.Float64()
		if r.IntN(2) == 1 {
			sx = -sx
		}
		view := pixel.Affine{sx, 0, 60*r.Float64() + 20, 0, sy, 30 * r.Float64()}
		var px [2][]uint8
		for i, l := range []*pixel.Layer{cells, rgba} {
			dst := image.NewRGBA(image.Rect(0, 0, 97, 83))
			for k := range dst.Pix {
				dst.Pix[k] = uint8(k * 7)
			}
			l.Draw(dst, view)
			px[i] = dst.Pix
		}
		if !bytes.Equal(px[0], px[1]) {
			t.Fatalf("they differ at %v", view)
		}
	}
}
