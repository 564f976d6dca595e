package overlay

import (
	"image"
	"image/color"

	"github.com/nocturne/nocturne/cache/space"
)

// Shape is a mark, or one in the making, in device pixels.
type Shape struct {
	Clip     image.Rectangle
	Lines    [][][2]float64
	Points   [][2]float64
	Words    []string
	Selected bool
	Prior    bool // of a prior study: amber, as its band (N6)
	Draft    bool
	Arrow    bool        // a head at the first point
	Ink      color.NRGBA // of what is not the reader's; zero: by what it is
	Level    bool        // a label of another slice, by its level: blue, no handle
}

// Shapes draws the marks of a tile: lines over a dark rim, handles where selected,
// words below the last point, none over another's.
func (s Style) Shapes(marks []Shape) List {
	var l List
	var taken []image.Rectangle
	for _, m := range marks {
		s.shape(&l, m, &taken)
	}
	return l
}

func (s Style) shape(l *List, m Shape, taken *[]image.Rectangle) {
	c := Yellow
	switch {
	case m.Ink.A > 0:
		c = m.Ink
	case m.Level:
		c = Blue
	case m.Prior:
		c = Amber
	case m.Selected, m.Draft:
		c = Green
	}
	for _, line := range m.Lines {
		s.polyline(l, m.Clip, line, c)
	}
	if m.Arrow && len(m.Points) == 2 {
		s.arrowHead(l, m, c)
	}
	if m.Selected || len(m.Points) == 1 && !m.Draft && !m.Level {
		for _, p := range m.Points {
			s.handle(l, m.Clip, p, c)
		}
	}
	s.words(l, m, c, taken)
}

// polyline is drawn over a dark rim, so that it is seen on white bone too. The
// whole rim comes first, lest a segment's rim cover the one before.
func (s Style) polyline(l *List, clip image.Rectangle, line [][2]float64, c color.NRGBA) {
	w := 1.5 * max(s.Scale, 0.5)
	for i := 1; i < len(line); i++ {
		l.Lines = append(l.Lines, Line{line[i-1][0], line[i-1][1], line[i][0], line[i][1], w + 2, Outline, clip})
	}
	for i := 1; i < len(line); i++ {
		l.Lines = append(l.Lines, Line{line[i-1][0], line[i-1][1], line[i][0], line[i][1], w, c, clip})
	}
}

func (s Style) segment(l *List, clip image.Rectangle, a, b [2]float64, c color.NRGBA) {
	s.polyline(l, clip, [][2]float64{a, b}, c)
}

func (s Style) handle(l *List, clip image.Rectangle, p [2]float64, c color.NRGBA) {
	h := 4 * max(s.Scale, 0.5)
	box := [][2]float64{{p[0] - h, p[1] - h}, {p[0] + h, p[1] - h}, {p[0] + h, p[1] + h}, {p[0] - h, p[1] + h}, {p[0] - h, p[1] - h}}
	s.polyline(l, clip, box, c)
}

func (s Style) arrowHead(l *List, m Shape, c color.NRGBA) {
	head, tail := m.Points[0], m.Points[1]
	d := space.Vec3{tail[0] - head[0], tail[1] - head[1]}.Unit().Scale(12 * max(s.Scale, 0.5))
	for _, side := range []float64{-0.4, 0.4} {
		s.segment(l, m.Clip, head, [2]float64{head[0] + d[0] - side*d[1], head[1] + d[1] + side*d[0]}, c)
	}
}

// words stand below and right of the last point, inside the clip and below any
// words that stand there already.
func (s Style) words(l *List, m Shape, c color.NRGBA, taken *[]image.Rectangle) {
	if len(m.Points) == 0 || len(m.Words) == 0 || float64(m.Clip.Dx()) < 15*s.em() {
		return
	}
	at := m.Points[len(m.Points)-1]
	if !image.Pt(int(at[0]), int(at[1])).In(m.Clip) {
		return
	}
	widest := 0.0
	for _, w := range m.Words {
		widest = max(widest, Width(w, s.em()))
	}
	height := float64(len(m.Words)) * s.line()
	x := max(float64(m.Clip.Min.X), min(at[0]+0.8*s.em(), float64(m.Clip.Max.X)-widest-1.2*s.em()))
	y := min(at[1]+0.4*s.em(), float64(m.Clip.Max.Y)-height-s.em())
	box := image.Rect(int(x), int(y), int(x+widest)+1, int(y+height)+1)
	for _, t := range *taken {
		if box.Overlaps(t) {
			box = box.Add(image.Pt(0, t.Max.Y-box.Min.Y))
		}
	}
	*taken = append(*taken, box)
	for i, w := range m.Words {
		l.text(x, float64(box.Min.Y)+s.em()+float64(i)*s.line(), s.em(), Left, c, w)
	}
}

// Cross is the keyboard's cursor, or the same point in another tile: four arms
// with a gap, so that the pixel itself is seen.
func (s Style) Cross(clip image.Rectangle, x, y float64, c color.NRGBA) List {
	var l List
	gap, arm := 4*max(s.Scale, 0.5), 14*max(s.Scale, 0.5)
	for _, d := range [][2]float64{{1, 0}, {-1, 0}, {0, 1}, {0, -1}} {
		s.segment(&l, clip, [2]float64{x + d[0]*gap, y + d[1]*gap}, [2]float64{x + d[0]*arm, y + d[1]*arm}, c)
	}
	return l
}

// Reference is where another tile's slice cuts this one: thin, brighter for the
// active tile's.
func (s Style) Reference(clip image.Rectangle, a, b [2]float64, active bool) List {
	c := color.NRGBA{Blue.R, Blue.G, Blue.B, 130}
	if active {
		c.A = 230
	}
	return List{Lines: []Line{{a[0], a[1], b[0], b[1], max(s.Scale, 0.5), c, clip}}}
}

// SlotState is what is known of one slice.
type SlotState uint8

// Each is missing, here or seen; and, if it is not missing, decoded and uploaded or
// not.
const (
	Missing SlotState = iota
	Here
	Seen
	Glimpsed                    // on screen, not long enough to count
	Decoded  SlotState = 1 << 4 // its pixels are in memory
	Uploaded SlotState = 1 << 5 // and on the GPU
)

func (s SlotState) reading() SlotState { return s & 0x0F }

// memory is the better of Decoded and Uploaded.
func (s SlotState) memory() SlotState {
	if s&Uploaded != 0 {
		return Uploaded
	}
	return s & Decoded
}

// slotColors: missing is a dark red, what was seen is bright.
var slotColors = map[SlotState]color.NRGBA{
	Missing:  {110, 20, 25, 255},
	Here:     {60, 60, 64, 255},
	Seen:     {165, 165, 170, 255},
	Glimpsed: {95, 95, 100, 255},
	// In a narrow column beside: it is of the machine, not of the reader.
	Decoded:  {45, 75, 110, 255},
	Uploaded: {80, 140, 190, 255},
}

// SliceBar is the stack as a bar along the right edge: what is missing, here,
// seen, and where the reader is; in a narrow column beside it what is decoded and what
// is on the GPU.
func (s Style) SliceBar(r image.Rectangle, slots []SlotState, at int) List {
	var l List
	if len(slots) < 2 || r.Dy() < 40 {
		return l
	}
	w, thin := s.px(4), s.px(1.5)
	inner := image.Rect(r.Max.X-w-thin, r.Min.Y, r.Max.X-w, r.Max.Y)
	outer := image.Rect(r.Max.X-w, r.Min.Y, r.Max.X, r.Max.Y)
	for _, run := range runs(inner, slots, SlotState.memory) {
		if run.Color != slotColors[Missing] { // neither
			l.Fills = append(l.Fills, run)
		}
	}
	var missing []Fill
	for _, run := range runs(outer, slots, SlotState.reading) {
		if run.Color == slotColors[Missing] {
			missing = append(missing, run) // on top: one of a thousand must be seen
		} else {
			l.Fills = append(l.Fills, run)
		}
	}
	l.Fills = append(l.Fills, missing...)
	y := func(i int) int { return r.Min.Y + i*r.Dy()/len(slots) }
	mark := image.Rect(r.Max.X-2*w, y(at)-1, r.Max.X, max(y(at+1), y(at)+2)+1)
	l.fill(mark.Intersect(r), Green)
	return l
}

// runs are stretches of a column in which slices have one state, from top to bottom.
func runs(column image.Rectangle, slots []SlotState, of func(SlotState) SlotState) (out []Fill) {
	y := func(i int) int { return column.Min.Y + i*column.Dy()/len(slots) }
	for i := 0; i < len(slots); {
		k := i
		for k < len(slots) && of(slots[k]) == of(slots[i]) {
			k++
		}
		out = append(out, Fill{image.Rect(column.Min.X, y(i), column.Max.X, max(y(k), y(i)+1)), slotColors[of(slots[i])]})
		i = k
	}
	return out
}
