package screen

import (
	"image"
	"unsafe"

	"github.com/hajimehoshi/ebiten/v2"

	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer/shader"
)

const (
	// maxSide is the largest side of a texture that old integrated graphics take.
	maxSide = 8192
	// margin is how many pixels parts of a picture overlap, for averages across
	// their seams.
	margin = 16
	// maxTextures bounds the bytes of the textures kept: 512 slices of 512² or nine
	// mammograms.
	maxTextures = 256 << 20
)

// part is one texture of a picture and what of the picture it paints.
type part struct {
	texels *ebiten.Image
	base   [2]int
	paints [4]int // first column, first row, end column, end row
}

// texture is what the GPU holds of one image or table.
type texture struct {
	parts []part
	bytes int
	used  int64
}

// textures keeps what was drawn lately, by whatever key tells it apart. Owned by
// the game's goroutine.
type textures struct {
	held  map[any]*texture
	bytes int
	now   int64 // rises with every picture
	limit int
	side  int
}

func newTextures() *textures {
	return &textures{held: map[any]*texture{}, limit: maxTextures, side: maxSide}
}

// get returns the texture of a key, made on first use.
func (t *textures) get(key any, build func() *texture) *texture {
	x := t.held[key]
	if x == nil {
		x = build()
		t.held[key] = x
		t.bytes += x.bytes
	}
	x.used = t.now
	return x
}

// finish ends a picture: the textures used longest ago go until the rest is within
// the limit; those of this picture stay.
func (t *textures) finish() {
	for t.bytes > t.limit {
		var oldest any
		for key, x := range t.held {
			if x.used < t.now && (oldest == nil || x.used < t.held[oldest].used) {
				oldest = key
			}
		}
		if oldest == nil {
			break
		}
		t.drop(oldest)
	}
	t.now++
}

// forget frees everything: another case, or the lock.
func (t *textures) forget() {
	for key := range t.held {
		t.drop(key)
	}
}

func (t *textures) drop(key any) {
	x := t.held[key]
	for _, p := range x.parts {
		p.texels.Deallocate()
	}
	t.bytes -= x.bytes
	delete(t.held, key)
}

// ofImage uploads an image, in parts where it is larger than a texture can be.
// Grey is two pixels a texel, colour one.
func (t *textures) ofImage(im *pixel.Image) *texture {
	per := 2
	if im.RGB != nil {
		per = 1
	}
	return t.inParts(im.Cols, im.Rows, per, func(paints [4]int) part { return upload(im, per, paints) })
}

// ofLayer uploads a layer, one cell a texel.
func (t *textures) ofLayer(l *pixel.Layer) *texture {
	return t.inParts(l.Cols, l.Rows, 1, func(paints [4]int) part {
		held := withMargins(paints, l.Cols, l.Rows)
		texels := make([]byte, 0, 4*held.Dx()*held.Dy())
		for y := held.Min.Y; y < held.Max.Y; y++ {
			for i := y*l.Cols + held.Min.X; i < y*l.Cols+held.Max.X; i++ {
				c := l.Ink(i)
				texels = append(texels, c.R, c.G, c.B, c.A)
			}
		}
		out := part{texels: unmanaged(held.Dx(), held.Dy()), base: [2]int{held.Min.X, held.Min.Y}, paints: paints}
		out.texels.WritePixels(texels)
		return out
	})
}

// inParts cuts a picture into parts that a texture can hold, per pixels a texel.
func (t *textures) inParts(cols, rows, per int, upload func(paints [4]int) part) *texture {
	x := &texture{}
	wide, high := per*(t.side-2*margin), t.side-2*margin
	for y := 0; y < rows; y += high {
		for c := 0; c < cols; c += wide {
			x.parts = append(x.parts, upload([4]int{c, y, min(c+wide, cols), min(y+high, rows)}))
		}
	}
	for _, p := range x.parts {
		x.bytes += 4 * p.texels.Bounds().Dx() * p.texels.Bounds().Dy()
	}
	return x
}

func withMargins(paints [4]int, cols, rows int) image.Rectangle {
	return image.Rect(max(paints[0]-margin, 0), max(paints[1]-margin, 0), min(paints[2]+margin, cols), min(paints[3]+margin, rows))
}

// upload makes the texture of one part with its margins.
func upload(im *pixel.Image, per int, paints [4]int) part {
	held := withMargins(paints, im.Cols, im.Rows)
	w, h := (held.Dx()+per-1)/per, held.Dy()
	out := part{texels: unmanaged(w, h), base: [2]int{held.Min.X, held.Min.Y}, paints: paints}
	switch {
	case im.RGB != nil:
		out.texels.WritePixels(colorBytes(im, held))
	case held.Dx() == im.Cols && im.Cols%2 == 0:
		out.texels.WritePixels(bytesOf(im.Stored[held.Min.Y*im.Cols : held.Max.Y*im.Cols]))
	default:
		out.texels.WritePixels(bytesOf(cut(im, held, per*w)))
	}
	return out
}

func unmanaged(w, h int) *ebiten.Image {
	return ebiten.NewImageWithOptions(image.Rect(0, 0, w, h), &ebiten.NewImageOptions{Unmanaged: true})
}

// bytesOf is the memory of 16-bit values as bytes, without a copy. Every machine
// this window runs on is little endian.
func bytesOf(v []uint16) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(v))), 2*len(v))
}

// cut copies a rectangle into rows of a given width.
func cut(im *pixel.Image, r image.Rectangle, width int) []uint16 {
	out := make([]uint16, width*r.Dy())
	for y := range r.Dy() {
		from := (r.Min.Y+y)*im.Cols + r.Min.X
		copy(out[y*width:], im.Stored[from:from+r.Dx()])
	}
	return out
}

func colorBytes(im *pixel.Image, r image.Rectangle) []byte {
	out := make([]byte, 0, 4*r.Dx()*r.Dy())
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := im.RGB[3*(y*im.Cols+r.Min.X) : 3*(y*im.Cols+r.Max.X)]
		for i := 0; i < len(row); i += 3 {
			out = append(out, row[i], row[i+1], row[i+2], 255)
		}
	}
	return out
}

// ofTable uploads a look-up table of 256 by 256 texels.
func ofTable(texels []byte) *texture {
	x := &texture{parts: []part{{texels: unmanaged(256, 256)}}, bytes: len(texels)}
	x.parts[0].texels.WritePixels(texels)
	return x
}

// tables are the look-up tables a mode needs, as the shader's second and third image.
func (t *textures) tables(m shader.Mode, im *pixel.Image, w pixel.Window) (modality, voi *ebiten.Image) {
	if m.Modality {
		key := [2]any{im.ModalityLUT, im.Signed}
		modality = t.get(key, func() *texture { return ofTable(shader.ModalityTexels(im)) }).parts[0].texels
	}
	if m.Function == shader.Table && !m.Color {
		voi = t.get(w.LUT, func() *texture { return ofTable(shader.VOITexels(w.LUT)) }).parts[0].texels
	}
	return modality, voi
}
