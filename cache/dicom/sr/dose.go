package sr

import (
	"strconv"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Dose is what an X-Ray Radiation Dose SR states (PS3.16 TID 10001 projection, TID
// 10011 CT). Zero is not stated.
type Dose struct {
	Ref         InstanceRef
	Events      []Irradiation      // in the document's order
	DLP         float64            // CT Dose Length Product Total, mGy·cm
	DAP         float64            // Dose Area Product Total of all planes, Gy·cm²
	Kerma       float64            // Dose (RP) Total of all planes, mGy
	Fluoroscopy float64            // Total Fluoro Time of all planes, s
	Glandular   map[string]float64 // Accumulated Average Glandular Dose, mGy, by R, L, B or ""
}

// Irradiation is one CT Acquisition or Irradiation Event.
type Irradiation struct {
	Protocol, Target string
	Type             Code // of a CT (CID 10013)
	Phantom          Code // CTDIw Phantom Type (CID 4052)
	CTDIvol          float64
	DLP              float64 // mGy·cm
	DAP              float64 // Gy·cm²
	KVP              float64
}

// Localiser reports whether the CT acquisition is of constant angle: a scout.
func (i Irradiation) Localiser() bool { return i.Type.Is(Code{"113805", "DCM", ""}) }

// Codes of TID 10001 to 10013, 10002.
const (
	ctAcquisition   = "113819"
	xrayEvent       = "113706"
	ctAccumulated   = "113811"
	xrayAccumulated = "113702"
	dlpTotal        = "113813"
	dapTotal        = "113722"
	kermaTotal      = "113725"
	fluoroTime      = "113730"
	glandular       = "111637"
	acquisitionProt = "125203"
	targetRegion    = "123014"
	ctType          = "113820"
	ctPhantom       = "113835"
	ctdiVol         = "113830"
	dlp             = "113838"
	doseArea        = "122130"
	tubeVoltage     = "113733"
)

// ReadDose reads a Radiation Dose SR; ok is false when d is none. Numbers in units
// that are not the concept's are left out.
func ReadDose(d *dicom.Dataset) (dose Dose, ok bool) {
	if dicom.UID(d.Str(dicom.SOPClassUID)) != dicom.RadiationDoseSRStorage {
		return Dose{}, false
	}
	dose.Ref = InstanceRef{Study: dicom.UID(d.Str(dicom.StudyInstanceUID)), Series: dicom.UID(d.Str(dicom.SeriesInstanceUID)),
		Instance: dicom.UID(d.Str(dicom.SOPInstanceUID)), Class: dicom.RadiationDoseSRStorage}
	dose.Glandular = map[string]float64{}
	dose.walk(Tree(d), 0)
	return dose, true
}

// maxEvents bounds what one document may list.
const maxEvents = 10000

func (d *Dose) walk(it Item, depth int) {
	for _, c := range it.Children {
		if c.Concept.Scheme != "DCM" {
			continue
		}
		switch c.Concept.Value {
		case ctAcquisition, xrayEvent:
			if len(d.Events) < maxEvents {
				d.Events = append(d.Events, irradiation(c))
			}
		case ctAccumulated, xrayAccumulated:
			d.accumulate(c)
		default:
			if c.ValueType == "CONTAINER" && depth < 8 {
				d.walk(c, depth+1)
			}
		}
	}
}

// accumulate adds the totals of one plane, or of a CT.
func (d *Dose) accumulate(it Item) {
	it.each(func(c Item) {
		switch c.Concept.Value {
		case dlpTotal:
			d.DLP += c.amount("mGy.cm")
		case dapTotal:
			d.DAP += c.amount("Gy.cm2")
		case kermaTotal:
			d.Kerma += c.amount("mGy")
		case fluoroTime:
			d.Fluoroscopy += c.amount("s")
		case glandular:
			side := ""
			for _, m := range c.Children {
				if m.Concept.Now().Is(laterality) {
					side = sideOf(m.Code)
				}
			}
			d.Glandular[side] += c.amount("mGy")
		}
	})
}

func irradiation(it Item) (e Irradiation) {
	it.each(func(c Item) {
		switch c.Concept.Value {
		case acquisitionProt:
			e.Protocol = dicom.Clean(c.Text)
		case targetRegion:
			e.Target = dicom.Clean(c.Code.Meaning)
		case ctType:
			e.Type = c.Code
		case ctPhantom:
			e.Phantom = c.Code
		case ctdiVol:
			e.CTDIvol = c.amount("mGy")
		case dlp:
			e.DLP = c.amount("mGy.cm")
		case doseArea:
			e.DAP = c.amount("Gy.cm2")
		case tubeVoltage:
			e.KVP = max(e.KVP, c.amount("kV"))
		}
	})
	return e
}

// each visits all items below that are of DICOM's own concepts.
func (it Item) each(do func(Item)) {
	for _, c := range it.Children {
		if c.Concept.Scheme == "DCM" {
			do(c)
		}
		c.each(do)
	}
}

// factors are how much of a wanted unit one of another is (UCUM).
var factors = map[[2]string]float64{
	{"mGy", "Gy"}: 1000, {"mGy", "dGy"}: 100, {"mGy", "cGy"}: 10, {"mGy", "uGy"}: 1e-3,
	{"mGy.cm", "Gy.cm"}: 1000, {"mGy.cm", "Gy.m"}: 1e5,
	{"Gy.cm2", "Gy.m2"}: 1e4, {"Gy.cm2", "mGy.cm2"}: 1e-3, {"Gy.cm2", "dGy.cm2"}: 0.1, {"Gy.cm2", "cGy.cm2"}: 0.01,
	{"Gy.cm2", "uGy.m2"}: 0.01, {"Gy.cm2", "mGy.m2"}: 10,
	{"s", "min"}: 60, {"s", "ms"}: 1e-3, {"kV", "V"}: 1e-3,
}

// amount is the number in the unit wanted; 0 when there is none, it is negative or no
// number, or of another kind.
func (it Item) amount(unit string) float64 {
	v, err := strconv.ParseFloat(strings.TrimSpace(it.Num), 64)
	if it.ValueType != "NUM" || err != nil || !(v > 0) || v > 1e12 {
		return 0
	}
	if it.Units.Value == unit {
		return v
	}
	return v * factors[[2]string{unit, it.Units.Value}]
}

// sideOf is R, L or B of a laterality (CID 244); "" of any other code.
func sideOf(c Code) string {
	switch c.Value {
	case "24028007", "G-A100", "T-04020", "73056007":
		return "R"
	case "7771000", "G-A101", "T-04030", "80248007":
		return "L"
	case "51440002", "G-A102", "T-04080", "63762007":
		return "B"
	}
	return ""
}
