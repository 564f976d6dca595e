package volume

import (
	"math"
	"runtime"
	"sync"

	"github.com/nocturne/nocturne/cache/space"
)

// Mode is how a slab becomes one value.
type Mode int

// The modes of a slab. Single takes the middle of it alone.
const (
	Single Mode = iota
	MIP
	MinIP
	Mean
)

// String names a mode as it is written on an image.
func (m Mode) String() string { return [...]string{"", "MIP", "MinIP", "mean"}[m] }

// Cut is a rectangle in the patient to be filled from a volume.
type Cut struct {
	Centre      space.Vec3 // mm
	Right, Down space.Vec3 // unit and square to each other
	MM          float64    // side of an output pixel
	DownMM      float64    // distance of its rows where that is another; 0: MM
	Cols, Rows  int
	Thickness   float64 // mm of the slab, centred on the plane; 0 with Single
	Mode        Mode
	Apart       float64 // of a slab's layers at least, mm; 0: the finest distance of voxels
}

// Normal is the direction a slab grows to both sides.
func (c Cut) Normal() space.Vec3 { return c.Right.Cross(c.Down) }

// At is the patient point at the centre of an output pixel.
func (c Cut) At(col, row int) space.Vec3 {
	return c.Centre.Add(c.Right.Scale((float64(col) - float64(c.Cols-1)/2) * c.MM)).
		Add(c.Down.Scale((float64(row) - float64(c.Rows-1)/2) * c.down()))
}

func (c Cut) down() float64 {
	if c.DownMM > 0 {
		return c.DownMM
	}
	return c.MM
}

// CutOf is the cut at the pixels of an image plane.
func CutOf(p space.Plane) Cut {
	return Cut{Centre: p.Centre(), Right: p.Row, Down: p.Col, MM: p.ColMM, DownMM: p.RowMM, Cols: p.Cols, Rows: p.Rows}
}

// Plane is where the cut lies, as an image plane.
func (c Cut) Plane(v *Volume) space.Plane {
	return space.Plane{
		Origin: c.At(0, 0), Row: c.Right, Col: c.Down, RowMM: c.down(), ColMM: c.MM,
		Rows: c.Rows, Cols: c.Cols, FrameOfReference: v.FrameOfReference,
	}
}

// samples is how many layers a slab is made of: no further apart than the finest
// distance of voxels.
func (v *Volume) samples(c Cut) int {
	if c.Mode == Single || c.Thickness <= 0 {
		return 1
	}
	return max(1, int(math.Ceil(c.Thickness/math.Max(v.Finest(), c.Apart)))+1)
}

// Resample fills dst, of Cols·Rows values and made anew where it is too small, with
// trilinear samples of a cut in voxel values. A pixel of which no layer lies within
// the volume is Outside; MIP, MinIP and Mean leave out the layers that do not. Within
// one unit of a voxel value of what real numbers give. Rows are shared among
// GOMAXPROCS goroutines.
func (v *Volume) Resample(dst []int16, c Cut) []int16 {
	n := c.Cols * c.Rows
	if cap(dst) < n {
		dst = make([]int16, n)
	}
	dst = dst[:n]
	const band = 16
	var wg sync.WaitGroup
	bands := make(chan int)
	for range min(runtime.GOMAXPROCS(0), (c.Rows+band-1)/band) {
		wg.Go(func() {
			l := newLine(v, c)
			for from := range bands {
				for row := from; row < min(from+band, c.Rows); row++ {
					l.fill(dst[row*c.Cols:][:c.Cols], row)
				}
			}
		})
	}
	for from := 0; from < c.Rows; from += band {
		bands <- from
	}
	close(bands)
	wg.Wait()
	return dst
}

// line fills one row of a cut after the other.
type line struct {
	v      *Volume
	c      Cut
	layers int
	plain  bool
	step   [3]float64 // columns, rows and mm (or slices) of the volume for one output pixel
	one    []int16
	sum    []int32
	count  []int32
}

func newLine(v *Volume, c Cut) *line {
	l := &line{v: v, c: c, layers: v.samples(c), plain: v.plain(), one: make([]int16, c.Cols)}
	for i, to := range v.inverse {
		l.step[i] = to.Dot(c.Right) * c.MM
	}
	if c.Mode == Mean {
		l.sum, l.count = make([]int32, c.Cols), make([]int32, c.Cols)
	}
	return l
}

func (l *line) fill(dst []int16, row int) {
	start := l.c.At(0, row)
	if l.layers == 1 {
		l.layer(dst, start)
		return
	}
	for i := range dst {
		dst[i] = Outside
	}
	clear(l.sum)
	clear(l.count)
	normal := l.c.Normal()
	for k := range l.layers {
		off := l.c.Thickness * (float64(k)/float64(l.layers-1) - 0.5)
		l.layer(l.one, start.Add(normal.Scale(off)))
		l.merge(dst)
	}
	for i, n := range l.count {
		if n > 0 {
			dst[i] = int16(math.Floor(float64(l.sum[i])/float64(n) + 0.5))
		}
	}
}

// merge takes one layer into the slab.
func (l *line) merge(dst []int16) {
	one := l.one[:len(dst)]
	switch l.c.Mode {
	case MIP: // Outside is the smallest value there is
		for i, x := range one {
			dst[i] = max(dst[i], x)
		}
	case MinIP:
		for i, x := range one {
			if x != Outside && (x < dst[i] || dst[i] == Outside) {
				dst[i] = x
			}
		}
	default:
		for i, x := range one {
			if x != Outside {
				l.sum[i] += int32(x)
				l.count[i]++
			}
		}
	}
}

// layer samples one row of points.
func (l *line) layer(dst []int16, start space.Vec3) {
	x, y, z := l.v.index(start)
	if l.plain {
		l.v.straightLine(dst, [3]float64{x, y, z / l.v.pitch()}, [3]float64{l.step[0], l.step[1], l.step[2] / l.v.pitch()})
		return
	}
	for i := range dst {
		f := float64(i)
		dst[i] = l.v.sample(x+f*l.step[0], y+f*l.step[1], l.v.slice(z+f*l.step[2]))
	}
}
