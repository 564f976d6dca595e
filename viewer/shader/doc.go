// Package shader writes the Kage text of every drawing the window does, and works
// out the numbers each text needs. It imports no engine: viewer/screen compiles
// the text and hands it the numbers.
//
// One specialised text is generated for each Mode, because constants in place of
// branches on uniforms halve a frame's cost on a software renderer. The chain is
// that of the CPU reference (cache/pixel, display.md D2):
//
//	stored value → modality value → interpolation → VOI → inversion → 8 bits
//
// Linear rescaling commutes with interpolation, so it is folded into the numbers
// of the VOI; a modality LUT is applied to each sample first.
//
// Grey pixels travel two to a texel: a texture's bytes are the little-endian
// 16-bit stored values of a row, R and G the even column, B and A the odd one, so
// that an upload copies nothing. Rows of odd width are padded by one value.
package shader

import (
	"fmt"
	"strings"
)

// Function is a VOI function as the shader knows it (PS3.3 C.11.2.1). LINEAR and
// LINEAR_EXACT differ only in their numbers: both are a Ramp.
type Function uint8

// The functions.
const (
	Ramp    Function = iota // a clamped straight line
	Sigmoid                 // 1/(1+exp(−4(x−c)/w))
	Table                   // a VOI LUT, linear between its entries
)

// Mode is everything that is constant while one image is drawn.
type Mode struct {
	Color    bool // RGBA texels, one pixel each; only Invert and Sampling matter beside it
	Layer    bool // Color, blended over what is there: texels are premultiplied
	Signed   bool // stored values are two's complement
	Modality bool // a modality LUT, by stored value
	Function Function
	Invert   bool // after the VOI: the image's own inversion or the reader's, not both
	Padded   bool // stored values of the padding range are black, inverted or not (PS3.3 C.7.5.1.1.2)
	Dither   bool // grey is rounded by pixel.Threshold's pattern in place of a half
	Sampling Sampling
}

// Sampling tells how a fragment between image pixels gets its value; the numbers
// above Bicubic are area averages of at most so many pixels along each axis.
type Sampling uint8

// The samplings of cache/pixel. Averages are told apart by their size because a
// loop in Kage has constant bounds; each holds any scale down to 1/(taps−1).
const (
	Nearest  Sampling = 0
	Bilinear Sampling = 1
	Bicubic  Sampling = 2
	Area3    Sampling = 3
	Area5    Sampling = 5
	Area9    Sampling = 9
	Area17   Sampling = 17
)

var samplings = []Sampling{Nearest, Bilinear, Bicubic, Area3, Area5, Area9, Area17}

// Modes lists every mode that has a text of its own.
func Modes() []Mode {
	var out []Mode
	each := []bool{false, true}
	for _, sampling := range samplings {
		if sampling != Bilinear && sampling != Bicubic {
			out = append(out, Mode{Color: true, Layer: true, Sampling: sampling})
		}
		for _, invert := range each {
			out = append(out, Mode{Color: true, Invert: invert, Sampling: sampling})
			for _, f := range []Function{Ramp, Sigmoid, Table} {
				for bits := range 16 {
					out = append(out, Mode{Function: f, Invert: invert, Sampling: sampling,
						Signed: bits&1 != 0, Padded: bits&2 != 0, Modality: bits&4 != 0, Dither: bits&8 != 0})
				}
			}
		}
	}
	return out
}

// String names a mode for errors and tests: "sigmoid signed inverted by 1".
func (m Mode) String() string {
	words := []string{[...]string{"ramp", "sigmoid", "table"}[m.Function]}
	if m.Color {
		words = []string{"color"}
	}
	if m.Layer {
		words = []string{"layer"}
	}
	for _, w := range []struct {
		on   bool
		word string
	}{{m.Signed, "signed"}, {m.Modality, "modality"}, {m.Padded, "padded"}, {m.Invert, "inverted"}, {m.Dither, "dithered"}} {
		if w.on {
			words = append(words, w.word)
		}
	}
	return fmt.Sprintf("%s by %d", strings.Join(words, " "), m.Sampling)
}
