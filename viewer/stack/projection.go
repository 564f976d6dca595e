package stack

import (
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer/hang"
)

// viewCodes are the views of a mammogram (PS3.16 CID 4014) as View Position says them,
// by code value: SNOMED CT, and SNOMED RT as it was.
var viewCodes = map[string]string{
	"399162004": "CC", "R-10242": "CC", "399368009": "MLO", "R-10226": "MLO", "399260004": "ML", "R-10224": "ML",
	"399352003": "LM", "R-10228": "LM", "399099002": "LMO", "R-10230": "LMO", "399192009": "XCCL", "R-1024A": "XCCL",
	"399101009": "XCCM", "R-1024B": "XCCM", "399196007": "FB", "R-10244": "FB", "399188001": "SIO", "R-102D0": "SIO",
}

// viewMeanings are what a code of another scheme is known by.
var viewMeanings = map[string]string{"craniocaudal": "CC", "mediolateraloblique": "MLO", "mediolateral": "ML", "lateromedial": "LM"}

// specialCodes are modifiers of a view (PS3.16 CID 4015) that show a part of the breast.
var specialCodes = map[string]string{
	"399055006": "spot", "R-102D7": "spot", "399163009": "magnification", "R-102D6": "magnification",
}

// Projection is how an image of a set without positions was taken.
func (s Slot) Projection() hang.View {
	if s.Instance == nil {
		return hang.View{}
	}
	h := s.Instance.Header
	v := hang.View{Side: s.Instance.Side(s.Frame), Position: strings.ToUpper(h.Str(dicom.ViewPosition))}
	code := h.Item(dicom.ViewCodeSequence)
	if named := viewOf(code); named != "" && v.Position == "" {
		v.Position = named
	}
	if o := h.Strs(dicom.PatientOrientation); len(o) > 0 {
		v.Right = strings.ToUpper(o[0])
	}
	v.Special = special(h, code.Seq(dicom.ViewModifierCodeSequence))
	return v
}

// viewOf is a view by its code, else by what the code means.
func viewOf(code *dicom.Dataset) string {
	if v := viewCodes[code.Str(dicom.CodeValue)]; v != "" {
		return v
	}
	return viewMeanings[strings.NewReplacer(" ", "", "-", "").Replace(strings.ToLower(code.Str(dicom.CodeMeaning)))]
}

// special are the words for a view of a part of the breast: by its modifiers, or
// because it was magnified by half and more.
func special(h *dicom.Dataset, modifiers []*dicom.Dataset) string {
	if h.Str(dicom.Modality) != "MG" {
		return ""
	}
	var words []string
	for _, m := range append(modifiers, h.Seq(dicom.ViewModifierCodeSequence)...) {
		words = append(words, specialCodes[m.Str(dicom.CodeValue)])
	}
	out := join(" ", words...)
	if ermf, ok := h.Float(dicom.EstimatedRadiographicMagnificationFactor); ok && ermf >= 1.5 && !strings.Contains(out, "magnification") {
		out = join(" ", out, "magnification")
	}
	return out
}
