package evidence

import (
	"math"
	"slices"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/ko"
	"github.com/nocturne/nocturne/cache/dicom/pr"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/cache/space"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/overlay"
)

// States are presentation states that draw the marks on the images of a study: one for
// each series, and for each way in which its values are rescaled, since a state has
// one. The window, turn and inversion of a tile that shows the series are taken over,
// where there is a State; else the image's own window. Marks on reformats and key
// images are in none.
func States(study string, marks []viewer.Mark, images Images, look *viewer.State, by Author) ([]*dicom.Dataset, error) {
	var out []*dicom.Dataset
	groups, order := drawn(current(study, marks, images), images)
	for _, key := range order {
		s := stateOf(groups[key], images, look)
		s.SeriesUID, s.SOPUID, s.SeriesNumber, s.Created, s.Creator = by.uid(), by.uid(), stateSeries, by.Now, by.Observer.Name
		d, err := pr.Write(s)
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

// drawn sorts marks that a state can draw by what their images share.
func drawn(marks []viewer.Mark, images Images) (groups map[string][]viewer.Mark, order []string) {
	groups = map[string][]viewer.Mark{}
	for _, m := range marks {
		if m.Plane != nil || len(m.Points) == 0 {
			continue
		}
		h := images[m.SOPUID]
		by := rescale(h, m.Frame)
		key := strings.Join([]string{m.SeriesUID, by.Str(dicom.RescaleSlope), by.Str(dicom.RescaleIntercept), h.Str(dicom.PhotometricInterpretation)}, "|")
		if h.Has(dicom.ModalityLUTSequence) {
			key += m.SOPUID
		}
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], m)
	}
	return groups, order
}

// rescale holds the rescale values of a frame: its functional group's, else its own.
func rescale(h *dicom.Dataset, frame int) *dicom.Dataset {
	if g := h.FrameGroup(frame, dicom.PixelValueTransformationSequence); g.Has(dicom.RescaleSlope) {
		return g
	}
	return h
}

const marksLayer, wordsLayer = "MARKS", "WORDS"

func stateOf(marks []viewer.Mark, images Images, look *viewer.State) pr.State {
	h := images[marks[0].SOPUID]
	s := pr.State{
		Study: h, Class: dicom.GSPSStorage, Label: "MEASUREMENTS", Description: "Measurements and notes", Rescale: rescale(h, marks[0].Frame),
		Layers: []pr.Layer{{Name: marksLayer, Description: "Measurements", Order: 1}, {Name: wordsLayer, Description: "Values and notes", Order: 2}},
	}
	if !strings.HasPrefix(h.Str(dicom.PhotometricInterpretation), "MONOCHROME") {
		s.Class, s.Rescale = dicom.ColorPresentationStorage, nil
	}
	s.Inverse = s.Rescale != nil && h.Str(dicom.PhotometricInterpretation) == "MONOCHROME1"
	for _, f := range frames(marks) {
		h := images[f[0].SOPUID]
		im := pr.Image{InstanceRef: sr.Reference(h)}
		if many(h) {
			im.Frames = []int{f[0].Frame + 1}
		}
		s.Images = join(s.Images, im)
		s.Annotations = append(s.Annotations, annotations(f, im)...)
		s.Areas = append(s.Areas, area(h, f[0].Frame, im))
	}
	take(&s, h, tileOf(look, marks[0].SeriesUID))
	return s
}

// join adds an image; of one named already, another of its frames.
func join(images []pr.Image, im pr.Image) []pr.Image {
	for i := range images {
		if images[i].Instance == im.Instance {
			images[i].Frames = append(slices.Clone(images[i].Frames), im.Frames...)
			return images
		}
	}
	return append(images, im)
}

// frames are marks frame by frame, in the order of their first.
func frames(marks []viewer.Mark) [][]viewer.Mark {
	var out [][]viewer.Mark
	for _, m := range marks {
		i := slices.IndexFunc(out, func(f []viewer.Mark) bool { return f[0].SOPUID == m.SOPUID && f[0].Frame == m.Frame })
		if i < 0 {
			out = append(out, nil)
			i = len(out) - 1
		}
		out[i] = append(out[i], m)
	}
	return out
}

// annotations are the marks of a frame: lines on one layer, words on another.
func annotations(marks []viewer.Mark, im pr.Image) []pr.Annotation {
	lines := pr.Annotation{Layer: marksLayer, Images: []pr.Image{im}}
	words := pr.Annotation{Layer: wordsLayer, Images: []pr.Image{im}}
	for _, m := range marks {
		for _, f := range figures(m) {
			if f.graphic != "POINT" || m.Kind != viewer.Text && m.Kind != viewer.Vertebra {
				lines.Graphics = append(lines.Graphics, pr.Graphic{Type: f.graphic, Points: f.points, Units: pr.Pixel})
			}
		}
		if m.Kind == viewer.Arrow && len(m.Points) == 2 {
			lines.Graphics = append(lines.Graphics, pr.Graphic{Type: "POLYLINE", Points: arrowHead(m.Points[0], m.Points[1]), Units: pr.Pixel})
		}
		if s := ascii.Replace(strings.Join(overlay.Words(m), "\n")); s != "" {
			at := m.Points[len(m.Points)-1]
			words.Texts = append(words.Texts, pr.Text{Value: cut(s, 1024), Anchor: &at, AnchorUnits: pr.Pixel})
		}
	}
	var out []pr.Annotation
	if len(lines.Graphics) > 0 {
		out = append(out, lines)
	}
	if len(words.Texts) > 0 {
		out = append(out, words)
	}
	return out
}

// ascii writes the signs of values in characters that every receiver has.
var ascii = strings.NewReplacer("−", "-", "±", "+/-", "²", "2", "³", "3", "°", " deg", "×", "x", "µ", "u")

func cut(s string, n int) string {
	if len(s) > n {
		s = strings.ToValidUTF8(s[:n], "")
	}
	return s
}

// arrowHead is two strokes of a fifth of the arrow, at most 12 pixels.
func arrowHead(head, tail [2]float64) [][2]float64 {
	dx, dy := tail[0]-head[0], tail[1]-head[1]
	if l := math.Hypot(dx, dy); l > 0 {
		by := min(l/5, 12) / l
		dx, dy = dx*by, dy*by
	}
	return [][2]float64{{head[0] + dx - 0.5*dy, head[1] + dy + 0.5*dx}, head, {head[0] + dx + 0.5*dy, head[1] + dy - 0.5*dx}}
}

// area is the whole image, fitted.
func area(h *dicom.Dataset, frame int, im pr.Image) pr.Area {
	a := pr.Area{
		Images: []pr.Image{im}, TopLeft: [2]int{1, 1}, Mode: "SCALE TO FIT",
		BottomRight: [2]int{h.IntOr(dicom.Columns, 1), h.IntOr(dicom.Rows, 1)},
	}
	if c := space.CalibrationOf(h, frame); c.Source != "" {
		a.Spacing = [2]float64{c.RowMM, c.ColMM}
	} else if r := h.Floats(dicom.PixelAspectRatio); len(r) == 2 && r[0] >= 1 && r[1] >= 1 {
		a.Aspect = [2]int{int(r[0]), int(r[1])}
	}
	return a
}

func tileOf(look *viewer.State, series string) *viewer.Tile {
	if look == nil {
		return nil
	}
	for i, t := range look.Tiles {
		if t.SeriesUID == series && t.Reformat == "" {
			return &look.Tiles[i]
		}
	}
	return nil
}

// take takes over how a tile shows the series: flip before turn on screen, turn before
// flip in a state. Windows of PET are in SUV on screen and in units of its pixels in a
// state: they stay out.
func take(s *pr.State, h *dicom.Dataset, t *viewer.Tile) {
	if t != nil {
		s.Flip, s.Turn = t.FlipH, ((t.Turn%4)+4)%4
		if s.Flip {
			s.Turn = (4 - s.Turn) % 4
		}
	}
	if s.Class != dicom.GSPSStorage {
		return
	}
	if t != nil {
		s.Inverse = s.Inverse != t.Invert
	}
	if t != nil && t.Width > 0 && h.Str(dicom.Modality) != "PT" {
		s.Looks = []pr.Look{{Center: t.Center, Width: max(t.Width, 1), Explanation: strings.ToUpper(cut(t.Preset, 64))}}
		return
	}
	voi := h.FrameGroup(0, dicom.FrameVOILUTSequence)
	if !voi.Has(dicom.WindowCenter) {
		voi = h
	}
	c, okC := voi.Float(dicom.WindowCenter)
	w, okW := voi.Float(dicom.WindowWidth)
	if okC && okW && w >= 1 {
		s.Looks = []pr.Look{{Center: c, Width: w}}
	}
}

// Selection is a key object selection of a study's key images, else of the images that
// bear marks; nil where there are neither.
func Selection(study string, marks []viewer.Mark, images Images, by Author) (*dicom.Dataset, error) {
	s := ko.Selection{SeriesUID: by.uid(), SOPUID: by.uid(), SeriesNumber: keySeries, Title: ko.OfInterest, Observer: by.Observer.Name, Content: by.Now}
	if by.Signed {
		s.Title = ko.ForReport
	}
	var notes []string
	for _, m := range keys(current(study, marks, images)) {
		h := images[m.SOPUID]
		if s.Study == nil {
			s.Study = h
		}
		im := ko.Image{InstanceRef: sr.Reference(h)}
		if many(h) {
			im.Frames = []int{m.Frame + 1}
		}
		i := slices.IndexFunc(s.Images, func(o ko.Image) bool { return o.Instance == im.Instance })
		if i < 0 {
			s.Images = append(s.Images, im)
		} else {
			s.Images[i].Frames = append(s.Images[i].Frames, im.Frames...)
		}
		if m.Kind == viewer.KeyImageMark && m.Label != "" {
			notes = append(notes, m.Label)
		}
	}
	if len(s.Images) == 0 {
		return nil, nil
	}
	s.Description = strings.Join(notes, "\n")
	return ko.Write(s)
}
