// Package suv tells by what factor the modality values of a PET image become
// standardised uptake values, or why they do not.
//
//	SUVbw = value[Bq/ml] · weight[g] / dose[Bq]
//
// with the dose decayed to the time the values are corrected to (display.md D6;
// PS3.3 C.8.9.1, C.8.9.2, C.8.22). What is supported:
//
//	Units BQML    Corrected Image with ATTN and DECY; Decay Correction START or ADMIN
//	Units CNTS    Philips: SUV Scale Factor (7053,xx00), else Activity Concentration
//	              Scale Factor (7053,xx09) and then as BQML
//	Units GML     SUV Type absent or BW: values are SUVbw; LBM kinds: they are SUL
//	Enhanced PET  dose in MBq, Decay Correction DateTime
//	all else      Refused: NONE, CM2ML, PROPCPS, other corrections, two tracers
//
// The SUV by lean body mass (SUL) takes the mass of Janmahasatian et al. 2005:
// 9270·kg/(6680+216·BMI) for men, 9270·kg/(8780+244·BMI) for women.
package suv

import (
	"math"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Attributes of PET that the alphabet has no name for.
const (
	suvType             dicom.Tag = 0x00541006
	frameReferenceTime  dicom.Tag = 0x00541300
	actualFrameDuration dicom.Tag = 0x00181242
	decayCorrected      dicom.Tag = 0x00189758
	decayCorrectionTime dicom.Tag = 0x00189701
	attenuationDone     dicom.Tag = 0x00189759
)

// Unit is that of values by body weight, g/ml.
const Unit = "SUVbw"

// Factor makes standardised uptake values of the modality values of one object.
type Factor struct {
	// BodyWeight times a modality value is SUVbw, g/ml. It is above 0.
	BodyWeight float64
	// Lean times a modality value is SUL; 0 where NoLean says why there is none.
	Lean   float64
	NoLean string
	// Note is what a value should say beside it: a time was taken for another.
	Note string
}

// Refused is why there is no SUV, in words without the full stop and without a
// value of the patient.
type Refused struct{ Why string }

// Error implements error.
func (r *Refused) Error() string { return r.Why }

func refused(why string) error { return &Refused{why} }

// Of reads the factor of an object. The rescale slope is not in it: modality values
// have it already, each slice its own. The error is *Refused.
func Of(d *dicom.Dataset) (Factor, error) {
	p := patient{d: d}
	f := Factor{}
	var err error
	switch units := unitsOf(d); units {
	case "BQML":
		f, err = p.fromActivity(1)
	case "CNTS":
		f, err = p.fromCounts()
	case "GML":
		return p.already()
	case "":
		err = refused("Units (0054,1001) are missing")
	default:
		err = refused("values in " + dicom.Clean(units) + " have no SUV")
	}
	if err != nil {
		return Factor{}, err
	}
	return p.leaned(f)
}

// unitsOf is Units, in enhanced objects the Rescale Type of the frames.
func unitsOf(d *dicom.Dataset) string {
	if u := d.Str(dicom.Units); u != "" {
		return u
	}
	return d.FrameGroup(0, dicom.PixelValueTransformationSequence).Str(dicom.RescaleType)
}

// patient reads what an object says of patient and injection.
type patient struct{ d *dicom.Dataset }

func (p patient) grams() (float64, error) {
	kg, ok := p.d.Float(dicom.PatientWeight)
	if !ok || !(kg > 0 && kg < 1000) {
		return 0, refused("the patient's weight is missing")
	}
	return kg * 1000, nil
}

// fromActivity is the factor of values that times perUnit are Bq/ml.
func (p patient) fromActivity(perUnit float64) (Factor, error) {
	if err := p.corrected(); err != nil {
		return Factor{}, err
	}
	grams, err := p.grams()
	if err != nil {
		return Factor{}, err
	}
	dose, note, err := p.dose()
	if err != nil {
		return Factor{}, err
	}
	return Factor{BodyWeight: perUnit * grams / dose, Note: note}, nil
}

// corrected refuses values that are not corrected for attenuation and decay.
func (p patient) corrected() error {
	done := map[string]bool{}
	for _, c := range p.d.Strs(dicom.CorrectedImage) {
		done[c] = true
	}
	done["ATTN"] = done["ATTN"] || p.d.Str(attenuationDone) == "YES"
	done["DECY"] = done["DECY"] || p.d.Str(decayCorrected) == "YES"
	switch {
	case !done["ATTN"]:
		return refused("the image is not corrected for attenuation")
	case !done["DECY"]:
		return refused("the image is not corrected for decay")
	}
	return nil
}

const philips = "Philips PET Private Group"

// fromCounts is what Philips writes beside counts.
func (p patient) fromCounts() (Factor, error) {
	if f, ok := private(p.d, 0x7053, philips, 0x00); ok && f > 0 {
		return Factor{BodyWeight: f}, nil
	}
	if f, ok := private(p.d, 0x7053, philips, 0x09); ok && f > 0 {
		return p.fromActivity(f)
	}
	return Factor{}, refused("values are counts, and no factor is given for them")
}

// already: the scanner has made SUV of the values.
func (p patient) already() (Factor, error) {
	switch kind := p.d.Str(suvType); kind {
	case "", "BW":
		return p.leaned(Factor{BodyWeight: 1})
	case "LBM", "LBMJAMES128", "LBMJANMA":
		mass := Janmahasatian
		if kind != "LBMJANMA" {
			mass = James
		}
		share, why := p.leanShare(mass)
		if why != "" {
			return Factor{}, refused("values are SUL, and " + why)
		}
		return p.leaned(Factor{BodyWeight: 1 / share})
	default:
		return Factor{}, refused("values are SUV of another kind than by body weight")
	}
}

// leaned adds the factor of SUL.
func (p patient) leaned(f Factor) (Factor, error) {
	if !(f.BodyWeight > 0) || math.IsInf(f.BodyWeight, 0) {
		return Factor{}, refused("dose and weight give no number")
	}
	share, why := p.leanShare(Janmahasatian)
	f.Lean, f.NoLean = f.BodyWeight*share, why
	return f, nil
}

// leanShare is lean body mass by weight, or why it is not known.
func (p patient) leanShare(mass func(male bool, kg, m float64) float64) (share float64, why string) {
	grams, err := p.grams()
	m, _ := p.d.Float(dicom.PatientSize)
	sex := p.d.Str(dicom.PatientSex)
	switch {
	case err != nil:
		return 0, err.Error()
	case !(m > 0.2 && m < 3):
		return 0, "the patient's height in metres is missing"
	case sex != "M" && sex != "F":
		return 0, "the patient's sex is not stated"
	}
	share = mass(sex == "M", grams/1000, m) * 1000 / grams
	if !(share > 0 && share <= 1) {
		return 0, "height and weight give no lean body mass"
	}
	return share, ""
}

// Janmahasatian is lean body mass in kg by weight in kg and height in m
// (Clin Pharmacokinet 2005; 44:1051).
func Janmahasatian(male bool, kg, m float64) float64 {
	bmi := kg / (m * m)
	if male {
		return 9270 * kg / (6680 + 216*bmi)
	}
	return 9270 * kg / (8780 + 244*bmi)
}

// James is lean body mass in kg by the older formula, which SUV Type LBM means
// (with 128 for men, PS3.3 C.8.9.1.1.8).
func James(male bool, kg, m float64) float64 {
	cm := 100 * m
	if male {
		return 1.10*kg - 128*(kg/cm)*(kg/cm)
	}
	return 1.07*kg - 148*(kg/cm)*(kg/cm)
}
