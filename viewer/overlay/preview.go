package overlay

import "image"

// Preview marks a picture that is no image: a thick amber frame, and across the
// picture, where nobody can overlook it, what it is not for. It is drawn whatever the
// room: what has no room for words is not drawn at all (see Room).
func (s Style) Preview(in image.Rectangle) List {
	var l List
	w := s.px(4)
	for _, r := range []image.Rectangle{
		image.Rect(in.Min.X, in.Min.Y, in.Max.X, in.Min.Y+w), image.Rect(in.Min.X, in.Max.Y-w, in.Max.X, in.Max.Y),
		image.Rect(in.Min.X, in.Min.Y, in.Min.X+w, in.Max.Y), image.Rect(in.Max.X-w, in.Min.Y, in.Max.X, in.Max.Y),
	} {
		l.fill(r.Intersect(in), Amber)
	}
	size := 1.3 * s.em()
	if Width(previewWords, size) > 0.9*float64(in.Dx()) {
		size *= 0.9 * float64(in.Dx()) / Width(previewWords, size)
	}
	x, _ := middle(in)
	for _, y := range []int{in.Min.Y + in.Dy()/8, in.Max.Y - in.Dy()/8} {
		half := int(0.9 * size)
		l.fill(image.Rect(in.Min.X+w, y-half, in.Max.X-w, y+half), Amber)
		l.plain(x, float64(y)+0.35*size, size, Center, Panel, previewWords)
	}
	return l
}

const previewWords = "PREVIEW · NOT FOR DIAGNOSIS"

// Previews reports whether a tile has room for a preview with its words.
func (s Style) Previews(in image.Rectangle) bool {
	const legible = 6 // pixels of em
	return Width(previewWords, legible) <= 0.9*float64(in.Dx()) && in.Dy() >= 8*legible
}
