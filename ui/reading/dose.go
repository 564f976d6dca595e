package reading

import (
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/worklist/report"
)

// Attributes of the contrast agent (PS3.3 C.7.6.4).
const (
	contrastRoute  dicom.Tag = 0x00181040 // Contrast/Bolus Route
	contrastVolume dicom.Tag = 0x00181041 // Contrast/Bolus Volume, mL
)

// positive is a number of a header, 0 when there is none or it is not above 0.
func positive(h *dicom.Dataset, t dicom.Tag) float64 {
	if v, ok := h.Float(t); ok && v > 0 && v < 1e6 {
		return v
	}
	return 0
}

// addStated takes what a structured report of the study states: doses, and an
// ultrasound machine's measurements. It is called for objects of the order's patient
// only (N4).
func addStated(f *report.Facts, h *dicom.Dataset) {
	if h.Str(dicom.Modality) != "SR" && dicom.UID(h.Str(dicom.SOPClassUID)) != dicom.RadiationDoseSRStorage {
		return
	}
	if d, ok := sr.ReadDose(h); ok {
		f.Doses = append(f.Doses, dose(d))
		return
	}
	values, ok := sr.ReadStated(h)
	if !ok {
		return
	}
	maker := strings.TrimSpace(dicom.Clean(h.Str(dicom.Manufacturer)) + " " + dicom.Clean(h.Str(dicom.ManufacturerModelName)))
	for _, v := range values {
		f.Machine = append(f.Machine, machineValue(v, reference(h), maker))
	}
}

func dose(d sr.Dose) report.Dose {
	out := report.Dose{DLP: d.DLP, DAP: d.DAP, Kerma: d.Kerma, Fluoroscopy: d.Fluoroscopy, AGD: d.Glandular, Source: d.Ref}
	for _, e := range d.Events {
		i := report.Irradiation{Protocol: e.Protocol, Target: e.Target, Phantom: e.Phantom.Meaning, Localizer: e.Localiser(),
			CTDIvol: e.CTDIvol, DLP: e.DLP, DAP: e.DAP, KVP: e.KVP}
		out.Irradiations = append(out.Irradiations, i)
	}
	return out
}

func machineValue(v sr.Stated, from sr.InstanceRef, maker string) report.MachineValue {
	out := report.MachineValue{Code: v.Concept.Value, Name: dicom.Clean(v.Concept.Meaning), Site: strings.Join(v.Site, ", "), Side: v.Side,
		Fetus: v.Fetus, Value: v.Value, Unit: v.Unit.Value, How: strings.ToLower(dicom.Clean(v.Derivation.Meaning)), Chosen: v.Chosen, Source: from, Maker: maker}
	for _, c := range v.Beside {
		out.Beside = append(out.Beside, c.Value)
	}
	return out
}
