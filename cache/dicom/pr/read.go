package pr

import (
	"math"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
)

// maxFigures and maxPoints bound what one state may make a viewer draw.
const maxFigures, maxPoints = 20000, 200000

// Read reads a grayscale or color presentation state. Other states are a
// *dicom.UnsupportedError, what is none an *sr.InvalidError. Figures with points that
// are no numbers, or not as many as their type has, are left out.
func Read(d *dicom.Dataset) (State, error) {
	class := dicom.UID(d.Str(dicom.SOPClassUID))
	switch {
	case class == dicom.GSPSStorage || class == dicom.ColorPresentationStorage:
	case d.Str(dicom.Modality) == "PR":
		return State{}, dicom.Unsupportedf("a %s", class.Name())
	default:
		return State{}, &sr.InvalidError{Reason: "not a presentation state"}
	}
	s := State{
		Study: d, Source: d, Class: class,
		SeriesUID: dicom.UID(d.Str(dicom.SeriesInstanceUID)), SOPUID: dicom.UID(d.Str(dicom.SOPInstanceUID)),
		SeriesNumber: d.IntOr(dicom.SeriesNumber, 0), Label: dicom.Clean(d.Str(dicom.ContentLabel)),
		Description: dicom.Clean(d.Str(dicom.ContentDescription)), Creator: d.Str(dicom.ContentCreatorName),
		Maker: dicom.Clean(d.Str(dicom.Manufacturer)), Rescale: d,
		Inverse: d.Str(dicom.PresentationLUTShape) == "INVERSE",
		Turn:    ((d.IntOr(dicom.ImageRotation, 0)/90)%4 + 4) % 4, Flip: d.Str(dicom.ImageHorizontalFlip) == "Y",
	}
	zone := time.Local
	if z, ok := dicom.ParseDT("2000010100" + d.Str(dicom.TimezoneOffsetFromUTC)); ok && d.Has(dicom.TimezoneOffsetFromUTC) {
		zone = z.Location()
	}
	s.Created, _ = dicom.ParseDateTime(d.Str(dicom.PresentationCreationDate), d.Str(dicom.PresentationCreationTime), zone)
	for _, series := range d.Seq(dicom.ReferencedSeriesSequence) {
		s.Images = append(s.Images, images(series.Seq(dicom.ReferencedImageSequence), series)...)
	}
	for i := range s.Images {
		s.Images[i].Study = dicom.UID(d.Str(dicom.StudyInstanceUID))
	}
	s.readLayers(d)
	s.readAreas(d)
	s.readAnnotations(d)
	s.readLooks(d)
	return s, nil
}

func images(refs []*dicom.Dataset, series *dicom.Dataset) []Image {
	var out []Image
	for _, r := range refs {
		im := Image{InstanceRef: sr.InstanceRef{
			Series: dicom.UID(series.Str(dicom.SeriesInstanceUID)), Instance: dicom.UID(r.Str(dicom.ReferencedSOPInstanceUID)),
			Class: dicom.UID(r.Str(dicom.ReferencedSOPClassUID)),
		}}
		for _, f := range r.Floats(dicom.ReferencedFrameNumber) {
			im.Frames = append(im.Frames, int(f))
		}
		out = append(out, im)
	}
	return out
}

func (s *State) readLayers(d *dicom.Dataset) {
	for _, it := range d.Seq(dicom.GraphicLayerSequence) {
		l := Layer{Name: it.Str(dicom.GraphicLayer), Description: dicom.Clean(it.Str(dicom.GraphicLayerDescription)), Order: it.IntOr(dicom.GraphicLayerOrder, 0)}
		if lab := it.Floats(dicom.GraphicLayerRecommendedDisplayCIELabValue); len(lab) == 3 {
			c := sRGB(lab[0], lab[1], lab[2])
			l.Color = &c
		} else if p, ok := it.Float(dicom.GraphicLayerRecommendedDisplayGrayscaleValue); ok && p >= 0 && p <= 0xFFFF {
			g := uint8(p / 0x101)
			l.Color = &[3]uint8{g, g, g}
		}
		s.Layers = append(s.Layers, l)
	}
}

// sRGB is a colour of CIELab as DICOM codes it in 16 bits (PS3.3 C.10.7.1.1), white D50.
func sRGB(l, a, b float64) [3]uint8 {
	l, a, b = l*100/0xFFFF, a*255/0xFFFF-128, b*255/0xFFFF-128
	back := func(t float64) float64 {
		if t > 6.0/29 {
			return t * t * t
		}
		return 3 * (6.0 / 29) * (6.0 / 29) * (t - 4.0/29)
	}
	fy := (l + 16) / 116
	x, y, z := 0.9642*back(fy+a/500), back(fy), 0.8249*back(fy-b/200)
	linear := [3]float64{ // D50 XYZ to linear sRGB, Bradford-adapted
		3.1338561*x - 1.6168667*y - 0.4906146*z,
		-0.9787684*x + 1.9161415*y + 0.0334540*z,
		0.0719453*x - 0.2289914*y + 1.4052427*z,
	}
	var out [3]uint8
	for i, v := range linear {
		v = math.Max(0, math.Min(1, v))
		if v <= 0.0031308 {
			v *= 12.92
		} else {
			v = 1.055*math.Pow(v, 1/2.4) - 0.055
		}
		out[i] = uint8(255*v + 0.5)
	}
	return out
}

func (s *State) readAreas(d *dicom.Dataset) {
	for _, it := range d.Seq(dicom.DisplayedAreaSelectionSequence) {
		tl, br := it.Floats(dicom.DisplayedAreaTopLeftHandCorner), it.Floats(dicom.DisplayedAreaBottomRightHandCorner)
		if len(tl) != 2 || len(br) != 2 {
			continue
		}
		a := Area{
			Images:  images(it.Seq(dicom.ReferencedImageSequence), nil),
			TopLeft: [2]int{int(tl[0]), int(tl[1])}, BottomRight: [2]int{int(br[0]), int(br[1])},
			Mode: it.Str(dicom.PresentationSizeMode),
		}
		if v := it.Floats(dicom.PresentationPixelSpacing); len(v) == 2 {
			a.Spacing = [2]float64(v)
		}
		if v := it.Floats(dicom.PresentationPixelAspectRatio); len(v) == 2 {
			a.Aspect = [2]int{int(v[0]), int(v[1])}
		}
		a.Magnification, _ = it.Float(dicom.PresentationPixelMagnificationRatio)
		s.Areas = append(s.Areas, a)
	}
}

func (s *State) readLooks(d *dicom.Dataset) {
	for _, it := range d.Seq(dicom.SoftcopyVOILUTSequence) {
		c, okC := it.Float(dicom.WindowCenter)
		w, okW := it.Float(dicom.WindowWidth)
		if okC && okW {
			s.Looks = append(s.Looks, Look{Images: images(it.Seq(dicom.ReferencedImageSequence), nil), Center: c, Width: w,
				Explanation: dicom.Clean(it.Str(dicom.WindowCenterWidthExplanation))})
		}
	}
}

func (s *State) readAnnotations(d *dicom.Dataset) {
	figures, points := 0, 0
	for _, it := range d.Seq(dicom.GraphicAnnotationSequence) {
		a := Annotation{Layer: it.Str(dicom.GraphicLayer), Images: images(it.Seq(dicom.ReferencedImageSequence), nil)}
		for _, t := range it.Seq(dicom.TextObjectSequence) {
			if text, ok := readText(t); ok {
				a.Texts = append(a.Texts, text)
			}
		}
		for _, g := range it.Seq(dicom.GraphicObjectSequence) {
			if graphic, ok := readGraphic(g); ok {
				a.Graphics = append(a.Graphics, graphic)
				points += len(graphic.Points)
			}
		}
		if figures += len(a.Texts) + len(a.Graphics); figures > maxFigures || points > maxPoints {
			return
		}
		s.Annotations = append(s.Annotations, a)
	}
}

func readText(it *dicom.Dataset) (Text, bool) {
	t := Text{
		Value:    strings.TrimRight(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(it.Str(dicom.UnformattedTextValue)), " \n"),
		BoxUnits: it.Str(dicom.BoundingBoxAnnotationUnits), AnchorUnits: it.Str(dicom.AnchorPointAnnotationUnits),
		Line: it.Str(dicom.AnchorPointVisibility) == "Y",
	}
	tl, br := pair(it, dicom.BoundingBoxTopLeftHandCorner), pair(it, dicom.BoundingBoxBottomRightHandCorner)
	if tl != nil && br != nil {
		t.Box = &[2][2]float64{*tl, *br}
	}
	t.Anchor = pair(it, dicom.AnchorPoint)
	return t, t.Value != "" && (t.Box != nil || t.Anchor != nil)
}

func pair(d *dicom.Dataset, t dicom.Tag) *[2]float64 {
	v := d.Floats(t)
	if len(v) != 2 || !finite(v) {
		return nil
	}
	return (*[2]float64)(v)
}

func finite(v []float64) bool {
	for _, f := range v {
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return false
		}
	}
	return true
}

// exact are how many points a Graphic Type has; 0: any number.
var exact = map[string]int{"POINT": 1, "POLYLINE": 0, "INTERPOLATED": 0, "CIRCLE": 2, "ELLIPSE": 4}

func readGraphic(it *dicom.Dataset) (Graphic, bool) {
	g := Graphic{Type: it.Str(dicom.GraphicType), Units: it.Str(dicom.GraphicAnnotationUnits), Filled: it.Str(dicom.GraphicFilled) == "Y"}
	v := it.Floats(dicom.GraphicData)
	want, known := exact[g.Type]
	if !known || len(v) == 0 || len(v)%2 != 0 || len(v) > 2*maxPoints || !finite(v) || want > 0 && len(v) != 2*want {
		return g, false
	}
	for i := 0; i < len(v); i += 2 {
		g.Points = append(g.Points, [2]float64(v[i:i+2]))
	}
	return g, true
}
