package sr

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"github.com/nocturne/nocturne/cache/dicom"
)

// MeasurementReport makes a Comprehensive SR by TID 1500, or a Comprehensive 3D SR
// where a region is of the patient (PS3.3 A.35.3, A.35.13). Evidence is what
// Library names: images of the Study are current, others pertinent. A report that
// would not be legal is an *InvalidError: no group, a group without a Tracking UID,
// a region of an image that is not in the Library, a number that is none.
func MeasurementReport(m Measurements) (*dicom.Dataset, error) {
	if err := m.checkFrame(); err != nil {
		return nil, err
	}
	if err := m.checkGroups(); err != nil {
		return nil, err
	}
	m.Current, m.Priors = m.evidenceOf()
	class := dicom.ComprehensiveSRStorage
	if m.spatial() {
		class = dicom.Comprehensive3DSRStorage
	}
	d := &dicom.Dataset{}
	if err := m.write(d, class, "Measurements", m.root(), "1500"); err != nil {
		return nil, err
	}
	return d, nil
}

func (m Measurements) checkGroups() error {
	if len(m.Groups) == 0 {
		return &InvalidError{"no measurement"}
	}
	held := map[dicom.UID]bool{}
	for _, h := range m.Library {
		held[dicom.UID(h.Str(dicom.SOPInstanceUID))] = true
	}
	for _, g := range m.Groups {
		if !dicom.ValidUID(string(g.TrackingUID)) {
			return &InvalidError{"measurement without a tracking UID"}
		}
		for _, n := range g.Numbers {
			if math.IsNaN(n.Value) || math.IsInf(n.Value, 0) || n.Concept.Value == "" || n.Unit.Value == "" {
				return &InvalidError{"measurement without a number, a name or a unit"}
			}
		}
		for r := range g.all() {
			if err := r.check(held); err != nil {
				return err
			}
		}
	}
	return nil
}

// all are the regions of a group and of its numbers.
func (g Group) all() func(yield func(Region) bool) {
	return func(yield func(Region) bool) {
		for _, r := range g.Regions {
			if !yield(r) {
				return
			}
		}
		for _, n := range g.Numbers {
			for _, r := range n.Regions {
				if !yield(r) {
					return
				}
			}
		}
	}
}

// graphics are how many points a Graphic Type has; 0: any number.
var graphics = map[string]int{"POINT": 1, "MULTIPOINT": 0, "POLYLINE": 0, "CIRCLE": 2, "ELLIPSE": 4, "POLYGON": 0, "ELLIPSOID": 6}

func (r Region) check(held map[dicom.UID]bool) error {
	n := len(r.Image) + len(r.Patient)
	want, known := graphics[r.Graphic]
	switch {
	case !known || n == 0 || want > 0 && n != want || len(r.Image) > 0 && len(r.Patient) > 0:
		return &InvalidError{"region with points that its graphic type has not"}
	case len(r.Image) > 0 && (r.Graphic == "POLYGON" || r.Graphic == "ELLIPSOID"):
		return &InvalidError{"region of an image with a graphic type of the patient"}
	case len(r.Image) > 0 && !held[r.Source.Instance]:
		return &InvalidError{"region of an image that is not in the library"}
	case len(r.Patient) > 0 && !dicom.ValidUID(string(r.FrameOfReference)):
		return &InvalidError{"region of the patient without a frame of reference"}
	}
	for _, v := range r.graphicData() {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return &InvalidError{"region with a point that is no number"}
		}
	}
	return nil
}

func (r Region) graphicData() []float64 {
	var out []float64
	for _, p := range r.Image {
		out = append(out, p[:]...)
	}
	for _, p := range r.Patient {
		out = append(out, p[:]...)
	}
	return out
}

func (m Measurements) spatial() bool {
	for _, g := range m.Groups {
		for r := range g.all() {
			if len(r.Patient) > 0 {
				return true
			}
		}
	}
	return false
}

// evidenceOf sorts the library into images of the study and of others.
func (m Measurements) evidenceOf() (current, priors []InstanceRef) {
	study := m.Study.Str(dicom.StudyInstanceUID)
	for _, h := range m.Library {
		r := Reference(h)
		if string(r.Study) == study {
			current = append(current, r)
		} else {
			priors = append(priors, r)
		}
	}
	return current, priors
}

// Reference names the instance that a header is of.
func Reference(h *dicom.Dataset) InstanceRef {
	return InstanceRef{
		Study: dicom.UID(h.Str(dicom.StudyInstanceUID)), Series: dicom.UID(h.Str(dicom.SeriesInstanceUID)),
		Instance: dicom.UID(h.Str(dicom.SOPInstanceUID)), Class: dicom.UID(h.Str(dicom.SOPClassUID)),
	}
}

// root is the content tree by TID 1500.
func (m Measurements) root() Item {
	root := Item{ValueType: "CONTAINER", Concept: measurementReport}
	root.Children = append(root.Children, Item{Relationship: "HAS CONCEPT MOD", ValueType: "CODE", Concept: language, Code: languageCode(m.Language)})
	root.Children = append(root.Children, m.observer()...)
	root.Children = append(root.Children, Item{
		Relationship: "HAS CONCEPT MOD", ValueType: "CODE", Concept: procedure,
		Code: procedureOf(m.Request.Procedure, m.Study.Str(dicom.Modality)),
	}, m.library())
	box := Item{Relationship: "CONTAINS", ValueType: "CONTAINER", Concept: imagingMeasurement}
	for _, g := range m.Groups {
		box.Children = append(box.Children, g.item())
	}
	root.Children = append(root.Children, box)
	return root
}

// procedureOf is the procedure reported, of CID 100 where the order names none.
func procedureOf(ordered Code, modality string) Code {
	if ordered.Value != "" {
		return ordered
	}
	switch modality {
	case "CT":
		return Code{"25045-6", "LN", "CT unspecified body region"}
	case "MR":
		return Code{"25056-3", "LN", "MRI unspecified body region"}
	case "NM":
		return Code{"49118-3", "LN", "NM unspecified body region"}
	case "PT":
		return Code{"44136-0", "LN", "PET unspecified body region"}
	}
	return Code{"363679005", "SCT", "Imaging procedure"}
}

// library lists the images by series, with what their series is (TID 1600 to 1602).
func (m Measurements) library() Item {
	box := Item{Relationship: "CONTAINS", ValueType: "CONTAINER", Concept: imageLibrary}
	headers := slices.Clone(m.Library)
	slices.SortStableFunc(headers, func(a, b *dicom.Dataset) int {
		return cmp.Or(cmp.Compare(a.Str(dicom.SeriesInstanceUID), b.Str(dicom.SeriesInstanceUID)), cmp.Compare(a.IntOr(dicom.InstanceNumber, 0), b.IntOr(dicom.InstanceNumber, 0)),
			cmp.Compare(a.Str(dicom.SOPInstanceUID), b.Str(dicom.SOPInstanceUID)))
	})
	last := ""
	for i, h := range headers {
		if s := h.Str(dicom.SeriesInstanceUID); i == 0 || s != last {
			box.Children = append(box.Children, Item{Relationship: "CONTAINS", ValueType: "CONTAINER", Concept: libraryGroup, Children: acquisition(h)})
			last = s
		}
		if i > 0 && h.Str(dicom.SOPInstanceUID) == headers[i-1].Str(dicom.SOPInstanceUID) {
			continue
		}
		group := &box.Children[len(box.Children)-1]
		r := Reference(h)
		group.Children = append(group.Children, Item{Relationship: "CONTAINS", ValueType: "IMAGE", Ref: Ref{Class: r.Class, Instance: r.Instance}})
	}
	return box
}

// acquisition is the context that all images of a series share (TID 1602).
func acquisition(h *dicom.Dataset) (out []Item) {
	add := func(vt, code, meaning, text string) {
		if text != "" {
			out = append(out, Item{Relationship: "HAS ACQ CONTEXT", ValueType: vt, Concept: Code{code, "DCM", meaning}, Text: text})
		}
	}
	if c := h.Str(dicom.Modality); modalities[c] != "" {
		out = append(out, Item{Relationship: "HAS ACQ CONTEXT", ValueType: "CODE", Concept: Code{"121139", "DCM", "Modality"}, Code: Code{c, "DCM", modalities[c]}})
	}
	study := &dicom.Dataset{}
	CopyStudy(study, h)
	add("DATE", "111060", "Study Date", study.Str(dicom.StudyDate))
	add("TIME", "111061", "Study Time", study.Str(dicom.StudyTime))
	add("UIDREF", "112227", "Frame of Reference UID", h.Str(dicom.FrameOfReferenceUID))
	for _, n := range []struct {
		code, meaning string
		tag           dicom.Tag
	}{{"110910", "Pixel Data Rows", dicom.Rows}, {"110911", "Pixel Data Columns", dicom.Columns}} {
		if v, ok := h.Int(n.tag); ok {
			out = append(out, Item{Relationship: "HAS ACQ CONTEXT", ValueType: "NUM", Concept: Code{n.code, "DCM", n.meaning},
				Num: strconv.Itoa(v), exact: float64(v), Units: Code{"{pixels}", "UCUM", "pixels"}})
		}
	}
	return out
}

// modalities are those of CID 29 that are measured here.
var modalities = map[string]string{
	"CR": "Computed Radiography", "CT": "Computed Tomography", "DX": "Digital Radiography", "ES": "Endoscopy",
	"IO": "Intra-oral Radiography", "IVUS": "Intravascular Ultrasound", "MR": "Magnetic Resonance", "MG": "Mammography",
	"NM": "Nuclear Medicine", "OP": "Ophthalmic Photography", "PX": "Panoramic X-Ray", "PT": "Positron emission tomography",
	"RF": "Radiofluoroscopy", "RG": "Radiographic imaging", "US": "Ultrasound", "XA": "X-Ray Angiography", "XC": "External-camera Photography",
}
