package stack

import (
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/space"
)

// Geometry is the size of an image before its pixels are here, by the rules of
// package pixel: MM is the width of a pixel, 0 when it is not known.
type Geometry struct {
	pixel.Image
	MM float64
}

// GeometryOf is that of a frame with so many rows and columns: its calibration by hand
// counts before its own, and that before Pixel Aspect Ratio.
func GeometryOf(in *Instance, frame int, rows, cols int) Geometry {
	g := Geometry{Image: pixel.Image{Rows: rows, Cols: cols, Aspect: 1}}
	if c := in.Manual; c != nil {
		g.Aspect, g.MM = c.RowMM/c.ColMM, c.ColMM
	} else if c := space.CalibrationOf(in.Header, frame); c.Source != "" {
		g.Aspect, g.MM = c.RowMM/c.ColMM, c.ColMM
	} else if r := in.Aspect(); r > 0 {
		g.Aspect = r
	}
	return g
}

// Aspect is Pixel Aspect Ratio, height to width; 0 when there is none.
func (i *Instance) Aspect() float64 {
	if r := i.Header.Floats(dicom.PixelAspectRatio); len(r) == 2 && r[0] > 0 && r[1] > 0 {
		return r[0] / r[1]
	}
	return 0
}

// Geometry is that of a frame by its header.
func (i *Instance) Geometry(frame int) Geometry {
	return GeometryOf(i, frame, max(1, i.Header.IntOr(dicom.Rows, 1)), max(1, i.Header.IntOr(dicom.Columns, 1)))
}
