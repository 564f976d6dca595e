package pixel

import (
	"errors"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Preview says that an Image is its frame made smaller, to be seen until the frame
// itself is here. It is shown and windowed like the frame, and lies where the frame
// will lie (Place); it is not measured in, marked, or counted as viewed (N8): At
// has no value anywhere.
type Preview struct {
	Rows, Cols int // of the frame
	Levels     int // Image.Rows and Cols are these divided by 2^Levels, rounded up
	// ToFrame maps points of the preview to points of the frame. A wavelet's
	// approximation keeps the centres of every 2^Levels-th pixel, a mean those of
	// the squares it is taken over.
	ToFrame Affine
}

// DecodeReduced reads one frame at Rows and Cols divided by 2^levels, rounded up.
// Where the codestream can be read in part it costs a small share of Decode; where
// it cannot, or has fewer levels, the frame is decoded whole and averaged, padding
// left out. Its Preview is set unless levels is 0. Errors are those of Decode.
func DecodeReduced(f *dicom.File, frame, levels int) (*Image, error) {
	if levels <= 0 {
		return Decode(f, frame)
	}
	levels = min(levels, 16)
	im, err := decodeInPart(f, frame, levels)
	var unsupported *dicom.UnsupportedError
	if im != nil || err != nil && !errors.As(err, &unsupported) {
		return im, err
	}
	if im, err = Decode(f, frame); err != nil {
		return nil, err
	}
	return im.averaged(levels), nil
}

// decodeInPart is nil and nil where the decoder cannot, or where a value between
// two others would mean nothing: indices of a palette, single bits, and tables.
func decodeInPart(f *dicom.File, frame, levels int) (*Image, error) {
	r, err := framesOf(f)
	if err != nil {
		return nil, err
	}
	part, ok := r.dec.(Reducer)
	if !ok || r.h.Photometric == "PALETTE COLOR" || r.h.Allocated == 1 || f.Dataset.Has(channels[0][0]) {
		return nil, nil
	}
	if r.src, err = f.Frame(frame); err != nil {
		return nil, err
	}
	h := r.h
	b, err := part.DecodeReduced(nil, r.src, levels, &h)
	if err != nil {
		return nil, err
	}
	if int64(len(b)) < h.Bytes() {
		return nil, invalid("pixel data end within frame %d", frame)
	}
	h.stayPartial(r.h.Photometric)
	im, err := r.image(frame, b, h, true)
	if err != nil {
		return nil, err
	}
	step := float64(int(1) << levels)
	im.Preview = &Preview{Rows: r.h.Rows, Cols: r.h.Cols, Levels: levels,
		ToFrame: Affine{step, 0, 0.5 - step/2, 0, step, 0.5 - step/2}}
	return im, nil
}

// averaged is the image with squares of 2^levels pixels taken together; at the
// right and lower edge those parts of squares that there are.
func (im *Image) averaged(levels int) *Image {
	step := 1 << levels
	out := *im
	out.Rows, out.Cols = (im.Rows+step-1)/step, (im.Cols+step-1)/step
	out.Preview = &Preview{Rows: im.Rows, Cols: im.Cols, Levels: levels,
		ToFrame: Affine{float64(step), 0, 0, 0, float64(step), 0}}
	if im.RGB != nil {
		out.RGB = make([]uint8, 3*out.Rows*out.Cols)
	} else {
		out.Stored = make([]uint16, out.Rows*out.Cols)
	}
	bands(out.Rows, im.Cols*step, func(y int) {
		if im.RGB != nil {
			im.averageRGB(out.RGB[3*y*out.Cols:3*(y+1)*out.Cols], y*step, step)
		} else {
			im.averageGrey(out.Stored[y*out.Cols:(y+1)*out.Cols], y*step, step)
		}
	})
	return &out
}

func (im *Image) averageGrey(dst []uint16, top, step int) {
	sums, counts := make([]int, len(dst)), make([]int, len(dst))
	for y := top; y < min(top+step, im.Rows); y++ {
		line := im.Stored[y*im.Cols : (y+1)*im.Cols]
		for i := range dst {
			for _, s := range line[i*step : min((i+1)*step, im.Cols)] {
				if !im.padding.ok || !im.IsPadding(s) {
					sums[i] += im.integer(s)
					counts[i]++
				}
			}
		}
	}
	for i := range dst {
		dst[i] = im.Stored[top*im.Cols+i*step] // all padding
		if n := counts[i]; n > 0 {
			dst[i] = uint16(divide(sums[i], n))
		}
	}
}

func (im *Image) averageRGB(dst []uint8, top, step int) {
	for i := range len(dst) / 3 {
		var sum [3]int
		n := 0
		for y := top; y < min(top+step, im.Rows); y++ {
			for x := i * step; x < min((i+1)*step, im.Cols); x++ {
				px := im.RGB[3*(y*im.Cols+x):]
				sum[0], sum[1], sum[2] = sum[0]+int(px[0]), sum[1]+int(px[1]), sum[2]+int(px[2])
				n++
			}
		}
		for k := range sum {
			dst[3*i+k] = uint8(divide(sum[k], n))
		}
	}
}

// divide rounds to the nearest, halves up.
func divide(sum, n int) int {
	sum = 2*sum + n
	q := sum / (2 * n)
	if sum < 0 && q*2*n != sum {
		q--
	}
	return q
}
