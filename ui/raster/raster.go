// Package raster draws a picture in terminal cells, for a look at images where no
// window can open (an SSH session, a console). Such a picture is never for
// diagnosis: whoever paints it writes that on it.
//
//	protocol     how the picture reaches the terminal
//	kitty        sent once per picture, placed by Unicode placeholders in the text
//	sixel        written at a cell position after the text was drawn
//	half blocks  two pixels a cell, plain text: works everywhere
package raster

import (
	"fmt"
	"image"
	"image/color"
	"strings"

	"github.com/muesli/termenv"
)

// Protocol is how a terminal takes pictures.
type Protocol int

// Protocols, the humblest first.
const (
	HalfBlocks Protocol = iota
	Sixel
	Kitty
)

func (p Protocol) String() string { return [...]string{"half blocks", "sixel", "kitty"}[p] }

// Screen is what a terminal said of itself before the program started.
type Screen struct {
	Protocol Protocol
	Cell     image.Point // pixels a cell; zero when it did not say
	Profile  termenv.Profile
}

// Pixels is the size to paint a picture in for an area of cells.
func (s Screen) Pixels(cols, rows int) image.Point {
	if s.Protocol == HalfBlocks {
		return image.Pt(cols, 2*rows)
	}
	cell := s.Cell
	if cell.X <= 0 || cell.Y <= 0 {
		cell = image.Pt(8, 16)
	}
	return image.Pt(cols*cell.X, rows*cell.Y)
}

// Blocks draws img as rows of half-block cells, two pixels a cell, in the colours
// the profile has. The picture is cut, not scaled: paint it at Pixels.
func Blocks(img image.Image, profile termenv.Profile) []string {
	b := img.Bounds()
	var out []string
	for y := b.Min.Y; y < b.Max.Y; y += 2 {
		out = append(out, blockRow(img, y, profile))
	}
	return out
}

func blockRow(img image.Image, y int, profile termenv.Profile) string {
	var s strings.Builder
	b, last := img.Bounds(), ""
	for x := b.Min.X; x < b.Max.X; x++ {
		top, bottom := img.At(x, y), img.At(x, min(y+1, b.Max.Y-1))
		if profile == termenv.Ascii {
			s.WriteByte(ink(top, bottom))
			continue
		}
		if sgr := colours(top, bottom, profile); sgr != last {
			s.WriteString(sgr)
			last = sgr
		}
		s.WriteRune('▀')
	}
	if last != "" {
		s.WriteString("\x1b[0m")
	}
	return s.String()
}

func colours(top, bottom color.Color, profile termenv.Profile) string {
	switch profile {
	case termenv.TrueColor:
		t, b := rgba(top), rgba(bottom)
		return fmt.Sprintf("\x1b[38;2;%d;%d;%d;48;2;%d;%d;%dm", t.R, t.G, t.B, b.R, b.G, b.B)
	case termenv.ANSI256:
		return fmt.Sprintf("\x1b[38;5;%d;48;5;%dm", index256(top), index256(bottom))
	}
	return fmt.Sprintf("\x1b[%d;%dm", index16(top), index16(bottom)+10)
}

func rgba(c color.Color) color.RGBA { return color.RGBAModel.Convert(c).(color.RGBA) }

func grey(c color.Color) int { return int(color.GrayModel.Convert(c).(color.Gray).Y) }

// index256 uses the 24 greys (232–255) between black and white, and the colour
// cube for what is not grey.
func index256(c color.Color) int {
	p := rgba(c)
	if hi, lo := max(p.R, p.G, p.B), min(p.R, p.G, p.B); hi-lo > 24 {
		return 16 + 36*level6(p.R) + 6*level6(p.G) + level6(p.B)
	}
	switch g := grey(c); {
	case g < 4:
		return 16
	case g > 246:
		return 231
	default:
		return 232 + min(23, max(0, (g-8+5)/10))
	}
}

func level6(v uint8) int {
	if v < 48 {
		return 0
	}
	return min(5, (int(v)-35)/40)
}

// index16 has four greys: black, bright black, white, bright white.
func index16(c color.Color) int {
	switch g := grey(c); {
	case g < 43:
		return 30
	case g < 128:
		return 90
	case g < 213:
		return 37
	}
	return 97
}

func ink(top, bottom color.Color) byte {
	const ramp = " .:-=+*#%@"
	return ramp[(grey(top)+grey(bottom))/2*(len(ramp)-1)/255]
}
