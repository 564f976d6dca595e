// Package overlay is what is written and drawn over the pixels of an image: the
// demographics and study lines, orientation letters, window and level, scale
// bar, study colour bands, marks. It lays out and never paints: a List is drawn
// one to one by the GPU (viewer/screen) and by the CPU (viewer/still).
//
// All coordinates are device pixels of the whole scene, continuous: the outer
// corner of the first pixel is 0,0 and its centre 0.5,0.5. Sizes grow with
// Style.Scale, so that a HiDPI monitor shows the same picture, finer.
package overlay

import (
	"image"
	"image/color"
)

// List is drawn back to front: all Fills, then all Lines, then all Texts.
type List struct {
	Fills []Fill
	Lines []Line
	Texts []Text
}

// Fill is a filled rectangle, blended by its alpha.
type Fill struct {
	Rect  image.Rectangle
	Color color.NRGBA
}

// Line is one antialiased segment with round caps, seen only inside Clip.
// Curves come flattened.
type Line struct {
	X0, Y0, X1, Y1 float64
	Width          float64
	Color          color.NRGBA
	Clip           image.Rectangle
}

// Align says which point of a text its X is.
type Align int

// Alignments of a Text.
const (
	Left Align = iota
	Center
	Right
)

// Text is one line of text in the house font (FontTTF).
type Text struct {
	X, Y  float64 // Y is the baseline
	Size  float64 // em, device pixels
	Align Align
	Color color.NRGBA
	Halo  bool // a one-pixel dark rim, for text over pixels
	S     string
}

// Append adds all of m behind what is there.
func (l *List) Append(m List) {
	l.Fills = append(l.Fills, m.Fills...)
	l.Lines = append(l.Lines, m.Lines...)
	l.Texts = append(l.Texts, m.Texts...)
}

func (l *List) fill(r image.Rectangle, c color.NRGBA) {
	l.Fills = append(l.Fills, Fill{Rect: r, Color: c})
}

// Colours. Grey text keeps dark adaptation; blue, amber, red and violet have one
// meaning each as a band: the current study, a prior, danger, news.
var (
	Grey    = color.NRGBA{200, 200, 200, 255}
	Dim     = color.NRGBA{130, 130, 130, 255}
	White   = color.NRGBA{240, 240, 240, 255}
	Blue    = color.NRGBA{80, 150, 230, 255}
	Amber   = color.NRGBA{255, 176, 32, 255}
	Red     = color.NRGBA{200, 30, 40, 255}
	Violet  = color.NRGBA{130, 60, 190, 255}
	Yellow  = color.NRGBA{250, 225, 90, 255}
	Green   = color.NRGBA{110, 220, 130, 255}
	Panel   = color.NRGBA{18, 18, 20, 255}
	Outline = color.NRGBA{0, 0, 0, 200}
)

// Outside is the List without the texts and lines that begin within a rectangle
// that something is to be drawn over.
func (l List) Outside(r image.Rectangle) List {
	out := List{Fills: l.Fills}
	for _, n := range l.Lines {
		if !image.Pt(int(n.X0), int(n.Y0)).In(r) && !image.Pt(int(n.X1), int(n.Y1)).In(r) {
			out.Lines = append(out.Lines, n)
		}
	}
	for _, t := range l.Texts {
		w := int(Width(t.S, t.Size))
		x := int(t.X) - []int{0, w / 2, w}[min(max(int(t.Align), 0), 2)]
		if !image.Rect(x, int(t.Y-t.Size), x+w, int(t.Y)).Overlaps(r) {
			out.Texts = append(out.Texts, t)
		}
	}
	return out
}
