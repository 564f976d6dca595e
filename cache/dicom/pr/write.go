package pr

import (
	"math"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
)

// Write makes a presentation state (PS3.3 A.33.1, A.33.2). The same state gives the
// same data set. One that would not be legal is an *sr.InvalidError: no images or
// images of several studies, no displayed area, a figure without points or on no
// layer, a look on a color image.
func Write(s State) (*dicom.Dataset, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	d := &dicom.Dataset{}
	sr.CopyStudy(d, s.Study)
	d.SetStr(dicom.SOPClassUID, string(s.class()))
	d.SetStr(dicom.SOPInstanceUID, string(s.SOPUID))
	d.SetStr(dicom.SpecificCharacterSet, "ISO_IR 192")
	d.SetStr(dicom.Modality, "PR")
	d.SetStr(dicom.SeriesInstanceUID, string(s.SeriesUID))
	d.SetInt(dicom.SeriesNumber, s.SeriesNumber)
	d.SetStr(dicom.SeriesDescription, "Annotations")
	d.SetStr(dicom.Laterality, s.Study.Strs(dicom.Laterality)...) // type 2C, and whether the part is paired nobody says
	d.SetStr(dicom.Manufacturer, sr.Manufacturer)
	d.SetInt(dicom.InstanceNumber, 1)
	d.SetStr(dicom.ContentLabel, s.Label)
	d.SetStr(dicom.ContentDescription, s.Description)
	d.SetStr(dicom.ContentCreatorName, s.Creator)
	sr.SetContent(d, dicom.PresentationCreationDate, dicom.PresentationCreationTime, s.Created)
	s.relationship(d)
	s.areas(d)
	s.annotations(d)
	s.transform(d)
	if s.class() == dicom.ColorPresentationStorage {
		d.Set(dicom.Element{Tag: dicom.ICCProfile, VR: "OB", Bytes: profile()})
		return d, nil
	}
	s.tones(d)
	return d, nil
}

func (s State) class() dicom.UID {
	if s.Class == "" {
		return dicom.GSPSStorage
	}
	return s.Class
}

// label is what CS can hold (PS3.5 6.2).
var label = regexp.MustCompile(`^[A-Z0-9_ ]{1,16}$`)

func (s State) check() error {
	reason := ""
	switch {
	case s.Study == nil || s.Study.Str(dicom.StudyInstanceUID) == "":
		reason = "no study"
	case s.class() != dicom.GSPSStorage && s.class() != dicom.ColorPresentationStorage:
		reason = "neither grayscale nor color"
	case !dicom.ValidUID(string(s.SeriesUID)) || !dicom.ValidUID(string(s.SOPUID)):
		reason = "series or instance UID missing or not a UID"
	case !label.MatchString(s.Label):
		reason = "label empty, too long or with other than capitals, digits, spaces and underscores"
	case utf8.RuneCountInString(s.Description) > 64 || strings.ContainsAny(s.Description, "\\\n\r\t"):
		reason = "description longer than 64 characters, or with a backslash or line end"
	case s.Created.IsZero():
		reason = "no time"
	case len(s.Images) == 0 || len(s.Areas) == 0:
		reason = "no image or no displayed area"
	case s.Turn < 0 || s.Turn > 3:
		reason = "turned by other than quarters"
	case s.class() == dicom.ColorPresentationStorage && (len(s.Looks) > 0 || s.Rescale != nil || s.Inverse):
		reason = "a window, rescaling or inversion of color"
	}
	for _, im := range s.Images {
		if string(im.Study) != s.Study.Str(dicom.StudyInstanceUID) || im.Series == "" || im.Instance == "" || im.Class == "" {
			reason = "an image of another study, or without its series or class"
		}
	}
	for _, a := range s.Annotations {
		if why := s.faulty(a); why != "" {
			reason = why
		}
	}
	if reason != "" {
		return &sr.InvalidError{Reason: reason}
	}
	return nil
}

// faulty says why an annotation cannot be written, "" where it can.
func (s State) faulty(a Annotation) string {
	known := false
	for _, l := range s.Layers {
		known = known || l.Name == a.Layer && label.MatchString(l.Name)
	}
	if !known {
		return "an annotation on a layer that is not there"
	}
	for _, g := range a.Graphics {
		want, ok := exact[g.Type]
		if !ok || len(g.Points) == 0 || want > 0 && want != len(g.Points) || g.Type == "POLYLINE" && len(g.Points) < 2 {
			return "a figure with points that its type has not"
		}
		for _, p := range g.Points {
			if math.IsNaN(p[0]+p[1]) || math.IsInf(p[0]+p[1], 0) {
				return "a figure with a point that is no number"
			}
		}
	}
	for _, t := range a.Texts {
		if t.Value == "" || len(t.Value) > 1024 || t.Box == nil && t.Anchor == nil {
			return "a text without words, with more than 1024 bytes, or without a place"
		}
	}
	return ""
}

func reference(im Image) *dicom.Dataset {
	d := &dicom.Dataset{}
	d.SetStr(dicom.ReferencedSOPClassUID, string(im.Class))
	d.SetStr(dicom.ReferencedSOPInstanceUID, string(im.Instance))
	if len(im.Frames) > 0 {
		d.SetInt(dicom.ReferencedFrameNumber, im.Frames...)
	}
	return d
}

// relationship is the Presentation State Relationship module (PS3.3 C.11.11).
func (s State) relationship(d *dicom.Dataset) {
	var order []dicom.UID
	items := map[dicom.UID][]*dicom.Dataset{}
	for _, im := range s.Images {
		if items[im.Series] == nil {
			order = append(order, im.Series)
		}
		items[im.Series] = append(items[im.Series], reference(im))
	}
	var series []*dicom.Dataset
	for _, uid := range order {
		it := &dicom.Dataset{}
		it.SetStr(dicom.SeriesInstanceUID, string(uid))
		it.SetSeq(dicom.ReferencedImageSequence, items[uid]...)
		series = append(series, it)
	}
	d.SetSeq(dicom.ReferencedSeriesSequence, series...)
}

// some names the images that an item is for; none where it is for all.
func some(it *dicom.Dataset, images []Image) {
	if len(images) == 0 {
		return
	}
	refs := make([]*dicom.Dataset, len(images))
	for i, im := range images {
		refs[i] = reference(im)
	}
	it.SetSeq(dicom.ReferencedImageSequence, refs...)
}

func (s State) areas(d *dicom.Dataset) {
	var items []*dicom.Dataset
	for _, a := range s.Areas {
		it := &dicom.Dataset{}
		some(it, a.Images)
		it.SetInt(dicom.DisplayedAreaTopLeftHandCorner, a.TopLeft[:]...)
		it.SetInt(dicom.DisplayedAreaBottomRightHandCorner, a.BottomRight[:]...)
		it.SetStr(dicom.PresentationSizeMode, a.Mode)
		switch {
		case a.Spacing[0] > 0 && a.Spacing[1] > 0:
			it.SetFloat(dicom.PresentationPixelSpacing, a.Spacing[:]...)
		case a.Aspect[0] > 0 && a.Aspect[1] > 0:
			it.SetInt(dicom.PresentationPixelAspectRatio, a.Aspect[:]...)
		default:
			it.SetInt(dicom.PresentationPixelAspectRatio, 1, 1)
		}
		if a.Mode == "MAGNIFY" {
			it.SetFloat(dicom.PresentationPixelMagnificationRatio, a.Magnification)
		}
		items = append(items, it)
	}
	d.SetSeq(dicom.DisplayedAreaSelectionSequence, items...)
}

func (s State) annotations(d *dicom.Dataset) {
	var layers, items []*dicom.Dataset
	for _, l := range s.Layers {
		it := &dicom.Dataset{}
		it.SetStr(dicom.GraphicLayer, l.Name)
		it.SetInt(dicom.GraphicLayerOrder, l.Order)
		if l.Description != "" {
			it.SetStr(dicom.GraphicLayerDescription, l.Description)
		}
		layers = append(layers, it)
	}
	for _, a := range s.Annotations {
		it := &dicom.Dataset{}
		some(it, a.Images)
		it.SetStr(dicom.GraphicLayer, a.Layer)
		var texts, graphics []*dicom.Dataset
		for _, t := range a.Texts {
			texts = append(texts, t.dataset())
		}
		for _, g := range a.Graphics {
			graphics = append(graphics, g.dataset())
		}
		if texts != nil {
			it.SetSeq(dicom.TextObjectSequence, texts...)
		}
		if graphics != nil {
			it.SetSeq(dicom.GraphicObjectSequence, graphics...)
		}
		items = append(items, it)
	}
	if len(items) > 0 {
		d.SetSeq(dicom.GraphicAnnotationSequence, items...)
		d.SetSeq(dicom.GraphicLayerSequence, layers...)
	}
}

func (t Text) dataset() *dicom.Dataset {
	d := &dicom.Dataset{}
	d.SetStr(dicom.UnformattedTextValue, strings.ReplaceAll(t.Value, "\n", "\r\n"))
	if t.Box != nil {
		d.SetStr(dicom.BoundingBoxAnnotationUnits, units(t.BoxUnits))
		d.SetFloat(dicom.BoundingBoxTopLeftHandCorner, t.Box[0][:]...)
		d.SetFloat(dicom.BoundingBoxBottomRightHandCorner, t.Box[1][:]...)
		d.SetStr(dicom.BoundingBoxTextHorizontalJustification, "LEFT")
	}
	if t.Anchor != nil {
		d.SetStr(dicom.AnchorPointAnnotationUnits, units(t.AnchorUnits))
		d.SetFloat(dicom.AnchorPoint, t.Anchor[:]...)
		d.SetStr(dicom.AnchorPointVisibility, yes(t.Line))
	}
	return d
}

func units(u string) string {
	if u == "" {
		return Pixel
	}
	return u
}

func yes(b bool) string {
	if b {
		return "Y"
	}
	return "N"
}

func (g Graphic) dataset() *dicom.Dataset {
	d := &dicom.Dataset{}
	d.SetStr(dicom.GraphicAnnotationUnits, units(g.Units))
	d.SetInt(dicom.GraphicDimensions, 2)
	d.SetInt(dicom.NumberOfGraphicPoints, len(g.Points))
	var data []float64
	for _, p := range g.Points {
		data = append(data, p[:]...)
	}
	d.SetFloat(dicom.GraphicData, data...)
	d.SetStr(dicom.GraphicType, g.Type)
	closed := g.Type == "CIRCLE" || g.Type == "ELLIPSE" || len(g.Points) > 2 && g.Points[0] == g.Points[len(g.Points)-1]
	if closed {
		d.SetStr(dicom.GraphicFilled, yes(g.Filled))
	}
	return d
}

func (s State) transform(d *dicom.Dataset) {
	if s.Turn != 0 || s.Flip {
		d.SetInt(dicom.ImageRotation, 90*s.Turn)
		d.SetStr(dicom.ImageHorizontalFlip, yes(s.Flip))
	}
}

// tones are the modules of the grayscale chain (PS3.3 C.11.1, C.11.6, C.11.8).
func (s State) tones(d *dicom.Dataset) {
	if s.Rescale != nil {
		from := []dicom.Tag{dicom.RescaleIntercept, dicom.RescaleSlope, dicom.RescaleType}
		if len(s.Rescale.Seq(dicom.ModalityLUTSequence)) > 0 {
			from = []dicom.Tag{dicom.ModalityLUTSequence} // one or the other
		}
		for _, t := range from {
			if e, ok := s.Rescale.Get(t); ok {
				d.Set(e)
			}
		}
		if d.Has(dicom.RescaleSlope) && !d.Has(dicom.RescaleType) {
			d.SetStr(dicom.RescaleType, "US")
		}
	}
	var looks []*dicom.Dataset
	for _, l := range s.Looks {
		it := &dicom.Dataset{}
		some(it, l.Images)
		it.SetFloat(dicom.WindowCenter, l.Center)
		it.SetFloat(dicom.WindowWidth, l.Width)
		if l.Explanation != "" {
			it.SetStr(dicom.WindowCenterWidthExplanation, l.Explanation)
		}
		looks = append(looks, it)
	}
	if looks != nil {
		d.SetSeq(dicom.SoftcopyVOILUTSequence, looks...)
	}
	shape := "IDENTITY"
	if s.Inverse {
		shape = "INVERSE"
	}
	d.SetStr(dicom.PresentationLUTShape, shape)
}
