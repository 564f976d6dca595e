package pixel

import (
	"image"
	"image/color"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Kind is what a Layer is.
type Kind uint8

// Kinds of layers, in the order in which they are drawn.
const (
	Coloured Kind = iota // stored values that a supplemental palette colours: acquired
	Shutter              // what a display shutter hides
	Overlay              // an overlay plane
)

// Layer is what an object's own header lays over a frame's pixels: over the light
// that came out of the window, untouched by window and inversion. It has the size of
// the frame, also where the Image is a Preview. Values are measured below it.
//
// Memory: a byte a pixel; four where it is Coloured.
type Layer struct {
	Kind       Kind
	Rows, Cols int
	// Cells are row by row; 0 is clear, n is Inks[n]. Nil where RGBA is used.
	Cells []uint8
	Inks  []color.RGBA
	RGBA  []uint8 // premultiplied, four bytes a pixel
}

func newLayer(k Kind, d *dicom.Dataset, inks ...color.RGBA) *Layer {
	l := &Layer{Kind: k, Rows: d.IntOr(dicom.Rows, 0), Cols: d.IntOr(dicom.Columns, 0), Inks: append([]color.RGBA{{}}, inks...)}
	l.Cells = make([]uint8, l.Rows*l.Cols)
	return l
}

// Ink is the premultiplied colour of cell i.
func (l *Layer) Ink(i int) color.RGBA {
	if l.Cells != nil {
		return l.Inks[l.Cells[i]]
	}
	px := l.RGBA[4*i : 4*i+4]
	return color.RGBA{px[0], px[1], px[2], px[3]}
}

// Draw blends the layer over dst: view maps the frame's points to points of dst
// counted from its upper left corner. Where it is enlarged a screen pixel takes the
// cell it lies in; where it is made smaller, by quarters turned, the mean of the
// cells it covers, so that a thin line of an overlay does not vanish.
func (l *Layer) Draw(dst *image.RGBA, view Affine) {
	inv, ok := view.Inverse()
	if !ok {
		return
	}
	p := painter{im: &Image{Rows: l.Rows, Cols: l.Cols}, dst: dst, inv: inv}
	mean := !inv.enlarges() && inv.square()
	if !mean && l.Cells != nil && inv[1] == 0 && inv[3] == 0 {
		l.upright(&p)
		return
	}
	bands(dst.Bounds().Dy(), dst.Bounds().Dx(), func(y int) { l.row(&p, y, mean) })
}

// upright draws cells where screen rows are the frame's: columns are worked out once.
func (l *Layer) upright(p *painter) {
	size := p.dst.Bounds().Size()
	at := make([]int, size.X)
	for x := range at {
		u, _ := p.inv.Apply(float64(x)+0.5, 0)
		if at[x] = -1; u >= 0 && u < float64(l.Cols) {
			at[x] = int(u)
		}
	}
	bands(size.Y, size.X, func(y int) {
		_, v := p.inv.Apply(0, float64(y)+0.5)
		if v < 0 || v >= float64(l.Rows) {
			return
		}
		cells, line := l.Cells[int(v)*l.Cols:(int(v)+1)*l.Cols], p.line(y)
		for x, col := range at {
			if col < 0 || cells[col] == 0 {
				continue
			}
			ink, px := l.Inks[cells[col]], line[4*x:4*x+4]
			rest := 1 - float64(ink.A)/255
			for k, c := range [3]uint8{ink.R, ink.G, ink.B} {
				px[k] = uint8(min(float64(c)+float64(px[k])*rest+0.5, 255))
			}
		}
	})
}

func (l *Layer) row(p *painter, y int, mean bool) {
	line := p.line(y)
	for x := 0; 4*x < len(line); x++ {
		var c [4]float64
		if mean {
			if cols, rows, ok := p.covered(x, y); ok {
				c = l.mean(cols, rows)
			}
		} else if u, v, in := p.point(x, y); in {
			ink := l.Ink(int(v)*l.Cols + int(u))
			c = [4]float64{float64(ink.R), float64(ink.G), float64(ink.B), float64(ink.A)}
		}
		if c[3] == 0 {
			continue
		}
		for k := range 3 {
			line[4*x+k] = uint8(min(c[k]+float64(line[4*x+k])*(1-c[3]/255)+0.5, 255))
		}
	}
}

func (l *Layer) mean(cols, rows span) (c [4]float64) {
	var weight float64
	for y := rows.from; y < rows.to; y++ {
		for x := cols.from; x < cols.to; x++ {
			w := rows.weight(y) * cols.weight(x)
			weight += w
			if ink := l.Ink(y*l.Cols + x); ink.A > 0 {
				c[0] += w * float64(ink.R)
				c[1] += w * float64(ink.G)
				c[2] += w * float64(ink.B)
				c[3] += w * float64(ink.A)
			}
		}
	}
	for k := range c {
		c[k] /= weight
	}
	return c
}

// Bytes is what the layer takes in memory.
func (l *Layer) Bytes() int64 { return int64(len(l.Cells)+len(l.RGBA)) + int64(4*len(l.Inks)) }

// layers reads what lies over a frame: behind what colours its values, which is
// there already, the shutter and then the overlays, which no shutter hides.
func (im *Image) layers(d *dicom.Dataset, frame int, b []byte, h Header) {
	shutter, unread := shutterOf(d, frame, im.Aspect)
	if shutter != nil {
		im.Layers = append(im.Layers, shutter)
	}
	planes, more := overlays(d, frame, b, h)
	if planes != nil {
		im.Layers = append(im.Layers, planes)
	}
	im.Unread = unread + more
}
